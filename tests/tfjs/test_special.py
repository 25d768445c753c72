"""Special functions are as exact as float32 is, in their tails too."""

# pyright: reportUnknownLambdaType=false, reportUnknownArgumentType=false
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false

from collections.abc import Callable, Mapping
from typing import Any

import jax
import jax.numpy as jnp
import jax.scipy.special as jss
import numpy as np
import pytest
import scipy.special as ss
from jax import lax

from builder.tfjs.graph import Array
from builder.tfjs.runtime import NodeBackend, Runtime
from tests.tfjs.test_extremes import INF, NAN, run

pytestmark = pytest.mark.slow


def spread(low: float, high: float, count: int = 150) -> Array:
    """Numbers of every size between two positive ones."""
    return np.geomspace(low, high, count).astype(np.float32)


def both(x: Array) -> Array:
    return np.concatenate([-x[::-1], x])


SIZES = spread(1e-30, 1e30, 400)
EXACT: Mapping[str, tuple[Callable[..., Any], Callable[..., Any], Array]] = {
    "sin": (jnp.sin, np.sin, both(SIZES)),
    "cos": (jnp.cos, np.cos, both(spread(1e-30, 1.2))),
    "lgamma": (lax.lgamma, ss.gammaln, np.concatenate([SIZES, -spread(1e-30, 1.4)])),
    "i0e": (lax.bessel_i0e, ss.i0e, both(SIZES)),
    "i1e": (lax.bessel_i1e, ss.i1e, both(SIZES)),
    "digamma": (lax.digamma, ss.digamma, np.concatenate([spread(1e-30, 1), spread(2, 1e30)])),
    "zeta of 2.5": (lambda x: lax.zeta(jnp.full_like(x, 2.5), x), lambda x: ss.zeta(2.5, x),
                    spread(1e-3, 1e6)),
    "trigamma": (lambda x: jss.polygamma(1, x), lambda x: ss.polygamma(1, x), spread(1e-3, 1e6)),
    "power of 17": (lambda x: lax.integer_pow(x, 17), lambda x: x**17.0, both(spread(0.02, 50))),
}  # fmt: skip


@pytest.mark.parametrize("name", EXACT)
def test_a_special_function_is_exact(name: str, runtimes: Mapping[NodeBackend, Runtime]) -> None:
    apply, truth, x = EXACT[name]
    for backend, ((actual, _),) in run(apply, [x], runtimes).items():
        expected = truth(x.astype(np.float64)).astype(np.float32)
        np.testing.assert_allclose(actual, expected, 1.5e-6, 1e-37, err_msg=backend)


def drawn(*ranges: tuple[float, float], count: int = 300) -> list[Array]:
    rng = np.random.default_rng(0)
    return [np.exp(rng.uniform(np.log(a), np.log(b), count)).astype(np.float32) for a, b in ranges]


PARAMETERS: Mapping[str, tuple[Callable[..., Any], Callable[..., Any], list[Array]]] = {
    "P of gamma": (lax.igamma, ss.gammainc, drawn((1e-3, 30), (1e-3, 60))),
    "Q of gamma": (lax.igammac, ss.gammaincc, drawn((1e-3, 30), (1e-3, 60))),
    "P of a thousand": (lax.igamma, ss.gammainc, drawn((500, 2000), (500, 2000))),
    "beta": (lax.betainc, ss.betainc, drawn((0.05, 50), (0.05, 50), (0.01, 0.99))),
}


@pytest.mark.parametrize("name", PARAMETERS)
def test_an_incomplete_function_is_exact(
    name: str, runtimes: Mapping[NodeBackend, Runtime]
) -> None:
    apply, truth, arrays = PARAMETERS[name]
    expected = truth(*(a.astype(np.float64) for a in arrays))
    for backend, ((actual, _),) in run(apply, arrays, runtimes).items():
        seen = (expected > 1e-25) & (expected < 1)
        off = np.abs(actual[seen] / expected[seen] - 1)
        assert np.median(off) < 3e-7, backend
        assert off.max() < 4e-5, backend
        assert np.abs(actual - expected).max() < 2e-6, backend


IS_RECENT = jax.__version_info__ >= (0, 12)
ENDS = np.array([0.0, 0.5, 1.0, 2.5, -1.0, -2.0, INF, -INF, NAN], np.float32)
# From 0.12 on, JAX has other values of these for 0 and infinities.
DIGAMMA = {} if IS_RECENT else {"digamma": lax.digamma}
INCOMPLETE = {} if IS_RECENT else {"igamma": lax.igamma, "igammac": lax.igammac}
OF_ONE: Mapping[str, Callable[..., Any]] = {
    **DIGAMMA,
    "lgamma": lax.lgamma,
    "i0e": lax.bessel_i0e,
    "i1e": lax.bessel_i1e,
    "sin": jnp.sin,
    "cos": jnp.cos,
    "erf_inv": lax.erf_inv,
}


@pytest.mark.parametrize("name", OF_ONE)
def test_the_ends_are_those_of_jax(name: str, runtimes: Mapping[NodeBackend, Runtime]) -> None:
    for backend, ((actual, expected),) in run(OF_ONE[name], [ENDS], runtimes).items():
        np.testing.assert_allclose(actual, expected, 1e-5, 1e-6, err_msg=backend)


OF_TWO: Mapping[str, Callable[..., Any]] = {
    **INCOMPLETE,
    "zeta": lax.zeta,
    "pow": jnp.power,
    "atan2": jnp.arctan2,
    "xlogy": jss.xlogy,
}


@pytest.mark.parametrize("name", OF_TWO)
def test_the_ends_of_two_are_those_of_jax(
    name: str, runtimes: Mapping[NodeBackend, Runtime]
) -> None:
    pairs = [a.ravel() for a in np.meshgrid(ENDS, ENDS)]
    for backend, ((actual, expected),) in run(OF_TWO[name], pairs, runtimes).items():
        np.testing.assert_allclose(actual, expected, 1e-5, 1e-6, err_msg=backend)


def test_the_ends_of_beta_are_those_of_jax(runtimes: Mapping[NodeBackend, Runtime]) -> None:
    triples = [a.ravel() for a in np.meshgrid(ENDS, ENDS, ENDS)]
    for backend, ((actual, expected),) in run(lax.betainc, triples, runtimes).items():
        np.testing.assert_allclose(actual, expected, 1e-5, 1e-6, err_msg=backend)


@pytest.mark.parametrize("dtype", [jnp.bfloat16, jnp.float16])
def test_narrow_floats_are_widened(dtype: Any, runtimes: Mapping[NodeBackend, Runtime]) -> None:
    x = jnp.asarray(spread(0.1, 20, 40), dtype)
    for backend, ((actual, expected),) in run(lax.lgamma, [x], runtimes).items():
        wide = np.asarray(expected, np.float32)
        eps = float(jnp.finfo(dtype).eps)
        np.testing.assert_allclose(actual, wide, 2 * eps, eps, err_msg=backend)


def test_the_derivative_in_a_follows_jax(runtimes: Mapping[NodeBackend, Runtime]) -> None:
    arrays = drawn((0.1, 20), (0.1, 20), count=60)
    slope = jax.grad(lambda a, x: lax.igamma(a, x).sum())
    for backend, ((actual, expected),) in run(slope, arrays, runtimes).items():
        np.testing.assert_allclose(actual, expected, 1e-3, 1e-5, err_msg=backend)


def test_halves_are_rounded_away_from_zero_only_if_they_are(
    runtimes: Mapping[NodeBackend, Runtime],
) -> None:
    x = np.array([0.49999997, 0.5, -2.5, 2.0**23 - 0.5, 2.0**23 + 1], np.float32)
    for backend, ((actual, expected),) in run(lax.round, [x], runtimes).items():
        np.testing.assert_array_equal(actual, expected, backend)

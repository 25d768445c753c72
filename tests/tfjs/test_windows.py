"""Windows, reductions and padding of every dtype."""

# pyright: reportUnknownLambdaType=false

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax import lax

from builder.tfjs.graph import Array
from tests.tfjs.comparison import Runtimes, compare

DTYPES = ("float32", "int32", "uint32", "int8", "uint8", "bool", "bfloat16")
NAN, INF = np.nan, np.inf


def numbers(dtype: str, *shape: int) -> Array:
    """Small numbers, of which some are equal; of integers also those at the ends."""
    rng = np.random.default_rng(0)
    kind = jnp.dtype(dtype)
    if kind == np.bool_:
        return rng.integers(0, 2, shape).astype(kind)
    values = rng.integers(-4, 5, shape).astype(np.int32 if kind.kind in "iu" else np.float32)
    values = values.astype(kind)
    if kind.kind in "iu":
        limits = np.iinfo(kind)
        values.flat[::7] = limits.max
        values.flat[3::7] = limits.min
    return values


@pytest.mark.parametrize("dtype", DTYPES)
def test_padding_with_a_computed_number(dtype: str, runtimes: Runtimes):
    x, fill = numbers(dtype, 3, 4), numbers(dtype, 1)[0]
    configs = [((1, 2, 0), (0, 0, 0)), ((0, 0, 2), (-1, 1, 0)), ((-1, -1, 1), (-2, 3, 2)),
               ((-3, 1, 0), (0, 0, 0)), ((0, 0, 0), (-2, -2, 0))]  # fmt: skip
    compare(lambda a, b: [lax.pad(a, b, c) for c in configs], [x, fill], runtimes)
    compare(lambda a: [lax.pad(a, fill, c) for c in configs], [x], runtimes)
    compare(
        lambda a, b: lax.pad(a, b, [(1, 2, 0), (0, 1, 1)]), [x, fill], runtimes, ["(b,4)", "()"]
    )


POOLS: dict[str, Callable[..., Any]] = {
    "sum": lambda x, **k: lax.reduce_window(x, np.zeros((), x.dtype), lax.add, **k),
    "max": lambda x, **k: lax.reduce_window(x, _least(x.dtype, -1), lax.max, **k),
    "min": lambda x, **k: lax.reduce_window(x, _least(x.dtype, 1), lax.min, **k),
    "product": lambda x, **k: lax.reduce_window(x, np.ones((), x.dtype), lax.mul, **k),
}


def _least(dtype: Any, sign: int) -> Any:
    if dtype == np.bool_:
        return np.array(sign > 0)
    if jnp.issubdtype(dtype, np.floating):
        return np.array(sign * INF, dtype)
    return np.array(np.iinfo(dtype).max if sign > 0 else np.iinfo(dtype).min, dtype)


WINDOWS: dict[str, dict[str, Any]] = {
    "plain": {"window_dimensions": (1, 2, 3), "window_strides": (1, 1, 1), "padding": "VALID"},
    "same": {"window_dimensions": (1, 3, 3), "window_strides": (1, 2, 2), "padding": "SAME"},
    "three axes": {
        "window_dimensions": (2, 2, 2), "window_strides": (1, 2, 1),
        "padding": ((1, 0), (0, 1), (0, 0)),
    },
    "dilated": {
        "window_dimensions": (1, 2, 3), "window_strides": (1, 1, 2),
        "padding": ((0, 0), (1, 1), (0, 2)),
        "base_dilation": (1, 2, 1), "window_dilation": (1, 3, 2),
    },
    "cropped": {
        "window_dimensions": (1, 2, 2), "window_strides": (1, 1, 1),
        "padding": ((0, 0), (-1, 1), (0, -2)),
    },
    "long": {"window_dimensions": (1, 1, 7), "window_strides": (1, 1, 1), "padding": "VALID"},
}  # fmt: skip


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("window", WINDOWS)
def test_windows_of_every_dtype(dtype: str, window: str, runtimes: Runtimes):
    names = ("max", "min") if dtype == "bool" else tuple(POOLS)
    x = numbers(dtype, 3, 5, 8)
    compare(lambda a: [POOLS[n](a, **WINDOWS[window]) for n in names], [x], runtimes)


def test_windows_over_a_symbolic_batch(runtimes: Runtimes):
    for dtype in ("float32", "int32"):
        compare(
            lambda a: [pool(a, **WINDOWS["same"]) for pool in POOLS.values()],
            [numbers(dtype, 3, 5, 8)],
            runtimes,
            ["(b,5,8)"],
        )


def test_windows_of_any_function(runtimes: Runtimes):
    x, i = numbers("float32", 3, 5, 8), np.arange(120, dtype=np.int32).reshape(3, 5, 8)

    def larger(a: Any, b: Any) -> Any:
        first = (a[0] > b[0]) | ((a[0] == b[0]) & (a[1] < b[1]))
        return jnp.where(first, a[0], b[0]), jnp.where(first, a[1], b[1])

    def pool(x: Any, i: Any, start: Any) -> Any:
        outputs = [
            lax.reduce_window((x, i), (start, jnp.int32(-1)), larger, **WINDOWS[name])
            for name in ("plain", "same", "dilated")
        ]
        return outputs, lax.reduce_window(x, start, lambda a, b: a + b + 0.0, **WINDOWS["same"])

    compare(pool, [x, i, np.float32(-9)], runtimes)
    compare(
        lambda x, s: lax.reduce_window(x, s, lax.add, (2, 2), (1, 1), ((1, 0), (0, 0))),
        [x[0], np.float32(3)],
        runtimes,
    )


GRADIENTS = [
    {"window_dimensions": (1, 2, 2), "window_strides": (1, 2, 2), "padding": "VALID"},
    {"window_dimensions": (1, 3, 3), "window_strides": (1, 2, 2), "padding": "SAME"},
    {"window_dimensions": (2, 3, 2), "window_strides": (1, 1, 3), "padding": "VALID"},
    {"window_dimensions": (1, 2, 1), "window_strides": (1, 3, 1), "padding": "VALID"},
    {"window_dimensions": (1, 3, 3), "window_strides": (1, 1, 1),
     "padding": ((0, 0), (1, 1), (0, 2))},
]  # fmt: skip


@pytest.mark.parametrize("window", GRADIENTS, ids=lambda w: str(w["window_dimensions"]))
@pytest.mark.parametrize("name", ["max", "min", "sum"])
def test_gradients_of_pooling_go_where_those_of_jax_go(
    window: dict[str, Any], name: str, runtimes: Runtimes
):
    x = numbers("float32", 3, 7, 8)
    x[0, 1, 2] = x[1, 3, 4] = x[1, 3, 5] = NAN
    x[2, :3, :3] = -INF

    def gradient(x: Any) -> Any:
        pooled, pull = jax.vjp(lambda a: POOLS[name](a, **window), x)
        return pull(jnp.arange(pooled.size, dtype=x.dtype).reshape(pooled.shape) % 17 + 1)

    compare(gradient, [x], runtimes)
    compare(
        lambda x: jax.grad(lambda a: (POOLS[name](a, **window) ** 2).sum())(x),
        [numbers("float32", 3, 7, 8)],
        runtimes,
        ["(b,7,8)"] if window["window_dimensions"][0] == 1 else [],
    )


@pytest.mark.parametrize("window", GRADIENTS, ids=lambda w: str(w["window_dimensions"]))
def test_derivatives_of_pooling_along_a_direction(window: dict[str, Any], runtimes: Runtimes):
    x, t = numbers("float32", 3, 7, 8), np.random.default_rng(1).normal(size=(3, 7, 8))
    x[2, :3, :3] = -INF
    compare(
        lambda x, t: jax.jvp(lambda a: POOLS["max"](a, **window), (x,), (t,)),
        [x, t.astype(np.float32)],
        runtimes,
    )


@pytest.mark.parametrize("dtype", ["bool", "int32", "uint8", "uint32", "int8"])
def test_bits_are_reduced(dtype: str, runtimes: Runtimes):
    kinds = (lax.reduce_and_p, lax.reduce_or_p, lax.reduce_xor_p)
    compare(
        lambda a: [p.bind(a, axes=axes) for p in kinds for axes in ((0,), (0, 2))],
        [numbers(dtype, 3, 4, 5)],
        runtimes,
    )


@pytest.mark.parametrize("dtype", DTYPES)
def test_reductions_of_every_dtype(dtype: str, runtimes: Runtimes):
    if dtype == "bool":
        functions: list[Any] = [jnp.max, jnp.min, jnp.any, jnp.all]
    else:
        functions = [jnp.sum, jnp.max, jnp.min, jnp.prod]
    x = numbers(dtype, 3, 4, 5)
    compare(lambda a: [f(a, axis) for f in functions for axis in (0, (1, 2), None)], [x], runtimes)
    compare(lambda a: [f(a, 1) for f in functions], [x], runtimes, ["(b,4,5)"])


def test_reductions_by_any_function(runtimes: Runtimes):
    def argmax(x: Any, i: Any) -> Any:
        def later(a: Any, b: Any) -> Any:
            keep = (a[0] > b[0]) | ((a[0] == b[0]) & (a[1] < b[1]))
            return jnp.where(keep, a[0], b[0]), jnp.where(keep, a[1], b[1])

        return lax.reduce((x, i), (jnp.float32(-INF), jnp.int32(-1)), later, (1,))

    x, i = numbers("float32", 3, 7), np.tile(np.arange(7, dtype=np.int32), (3, 1))
    compare(argmax, [x, i], runtimes)
    compare(argmax, [x, i], runtimes, ["(b,7)", "(b,7)"])
    compare(
        lambda a: lax.reduce(a, jnp.float32(2), lambda p, q: p * q * 0.5, (0, 1)), [x], runtimes
    )


def test_large_integers_are_multiplied_exactly(runtimes: Runtimes):
    x = np.array([123_456_789, 2**31 - 1, -(2**31), 1_700_000_001, -987_654_321], np.int32)
    compare(lambda a: (a[:, None] * a, a**3, jnp.prod(a), a * 2_654_435), [x], runtimes)

"""Factorizations, and what stands on them, give what LAPACK gives in JAX."""

# The tables are of lambdas, whose arguments have no place for types.
# pyright: reportUnknownLambdaType=false, reportUnknownArgumentType=false
# pyright: reportUnknownVariableType=false, reportAttributeAccessIssue=false

from collections.abc import Callable, Mapping
from typing import Any

import jax
import jax.numpy as jnp
import jax.scipy.linalg as jsl
import numpy as np
import pytest
from jax import lax

from builder.conversion.check import check_model
from builder.conversion.parity import Tolerance
from builder.conversion.samples import Sample
from builder.errors import ExportError, ParityError
from builder.tfjs.export import export
from builder.tfjs.graph import Array
from builder.tfjs.runtime import NodeBackend, Runtime
from tests.tfjs.functions import Function
from tests.tfjs.test_extremes import run

TOLERANCE = 5e-6
"""In parts of the largest number of an output: what rounding comes to in matrices of this size."""


def normal(*shape: int) -> Array:
    return np.random.default_rng(sum(shape)).normal(size=shape).astype(np.float32)


def regular(*shape: int) -> Array:
    """Matrices that are far from singular."""
    return normal(*shape) + 3 * np.eye(shape[-1], dtype=np.float32)


def symmetric(*shape: int) -> Array:
    x = normal(*shape)
    return x + x.swapaxes(-1, -2)


def positive(*shape: int) -> Array:
    x = normal(*shape)
    return x @ x.swapaxes(-1, -2) + np.eye(shape[-1], dtype=np.float32)


def triangular(**options: Any) -> Callable[..., Any]:
    return lambda a, b: lax.linalg.triangular_solve(a, b, **options)


def eigenproducts(x: Any) -> Any:
    w, v = jnp.linalg.eigh(x)
    return w, (v * w[..., None, :]) @ v.mT, v.mT @ v


def singular_products(x: Any) -> Any:
    u, s, vt = jnp.linalg.svd(x)
    count = s.shape[-1]
    whole = (u[..., :count] * s[..., None, :]) @ vt[..., :count, :]
    return s, whole, u.mT @ u, vt @ vt.mT


INTEGERS = np.array([[1, 2, 3], [1, 2, 5], [-1, 4, 4]], np.float32)
CASES: Mapping[str, tuple[Callable[..., Any], list[Array]]] = {
    "cholesky": (jnp.linalg.cholesky, [positive(2, 5, 5)]),
    "upper cholesky": (jsl.cholesky, [positive(4, 4)]),
    "cholesky of what is not positive": (jnp.linalg.cholesky, [-positive(3, 3)]),
    "solve": (jnp.linalg.solve, [regular(2, 4, 4), normal(2, 4, 3)]),
    "solve a singular system": (jnp.linalg.inv, [np.ones((2, 2), np.float32)]),
    "inverse": (jnp.linalg.inv, [regular(2, 5, 5)]),
    "determinant": (jnp.linalg.det, [normal(3, 4, 4)]),
    "logarithm of the determinant": (jnp.linalg.slogdet, [normal(3, 4, 4)]),
    "lower, from the left": (
        triangular(left_side=True, lower=True),
        [regular(4, 4), normal(4, 2)],
    ),
    "upper, from the right, transposed": (
        triangular(left_side=False, lower=False, transpose_a=True, unit_diagonal=True),
        [regular(2, 3, 3), normal(2, 2, 3)],
    ),
    "lower, from the right": (
        triangular(left_side=False, lower=True),
        [regular(3, 3), normal(2, 3)],
    ),
    "lu": (lambda x: lax.linalg.lu(x), [normal(2, 5, 5)]),
    "lu of equal pivots": (lambda x: lax.linalg.lu(x), [INTEGERS]),
    "wide lu": (lambda x: lax.linalg.lu(x), [normal(3, 5)]),
    "tall lu": (lambda x: jsl.lu(x), [normal(5, 3)]),
    "lu_solve": (lambda a, b: jsl.lu_solve(jsl.lu_factor(a), b), [regular(4, 4), normal(4)]),
    "qr": (jnp.linalg.qr, [normal(2, 5, 3)]),
    "wide qr": (jnp.linalg.qr, [normal(3, 5)]),
    "complete qr": (lambda x: jnp.linalg.qr(x, mode="complete"), [normal(5, 3)]),
    "raw qr": (lambda x: jnp.linalg.qr(x, mode="raw"), [normal(4, 3)]),
    "qr of a triangle": (jnp.linalg.qr, [np.triu(normal(3, 3))]),
    "qr of large numbers": (jnp.linalg.qr, [1e25 * normal(3, 3)]),
    "qr with pivots": (lambda x: jsl.qr(x, pivoting=True), [normal(5, 4)]),
    "hessenberg": (lambda x: jsl.hessenberg(x, calc_q=True), [normal(5, 5)]),
    "tridiagonal": (lambda x: lax.linalg.tridiagonal(x), [positive(5, 5)]),
    "tridiagonal system": (
        lambda d, b: lax.linalg.tridiagonal_solve(d[0], d[1], d[2], b),
        [normal(3, 6), normal(6, 2)],
    ),
    "eigenvalues": (jnp.linalg.eigvalsh, [symmetric(2, 7, 7)]),
    "eigenvectors": (eigenproducts, [symmetric(2, 6, 6)]),
    "eigenvectors of 2 x 2": (jnp.linalg.eigh, [symmetric(40, 2, 2)]),
    "eigenvectors of a diagonal": (
        eigenproducts,
        [np.diag(np.array([3, 1, 1, 2], np.float32))],
    ),
    "eigenvectors of the upper half": (
        lambda x: jsl.eigh(x, lower=False, eigvals_only=True),
        [symmetric(4, 4)],
    ),
    "singular values": (lambda x: jnp.linalg.svd(x, compute_uv=False), [normal(2, 5, 3)]),
    "singular vectors": (singular_products, [normal(2, 5, 4)]),
    "singular vectors of few rows": (singular_products, [normal(3, 6)]),
    "singular vectors of rank 1": (
        singular_products,
        [np.outer(normal(4), normal(4)).astype(np.float32)],
    ),
    "singular vectors of nothing": (singular_products, [np.zeros((3, 2), np.float32)]),
    "pseudoinverse": (jnp.linalg.pinv, [normal(5, 3)]),
    "least squares": (lambda a, b: jnp.linalg.lstsq(a, b), [normal(6, 3), normal(6)]),
    "norms": (lambda x: [jnp.linalg.norm(x, p) for p in (2, -2, "nuc")], [normal(4, 3)]),
    "condition and rank": (
        lambda x: (jnp.linalg.cond(x), jnp.linalg.matrix_rank(x)),
        [regular(4, 4)],
    ),
    "powers": (lambda x: jnp.linalg.matrix_power(x, -3), [regular(3, 3)]),
    "exponential": (jsl.expm, [normal(4, 4)]),
    "derivative of cholesky": (jax.grad(lambda x: jnp.linalg.cholesky(x).sum()), [positive(4, 4)]),
    "derivative of solve": (
        jax.grad(lambda a: jnp.linalg.solve(a, jnp.ones(4)).sum()),
        [regular(4, 4)],
    ),
    "derivative of lu": (jax.grad(lambda x: (lax.linalg.lu(x)[0] ** 2).sum()), [regular(3, 3)]),
    "derivative of qr": (jax.grad(lambda x: (jnp.linalg.qr(x)[1] ** 3).sum()), [normal(4, 3)]),
    "derivative of eigh": (jax.grad(lambda x: eigenproducts(x)[1][0].sum()), [symmetric(4, 4)]),
    "derivative of svd": (
        jax.grad(lambda x: jnp.linalg.svd(x, full_matrices=False)[1][0].sum()),
        [normal(3, 3)],
    ),
    "groups of rows": (
        lambda x, w: lax.ragged_dot(x, w, jnp.array([2, 3, 1], jnp.int32)),
        [normal(7, 4), normal(3, 4, 5)],
    ),
    "derivative of groups of rows": (
        jax.grad(lambda w, x: (lax.ragged_dot(x, w, jnp.array([2, 4], jnp.int32)) ** 2).sum()),
        [normal(2, 4, 5), normal(6, 4)],
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_a_function_of_matrices(name: str, runtimes: Mapping[NodeBackend, Runtime]) -> None:
    apply, arrays = CASES[name]
    for backend, pairs in run(apply, arrays, runtimes).items():
        for actual, expected in pairs:
            finite = np.abs(expected[np.isfinite(expected)])
            atol = TOLERANCE * finite.max(initial=0) if expected.dtype.kind == "f" else 0
            np.testing.assert_allclose(actual, expected, 0, atol, err_msg=backend)


@pytest.mark.parametrize("apply", [jnp.linalg.inv, lambda x: singular_products(x)[1]])
def test_any_number_of_matrices(
    apply: Callable[..., Any], runtimes: Mapping[NodeBackend, Runtime]
) -> None:
    function = Function("matrices", apply, (("(b,3,3)", "float32"),))
    model = export(lambda _, x: apply(x), (), function.specs)
    runtimes["wasm"].load(model.files)
    for actual, expected in zip(
        runtimes["wasm"].predict(function.arrays()).values(), function.results(), strict=True
    ):
        np.testing.assert_allclose(actual, expected, 1e-4, 1e-4)


def test_a_matrix_of_n_columns_needs_so_many_nodes_times_a_number() -> None:
    def count(apply: Callable[..., Any], size: int) -> int:
        return len(export(lambda _, x: apply(x), (), {"x": ((size, size), "float32")}).ops)

    assert count(jnp.linalg.cholesky, 16) < 16 * 12
    assert count(lambda x: lax.linalg.lu(x)[0], 16) < 16 * 40
    assert count(lambda x: jnp.linalg.qr(x)[1], 16) < 16 * 40


@pytest.mark.slow
@pytest.mark.parametrize("apply", [eigenproducts, singular_products])
def test_many_columns_are_as_exact_as_lapack(
    apply: Callable[..., Any], runtimes: Mapping[NodeBackend, Runtime]
) -> None:
    x = symmetric(16, 16)
    (pairs,) = run(apply, [x], {"wasm": runtimes["wasm"]}).values()
    for actual, expected in pairs:
        assert np.abs(actual - expected).max() < 3e-6 * np.abs(expected).max()


def test_what_differs_by_signs_only_is_told_so(runtimes: Mapping[NodeBackend, Runtime]) -> None:
    x = symmetric(3, 3)
    model = export(lambda _, x: jnp.linalg.eigh(x).eigenvectors, (), {"x": x}, ["v"])
    expected = -np.asarray(jnp.linalg.eigh(x).eigenvectors)
    runtimes["wasm"].load(model.files)
    found = runtimes["wasm"].predict({"x": x})["v"]
    np.testing.assert_allclose(np.abs(found), np.abs(expected), 1e-5, 1e-5)
    with pytest.raises(ParityError, match="no sign of their own"):
        check_model(model, [Sample({"x": x}, {"v": -found})], runtimes["wasm"], Tolerance())


REFUSED: Mapping[str, tuple[Callable[..., Any], Any, str]] = {
    "schur": (lambda x: jsl.schur(x), (3, 3), "Schur"),
    "symbolic size": (jnp.linalg.cholesky, "(b,b)", "fix the sizes of its last two axes"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_not_factorized_is_refused(name: str) -> None:
    apply, shape, words = REFUSED[name]
    with pytest.raises(ExportError, match=words):
        export(lambda _, x: apply(x), (), {"x": (shape, "float32")})

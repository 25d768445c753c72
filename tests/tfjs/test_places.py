"""Reading and writing at computed places, and sorting: the leftovers of the tables."""

# pyright: reportUnknownLambdaType=false

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax import lax

from builder.tfjs.graph import Array
from tests.tfjs.comparison import Runtimes, compare

NAN, INF = np.nan, np.inf


def numbers(dtype: str, *shape: int) -> Array:
    rng = np.random.default_rng(sum(shape))
    if dtype == "bool":
        return rng.integers(0, 2, shape) > 0
    if dtype == "float32":
        values = rng.normal(size=shape).astype(np.float32)
        values.flat[::9] = NAN
        values.flat[4::9] = INF
        return values
    ends = np.iinfo(dtype)
    return rng.integers(ends.min, ends.max, shape, dtype, endpoint=True)


@pytest.mark.parametrize("dtype", ["float32", "int32", "uint32", "uint8", "bool"])
def test_many_indices_may_repeat(dtype: str, runtimes: Runtimes):
    x, y = numbers(dtype, 7, 3), numbers(dtype, 90, 3)
    i = np.random.default_rng(0).integers(-1, 9, 90).astype(np.int32)

    def apply(x: Any, i: Any, y: Any) -> Any:
        at = x.at[i]
        methods = [at.set, at.max, at.min] if dtype == "bool" else [
            at.set, at.max, at.min, at.multiply, at.add]  # fmt: skip
        return [method(y) for method in methods]

    compare(apply, [x, i, y], runtimes)


def test_a_symbolic_number_of_indices_may_repeat(runtimes: Runtimes):
    x, y = numbers("float32", 7, 3), numbers("float32", 20, 3)
    i = np.random.default_rng(0).integers(0, 7, 20).astype(np.int32)
    compare(
        lambda x, i, y: (x.at[i].set(y), x.at[i].max(y), x.at[i].min(y), x.at[i].add(y)),
        [x, i, y],
        runtimes,
        ["(7,3)", "(b)", "(b,3)"],
    )
    compare(
        lambda y, i: (jax.ops.segment_max(y, i, 7), jax.ops.segment_sum(y, i, 7)),
        [y, i],
        runtimes,
        ["(b,3)", "(b)"],
    )


def test_a_function_is_applied_at_places(runtimes: Runtimes):
    i = np.array([0, 2, 2, 5, -1], np.int32)
    compare(lambda x, i: x.at[i].apply(jnp.cos), [numbers("float32", 5, 3), i], runtimes)
    compare(lambda x: x.at[1:3].apply(lambda v: v * 2), [numbers("int32", 5, 3)], runtimes)
    compare(lambda x, i: x.at[i].apply(lambda v: ~v), [numbers("bool", 5, 3), i], runtimes)


def test_arrays_of_symbolic_inner_sizes_are_indexed(runtimes: Runtimes):
    x, i = numbers("float32", 3, 4, 5), np.array([[0, 1], [2, 7]], np.int32)

    def apply(x: Any, i: Any) -> Any:
        return [
            x[i[:, 0], :, i[:, 1]],
            x.at[i[:, 0], :, i[:, 1]].set(1.0),
            jnp.take_along_axis(x, jnp.zeros_like(x, jnp.int32), 1),
            x[:, 1:-1:2],
            x[1],
            x[:, -1],
        ]

    compare(apply, [x, i], runtimes, ["(a,b,c)", "(n,2)"])


def test_empty_operands_and_updates(runtimes: Runtimes):
    x, none = numbers("float32", 3, 4), np.zeros(0, np.int32)

    def apply(x: Any, i: Any, empty: Any) -> Any:
        return [
            x[i], x.at[i].set(2.0), x.at[i].mul(empty), jnp.concatenate([empty, x]),
            lax.dynamic_update_slice(x, empty, (i.sum(), 0)), lax.dynamic_slice(x, (1, 0), (0, 4)),
            empty.sum(0), jnp.pad(empty, ((1, 0), (0, 0))), empty.T, jnp.sort(empty, 0),
            empty + x[:1], jnp.cumsum(empty, 1), x[2:1],
        ]  # fmt: skip

    compare(apply, [x, none, np.zeros((0, 4), np.float32)], runtimes)


@pytest.mark.parametrize("dtype", ["float32", "int32", "uint32", "int8", "bool"])
def test_the_largest_are_found_along_any_axis(dtype: str, runtimes: Runtimes):
    x = numbers(dtype, 4, 6, 5)
    compare(
        lambda x: (
            [lax.top_k(jnp.moveaxis(x, axis, -1), 3) for axis in range(3)]
            + ([lax.top_k(x, 2, axis=1)] if jax.__version_info__ >= (0, 7) else [])
        ),
        [x],
        runtimes,
    )


@pytest.mark.parametrize("dtype", ["float32", "int32", "uint32", "bool"])
def test_a_symbolic_axis_is_sorted(dtype: str, runtimes: Runtimes):
    x = numbers(dtype, 9, 3)
    compare(lambda x: (jnp.sort(x, 0), jnp.argsort(x, 0), jnp.sort(x, 1)), [x], runtimes, ["(b,3)"])


def test_several_keys_and_operands_are_sorted(runtimes: Runtimes):
    rng = np.random.default_rng(0)
    a, b = rng.integers(0, 3, (2, 4, 20)).astype(np.int32)
    c = numbers("float32", 4, 20)
    compare(
        lambda a, b, c: [
            lax.sort((a, b, c), num_keys=n, dimension=d) for n in (1, 2, 3) for d in (0, 1)
        ],
        [a, b, c],
        runtimes,
    )
    compare(lambda b, c: jnp.lexsort((c[0], b[0])), [b, c], runtimes)


def test_gathers_under_vmap(runtimes: Runtimes):
    x = numbers("float32", 4, 6)
    conditions = np.array([True, False, True, False])
    compare(
        lambda x, c: (
            jax.vmap(lambda a: a[jnp.array([0, 2])])(x),
            jax.vmap(lambda a: jnp.take(a, jnp.array([5, 1, 7])))(x),
            jax.vmap(lambda a, b: jnp.select([b, a[0] > 0], [a, a * 2], 0.0))(x, c),
            jax.vmap(lambda a: lax.dynamic_slice(a, (2,), (3,)))(x),
        ),
        [x, conditions],
        runtimes,
        ["(b,6)", "(b)"],
    )

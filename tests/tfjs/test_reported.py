"""Functions that were once converted wrongly, here or elsewhere: each gives JAX's value now.

The reports are named where they are public: tfjs for tensorflow/tfjs, jax for jax-ml/jax.
"""

# pyright: reportUnknownLambdaType=false

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax import lax

from builder.errors import ExportError
from builder.tfjs.export import export
from builder.tfjs.graph import Array
from builder.tfjs.runtime import NodeBackend, Runtime

NAN, INF = np.nan, np.inf
LEAST = -(2**31)


def floats(*values: Any) -> Array:
    return np.array(values, np.float32)


def ints(*values: Any) -> Array:
    return np.array(values, np.int32)


@dataclass(frozen=True)
class Report:
    """A function and what it is called on; `sizes` are shapes with a symbol, where one mattered."""

    name: str
    function: Callable[..., Any]
    inputs: tuple[Any, ...]
    sizes: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.name


REPORTS = [
    # Integers beyond 2^24 on wasm (tfjs#5641, #7927, #4313).
    Report("negated integer", lambda x: -x, (ints(2**24 + 1, 123_456_789),), ("(b,)",)),
    Report("second of the day", lambda t: t % 86_400, (ints(1_764_000_000, 1_700_000_001),)),
    Report("sorted times", jnp.sort, (ints(1_764_000_003, 1_764_000_001, 1_764_000_002),)),
    Report("sorted least integer", jnp.sort, (ints(5, LEAST, 0),)),
    Report("quotient", lambda x: x // 7, (ints(2**31 - 1, LEAST, -1),)),
    # A division by zero in a place that is not used (jax#11990, #37819, #4963).
    Report("mean where there is something", lambda s, n: jnp.where(n > 0, s // n, 0),
           (ints(6, 7), ints(2, 0)), ("(b,)", "(b,)")),
    # Numbers beyond the range of their new type (jax#10005, #13101).
    Report("pixels of 8 bits", lambda x: (x * 255).astype(jnp.uint8), (floats(1.02, -0.01, 0.5),)),
    Report("infinite to integer", lambda x: x.astype(jnp.int32), (floats(3e9, -INF, NAN),)),
    Report("overflow of float16", lambda x: (x * x).astype(jnp.float32),
           (np.array([300.0], np.float16),)),
    # Unsigned integers (jax#4942, #22854).
    Report("unsigned to float", lambda x: x.astype(jnp.uint32).astype(jnp.float32), (ints(-1, 5),)),
    Report("unsigned compared", lambda x: x.astype(jnp.uint32) > 5, (ints(-1, 4),)),
    Report("unsigned divided", lambda x: (x.astype(jnp.uint32) // 2).astype(jnp.int32),
           (ints(-2, 6),)),
    Report("unsigned shifted", lambda x: (x.astype(jnp.uint32) >> 4).astype(jnp.int32),
           (ints(-2, 64),)),
    Report("bytes from below", lambda x: x - jnp.uint8(1), (np.array([0, 3], np.uint8),)),
    Report("inverted bytes", lambda x: 255 - x, (np.array([0, 3], np.uint8),)),
    Report("mean of two pictures", lambda x, y: (x + y) // 2,
           (np.array([200, 3], np.uint8), np.array([200, 3], np.uint8))),
    # NaN (tfjs#2728, #5028).
    Report("median without NaN", jnp.nanmedian, (floats(1, NAN, 3),)),
    Report("sort", jnp.sort, (floats(INF, NAN, -INF, 2),)),
    Report("argsort", jnp.argsort, (floats(INF, NAN, -INF, 2),)),
    Report("top_k", lambda x: lax.top_k(x, 4), (floats(INF, NAN, -INF, 2),)),
    Report("argmax and argmin", lambda x: (jnp.argmax(x), jnp.argmin(x)), (floats(1, NAN, 3, 0),)),
    Report("relu6", jax.nn.relu6, (floats(NAN, 7),)),
    Report("relu after a product", lambda x: jax.nn.relu(x @ jnp.ones((2, 3)) + jnp.ones(3)),
           (floats([INF, -INF], [1, -5]),)),
    Report("maximum", jnp.maximum, (floats(NAN, INF, NAN, 1), floats(INF, NAN, 1, 2))),
    Report("maximum with a number", lambda x: jnp.maximum(x, 0.5), (floats(NAN, 1, -1),)),
    Report("largest of all", jnp.max, (floats(NAN, 1, -1),)),
    Report("clip", lambda x: jnp.clip(x, -1, 1), (floats(NAN, 5, -1),)),
    Report("mean of windows", lambda x: lax.reduce_window(x, 0.0, lax.add, (2,), (1,), "VALID"),
           (floats(1, NAN, 3, INF, -INF),)),
    # Tails (tfjs#7328).
    Report("log of a sigmoid", lambda x: jax.nn.log_sigmoid(x) * 1e7, (floats(17, 20),)),
    Report("log1p", jnp.log1p, (floats(1e-7, -1e-7, 1e-30),)),
    Report("erfc", lax.erfc, (floats(4, -4, 9),)),
    Report("survival function", jax.scipy.stats.norm.sf, (floats(5, 8),)),
    # Truth values.
    Report("top_k of truth values", lambda x: lax.top_k(x, 2),
           (np.array([[True, False, True], [False, False, True]]),)),
    Report("maximum of truth values", lambda x, y: jnp.where(lax.max(x, y), 1.0, 2.0),
           (np.array([True, False]), np.array([False, False]))),
    # Indices out of range.
    Report("take", jnp.take, (floats(1, 2, 3), ints(0, 7, -9))),
    Report("index", lambda x, i: x[i], (floats(1, 2, 3), ints(0, 7, -1))),
    Report("promised index", lambda x, i: x.at[i].set(9.0, mode="promise_in_bounds"),
           (floats(1, 2, 3), ints(7))),
    Report("scatter into a constant", lambda i: jnp.zeros(5).at[i].set(1.0), (ints(3),)),
    # Shapes.
    Report("reshape in another order", lambda x: lax.reshape(x, (6,), (1, 0)),
           (floats([0, 1, 2], [3, 4, 5]),)),
    Report("too large a kernel", lambda x: lax.conv(x, jnp.ones((1, 1, 5, 5)), (1, 1), "VALID"),
           (np.ones((1, 1, 3, 3), np.float32),)),
    Report("empty update", lambda x, i: lax.dynamic_update_slice(x, jnp.zeros((0, 2)), (i, 0)),
           (np.ones((3, 2), np.float32), np.int32(1))),
    Report("empty input", lambda x: x * 2, (np.ones((0, 2), np.float32),)),
    Report("a part of a sum over a varying axis", lambda x: 0.1 * x.sum(0),
           (np.arange(12, dtype=np.float32).reshape(3, 4),), ("(b, 4)",)),
    Report("rows picked under vmap", jax.vmap(lambda a: a[jnp.array([0, 2])]),
           (np.arange(12, dtype=np.float32).reshape(3, 4),), ("(b, 4)",)),
    Report("select under vmap", jax.vmap(lambda a: jnp.select([a > 2, a < -2], [a, -a], 0.0)),
           (floats([3, -3, 1]),), ("(b, 3)",)),
    Report("spence", jax.scipy.special.spence, (floats(0.5, 1, 3),)),
    # Types that go in.
    Report("windows of bfloat16",
           lambda x: lax.reduce_window(x, jnp.bfloat16(0), lax.add, (2,), (1,), "VALID"),
           (np.ones(4, jnp.bfloat16),)),
    Report("reduce", lambda x: lax.reduce(x, jnp.float32(0), lax.add, (0,)), (floats(1, 2, 3),)),
    Report("convolution of bytes",
           lambda x: lax.conv(x, jnp.ones((1, 1, 2, 2), jnp.int8), (1, 1), "VALID"),
           (np.full((1, 1, 3, 3), 100, np.int8),)),
    Report("raw key", lambda k: jax.random.uniform(k, (2,)), (np.array([0, 1], np.uint32),)),
]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("report", REPORTS, ids=str)
def test_tfjs_gives_what_jax_gives(report: Report, runtimes: Mapping[NodeBackend, Runtime]):
    arrays = {f"x{i}": np.asarray(array) for i, array in enumerate(report.inputs)}
    shapes = report.sizes or [array.shape for array in arrays.values()]
    specs = {n: (s, a.dtype) for (n, a), s in zip(arrays.items(), shapes, strict=True)}
    model = export(lambda _, *xs: report.function(*xs), (), specs)
    results = jax.jit(report.function)(*map(jnp.asarray, arrays.values()))
    expected = [np.asarray(leaf) for leaf in jax.tree.leaves(results)]
    for runtime in runtimes.values():
        runtime.load(model.files)
        runtime.predict(arrays)  # which may leave something behind
        found = runtime.predict(arrays)
        for name, array in zip(model.outputs, expected, strict=True):
            assert found[name].shape == array.shape
            wide = array.astype(found[name].dtype)
            np.testing.assert_allclose(found[name], wide, rtol=2e-6, atol=0)


def test_an_unsigned_result_is_refused():
    with pytest.raises(ExportError, match="uint32"):
        export(lambda _, x: x.astype(jnp.uint32), (), {"x": ((1,), "int32")})

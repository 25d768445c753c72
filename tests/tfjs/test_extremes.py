"""Numbers at the ends of their types: TensorFlow.js gives what JAX gives, or the export refuses."""

# The tables are of lambdas, whose arguments have no place for types.
# pyright: reportUnknownLambdaType=false, reportUnknownArgumentType=false

from collections.abc import Callable, Mapping
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax import lax

from builder.conversion.samples import Function
from builder.errors import ExportError
from builder.tfjs.export import export
from builder.tfjs.graph import Array
from builder.tfjs.runtime import NodeBackend, Runtime

pytestmark = pytest.mark.slow

NAN, INF = np.nan, np.inf
LEAST, MOST = -(2**31), 2**31 - 1
DENORMAL = 2.0**-126
BACKENDS: tuple[NodeBackend, ...] = ("wasm", "cpu")

INTS = np.array(
    [
        *(0, 1, -1, 2, -2, 7, -7, 255, 256, 86_400, 16_777_217, -16_777_217, 123_456_789),
        *(1_700_000_001, MOST, MOST - 1, LEAST, LEAST + 1),
    ],
    np.int32,
)
FLOATS = np.array(
    [
        *(0.0, -0.0, 1e-7, -1e-7, 1e-3, 0.5, -0.5, 1.5, 2.5, -2.5, 4.0, 7.0, 88.0, -88.0),
        *(254.9, 300.0, 2147483520.0, 3e9, -3e9, 5e9, INF, -INF, NAN),
    ],
    np.float32,
)
SAMPLES: Mapping[str, Array] = {
    "bool": np.array([True, False]),
    "float32": FLOATS,
    "int8": np.array([0, 1, -1, 7, -7, 127, -128], np.int8),
    "int16": np.array([0, 1, -1, 7, 32_767, -32_768], np.int16),
    "int32": INTS,
    "uint8": np.array([0, 1, 2, 7, 127, 128, 200, 255], np.uint8),
    "uint32": INTS.view(np.uint32),
}


def run(
    apply: Callable[..., Any], arrays: list[Any], runtimes: Mapping[NodeBackend, Runtime]
) -> dict[NodeBackend, list[tuple[Array, Array]]]:
    """For each backend, what TensorFlow.js and JAX give for each output."""
    arrays = list(map(jnp.asarray, arrays))
    signatures = [jax.ShapeDtypeStruct(a.shape, a.dtype) for a in arrays]
    model = export(lambda _, *xs: apply(*xs), (), {f"x{i}": s for i, s in enumerate(signatures)})
    function = Function(lambda _, *xs: apply(*xs), (), signatures)
    sample = function.make_sample(arrays, model.inputs, model.outputs)
    found: dict[NodeBackend, list[tuple[Array, Array]]] = {}
    for name, runtime in runtimes.items():
        runtime.load(model.files)
        runtime.predict(sample.inputs)  # which may leave something behind
        outputs = runtime.predict(sample.inputs)
        found[name] = [(outputs[key], expected) for key, expected in sample.expected.items()]
    return found


def check(
    apply: Callable[..., Any],
    arrays: list[Any],
    runtimes: Mapping[NodeBackend, Runtime],
    tolerance: float = 2e-6,
) -> None:
    for backend, pairs in run(apply, arrays, runtimes).items():
        for actual, expected in pairs:
            wide = np.asarray(expected, np.float64)
            is_float = jnp.issubdtype(expected.dtype, np.inexact)
            # On processors, JAX takes denormal numbers for 0.
            rtol, atol = (tolerance, DENORMAL) if is_float else (0, 0)
            found = np.asarray(actual, np.float64)
            np.testing.assert_allclose(found, wide, rtol, atol, err_msg=backend)


UNARY: Mapping[str, tuple[Callable[..., Any], str]] = {
    "neg": (lambda x: -x, "int8 int16 int32 uint8 float32"),
    "abs": (jnp.abs, "int8 int16 int32 float32"),
    "sign": (jnp.sign, "int8 int32 uint8 float32"),
    "invert": (lambda x: ~x, "bool int8 int32 uint8"),
    "square": (lambda x: x * x, "int8 uint8 float32"),
    "plus one": (lambda x: x + 1, "int8 int16 int32 uint8 float32"),
    "shift left": (lambda x: x << 3, "int8 int32 uint8"),
    "shift right": (lambda x: x >> 3, "int8 int32 uint8"),
    "shift right by one": (lambda x: x >> 1, "int8 int32 uint8"),
    "logical shift": (lambda x: lax.shift_right_logical(x, jnp.array(5, x.dtype)), "int8 int32"),
    "low bits": (lambda x: x & 255, "int32"),
    "middle bits": (lambda x: x & 0xFF00, "int32"),
    "floor division": (lambda x: x // 7, "int8 int32 uint8 float32"),
    "remainder": (lambda x: x % 7, "int8 int32 uint8"),
    "day": (lambda x: (x % 86_400, x // 86_400), "int32"),
    "by minus seven": (lambda x: (x % -7, x // -7, lax.rem(x, jnp.int32(-7))), "int32"),
    "sort": (jnp.sort, "bool int8 int32 uint8 float32"),
    "argsort": (jnp.argsort, "bool int8 int32 uint8 uint32 float32"),
    "falling": (lambda x: jnp.sort(x, descending=True), "int32 float32"),
    "unique": (lambda x: jnp.unique(x, size=x.size)[0], "int32"),
    "top_k": (lambda x: lax.top_k(x, 2), "bool int8 int32 uint8 float32"),
    "all of top_k": (lambda x: lax.top_k(x, x.size), "int32 float32"),
    "argmax": (lambda x: (jnp.argmax(x), jnp.argmin(x)), "bool int32 uint8 uint32 float32"),
    "max": (lambda x: (jnp.max(x), jnp.min(x)), "int32 uint8 float32"),
    "any": (lambda x: (jnp.any(x), jnp.all(x)), "bool"),
    "largest so far": (lambda x: (lax.cummax(x), lax.cummin(x)), "int32 uint8 float32"),
    "relu": (jax.nn.relu, "float32"),
    "relu6": (jax.nn.relu6, "float32"),
    "clip": (lambda x: jnp.clip(x, -1, 1), "float32"),
    "clip of whole numbers": (lambda x: jnp.clip(x, -1, 200), "int32"),
    "nan": (lambda x: (jnp.isnan(x), jnp.nan_to_num(x)), "float32"),
    "median": (lambda x: jnp.nanmedian(x[5:15]), "float32"),
    "log1p": (jnp.log1p, "float32"),
    "expm1": (jnp.expm1, "float32"),
    "erfc": (jax.scipy.special.erfc, "float32"),
    "erf": (lambda x: jax.scipy.special.erf(x[4:]), "float32"),
    "softplus": (jax.nn.softplus, "float32"),
    "log_sigmoid": (jax.nn.log_sigmoid, "float32"),
    "tail of the normal distribution": (lambda x: jax.scipy.stats.norm.sf(x), "float32"),
    "log of sums": (lambda x: lax.cumlogsumexp(x[4:12]), "float32"),
    "to bool": (lambda x: x.astype(bool), "int8 int32 uint8 uint32 float32"),
    "to int8": (lambda x: x.astype(jnp.int8), "bool int32 uint8 uint32 float32"),
    "to uint8": (lambda x: x.astype(jnp.uint8), "bool int8 int32 uint32 float32"),
    "to int16": (lambda x: x.astype(jnp.int16), "int32 uint32 float32"),
    "to int32": (lambda x: x.astype(jnp.int32), "bool int8 uint8 uint32 float32"),
    "to uint32 and back": (
        lambda x: x.astype(jnp.uint32).astype(jnp.int32),
        "bool int8 int32 uint8 float32",
    ),
    "to float32": (lambda x: x.astype(jnp.float32), "bool int8 int32 uint8 uint32"),
    "by uint32 to float32": (lambda x: x.astype(jnp.uint32).astype(jnp.float32), "int32 float32"),
    "by bfloat16": (lambda x: x.astype(jnp.bfloat16).astype(jnp.float32), "float32 int32"),
    "by float16": (lambda x: x.astype(jnp.float16).astype(jnp.float32), "float32 uint8"),
    "to eight bits of mantissa": (lambda x: lax.reduce_precision(x, 8, 7), "float32"),
    "to ten bits of mantissa": (lambda x: lax.reduce_precision(x, 5, 10), "float32"),
    "random order": (lambda x: lax.reshape(x[:6].reshape(2, 3), (6,), (1, 0)), "int32 float32"),
}


@pytest.mark.parametrize(
    ("name", "dtype"), [(n, d) for n, (_, dtypes) in UNARY.items() for d in dtypes.split()]
)
def test_a_function_of_one_array(
    name: str, dtype: str, runtimes: Mapping[NodeBackend, Runtime]
) -> None:
    # On cpu, erf is a polynomial that keeps seven digits of 1, not of small numbers.
    tolerance = 1e-5 if name in ("erf", "erfc", "tail of the normal distribution") else 2e-6
    check(UNARY[name][0], [SAMPLES[dtype]], runtimes, tolerance)


BINARY: Mapping[str, tuple[Callable[..., Any], str]] = {
    "add": (jnp.add, "int8 int32 uint8 float32"),
    "subtract": (jnp.subtract, "int8 int32 uint8 float32"),
    "multiply": (jnp.multiply, "int8 uint8 float32"),
    "divide": (lax.div, "int8 int32 uint8"),
    "remainder": (lax.rem, "int8 int32 uint8"),
    "modulo": (lambda x, y: (x % y, x // y), "int32"),
    "maximum": (lax.max, "bool int8 int32 uint8 float32"),
    "minimum": (lax.min, "bool int8 int32 uint8 float32"),
    "compare": (
        lambda x, y: (x < y, x <= y, x > y, x >= y, x == y, x != y),
        "bool int8 int32 uint8 uint32 float32",
    ),
    "maximum of uint32": (lambda x, y: lax.max(x, y).astype(jnp.int32), "uint32"),
    "quotient of uint32": (lambda x, y: lax.div(x, y).astype(jnp.int32), "uint32"),
    "remainder of uint32": (lambda x, y: lax.rem(x, y).astype(jnp.int32), "uint32"),
    "mean where there is something": (lambda s, n: jnp.where(n > 0, s // n, 0), "int32"),
    "choose": (lambda x, y: jnp.where(lax.max(x, y), 1.0, 2.0), "bool"),
}


@pytest.mark.parametrize(
    ("name", "dtype"), [(n, d) for n, (_, dtypes) in BINARY.items() for d in dtypes.split()]
)
def test_a_function_of_every_pair(
    name: str, dtype: str, runtimes: Mapping[NodeBackend, Runtime]
) -> None:
    numbers = SAMPLES[dtype]
    pairs = np.repeat(numbers, len(numbers)), np.tile(numbers, len(numbers))
    check(BINARY[name][0], list(pairs), runtimes)


THREE = np.array([1.0, 2.0, 3.0], np.float32)
PLACES = np.array([0, 2, 7, -1, -9], np.int32)
GATHERS: Mapping[str, tuple[Callable[..., Any], list[Any]]] = {
    "index": (lambda x, i: x[i], [THREE, PLACES]),
    "take": (lambda x, i: jnp.take(x, i), [THREE, PLACES]),
    "take of whole numbers": (lambda x, i: jnp.take(x, i), [np.arange(3), PLACES]),
    "take of bytes": (lambda x, i: jnp.take(x, i), [np.arange(3).astype(np.uint8), PLACES]),
    "take rows": (lambda x, i: jnp.take(x, i, axis=0), [np.ones((3, 2), np.float32), PLACES]),
    "take columns": (lambda x, i: jnp.take(x, i, axis=1), [np.ones((2, 3), np.float32), PLACES]),
    "take with wrapping": (lambda x, i: jnp.take(x, i, mode="wrap"), [THREE, PLACES]),
    "take with clipping": (lambda x, i: jnp.take(x, i, mode="clip"), [THREE, PLACES]),
    "get or a number": (lambda x, i: x.at[i].get(mode="fill", fill_value=5), [THREE, PLACES]),
    "a window": (lambda x, i: lax.dynamic_slice(x, (i,), (2,)), [THREE, np.int32(7)]),
    "set": (lambda x, i: x.at[i].set(9), [THREE, PLACES]),
    "set what is promised": (
        lambda x, i: x.at[i].set(9, mode="promise_in_bounds"),
        [THREE, np.array([7], np.int32)],
    ),
    "set with clipping": (
        lambda x, i: x.at[i].set(9, mode="clip"),
        [THREE, np.array([7], np.int32)],
    ),
    "set in zeros": (lambda i: jnp.zeros(5).at[i].set(1.0), [np.array([3], np.int32)]),
    "add": (lambda x, i: x.at[i].add(1), [THREE, PLACES]),
    "raise": (lambda x, i: x.at[i].max(jnp.array([NAN, 5, 9, 0, 0])), [THREE, PLACES]),
    "an empty update": (
        lambda x, i: lax.dynamic_update_slice(x, jnp.zeros((0, 2)), (i, 0)),
        [np.ones((3, 2), np.float32), np.int32(1)],
    ),
}


@pytest.mark.parametrize("name", GATHERS)
def test_indices_out_of_range(name: str, runtimes: Mapping[NodeBackend, Runtime]) -> None:
    check(*GATHERS[name], runtimes)


def pool(x: Any, kind: Any, start: float) -> Any:
    return lax.reduce_window(x, start, kind, (1, 2, 2, 1), (1, 1, 1, 1), "VALID")


@pytest.mark.parametrize(("kind", "start"), [(lax.max, -INF), (lax.min, INF)])
def test_a_window_with_nan_gives_nan(
    kind: Any, start: float, runtimes: Mapping[NodeBackend, Runtime]
) -> None:
    x = np.arange(16, dtype=np.float32).reshape(1, 4, 4, 1)
    x[0, 1, 2], x[0, 3, 0] = NAN, INF
    check(lambda x: pool(x, kind, start), [x], runtimes)


def test_halves_overflow_as_halves_do(runtimes: Mapping[NodeBackend, Runtime]) -> None:
    x = np.array([300.0, 2.0**-13, 1 / 3, 65504.0], np.float16)
    check(lambda x: (x * x).astype(jnp.float32), [x], runtimes)
    check(lambda x: (x + x).astype(jnp.float32), [x], runtimes)


@pytest.mark.parametrize("dtype", [jnp.bfloat16, jnp.float16])
def test_any_float_is_rounded_to_bfloat16_and_float16_as_in_jax(
    dtype: Any, runtimes: Mapping[NodeBackend, Runtime]
) -> None:
    bits = np.random.default_rng(0).integers(0, 2**32, 20_000, dtype=np.uint32)
    halves = np.arange(-4096, 4096, dtype=np.float32) + np.float32(0.5)
    largest = 65_504 + np.arange(32, dtype=np.float32)
    x = np.concatenate([bits.view(np.float32), halves, largest])
    x = np.where(np.isnan(x), np.float32(NAN), x)  # numpy warns of some that are not quiet
    # The smallest floats of all have fewer bits than the rounding takes for granted.
    x = x[~(np.abs(x) < 2.0**-120)]
    check(lambda x: x.astype(dtype).astype(jnp.float32), [x], runtimes, tolerance=0)


REFUSED: Mapping[str, tuple[Callable[..., Any], list[Any], str]] = {
    "a result of uint32": (lambda x: x.astype(jnp.uint32), [INTS], "Return it as int32"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_right_is_refused(name: str) -> None:
    apply, arrays, message = REFUSED[name]
    with pytest.raises(ExportError, match=message):
        run(apply, arrays, {})


def test_constants_and_parameters_of_uint32_keep_their_bits(
    runtimes: Mapping[NodeBackend, Runtime],
) -> None:
    hashed = jnp.uint32(2_654_435_761)
    check(lambda x: (x * hashed).astype(jnp.int32) >> 16, [SAMPLES["uint32"][:14]], runtimes)


def test_a_sum_over_an_axis_that_varies_can_be_scaled() -> None:
    model = export(lambda _, x: 0.1 * x.sum(0), (), {"x": ("(b, 4)", "float32")}, ["y"])
    with Runtime() as runtime:
        runtime.load(model.files)
        found = runtime.predict({"x": np.ones((5, 4), np.float32)})["y"]
    np.testing.assert_allclose(found, np.full(4, 0.5), rtol=1e-6)

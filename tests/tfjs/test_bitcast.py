"""The bits of floats: TensorFlow.js gives exactly what JAX gives."""

# pyright: reportUnknownLambdaType=false

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax import lax

from builder.errors import ExportError
from builder.tfjs.export import export
from builder.tfjs.graph import Array
from tests.tfjs.comparison import Runtimes


def check(apply: Callable[..., Any], arrays: list[Any], runtimes: Runtimes) -> None:
    def signed(*xs: Any) -> list[Any]:
        leaves = jax.tree.leaves(apply(*xs))
        return [lax.convert_element_type(y, jnp.int32) if y.dtype == jnp.uint32 else y
                for y in leaves]  # fmt: skip

    named = {f"x{i}": np.asarray(a) for i, a in enumerate(arrays)}
    structs = {n: jax.ShapeDtypeStruct(a.shape, a.dtype) for n, a in named.items()}
    model = export(lambda _, *xs: signed(*xs), (), structs)
    expected = jax.jit(signed)(*arrays)
    for runtime in runtimes.values():
        runtime.load(model.files)
        found = runtime.predict(named)
        for name, array in zip(model.outputs, expected, strict=True):
            # The sign of 0 counts too.
            wide = np.asarray(array, found[name].dtype)
            np.testing.assert_array_equal(found[name], wide)
            number = ~np.isnan(wide)
            signs = np.signbit(found[name])[number]
            np.testing.assert_array_equal(signs, np.signbit(wide)[number])


def patterns() -> Array:
    """Bits of float32 without NaN: every exponent, denormal numbers, infinities, both signs."""
    rng = np.random.default_rng(0)
    powers = np.arange(256, dtype=np.uint32) << 23
    some = rng.integers(0, 2**32, 500, np.uint32)
    ends = np.array([0, 1, 2, 0x7FFFFF, 0x800001, 0x3F7FFFFF, 0x3F800001, 0x7F7FFFFF], np.uint32)
    bits = np.concatenate([ends, powers, powers[1:] - 1, powers[:-1] + 1, some])
    bits = np.append(bits, bits ^ np.uint32(1 << 31))
    return bits[~np.isnan(bits.view(np.float32))]


HALVES = np.arange(2**16, dtype=np.uint16)
SOME = np.array([0, -0.0, 1, -1, 1.5, 3e38, -3e38, 2e-38, 1e-20, np.inf, -np.inf], np.float32)


@pytest.mark.parametrize("dtype", ["int32", "uint32", "uint8", "int16", "uint16"])
def test_a_float_shows_its_bits(dtype: str, runtimes: Runtimes):
    check(
        lambda x: lax.bitcast_convert_type(x, np.dtype(dtype)),
        [patterns().view(np.float32)],
        runtimes,
    )


@pytest.mark.parametrize("dtype", ["int32", "uint32"])
def test_bits_become_a_float(dtype: str, runtimes: Runtimes):
    bits = patterns().view(np.dtype(dtype))
    check(lambda x: lax.bitcast_convert_type(x, jnp.float32), [bits], runtimes)


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_all_floats_of_16_bits_have_theirs(dtype: str, runtimes: Runtimes):
    kind = jnp.dtype(dtype)
    numbers = HALVES.view(kind)
    numbers = numbers[~np.isnan(numbers.astype(np.float32))]
    check(lambda x: lax.bitcast_convert_type(x, jnp.int16), [numbers], runtimes)
    check(lambda x: lax.bitcast_convert_type(x, kind).astype(jnp.float32), [HALVES], runtimes)


def test_bytes_are_joined(runtimes: Runtimes):
    pieces = np.random.default_rng(0).integers(0, 256, (50, 4), np.uint8)
    pieces[:, 3] &= 0x3F  # so that none is NaN
    check(lambda x: (lax.bitcast_convert_type(x, jnp.int32), lax.bitcast_convert_type(
        x, jnp.float32)), [pieces], runtimes)  # fmt: skip
    check(lambda x: lax.bitcast_convert_type(x, jnp.int8), [pieces], runtimes)


@pytest.mark.parametrize(
    "apply",
    [jnp.frexp, jnp.modf, jnp.signbit, lambda x: jnp.ldexp(x, 3)],
    ids=["frexp", "modf", "signbit", "ldexp"],
)
def test_functions_of_the_bits(apply: Callable[..., Any], runtimes: Runtimes):
    check(apply, [SOME], runtimes)


def test_functions_of_two_numbers(runtimes: Runtimes):
    denormal = np.array([1e-45, -1e-45, 1e-39, 1.1754942e-38, np.nan], np.float32)
    x, y = map(np.ascontiguousarray, np.meshgrid(*[np.append(SOME, denormal)] * 2))
    check(jnp.nextafter, [x, y], runtimes)
    check(jnp.copysign, list(np.meshgrid(SOME, SOME)), runtimes)


def test_narrower_floats_are_refused():
    with pytest.raises(ExportError, match="use bfloat16, float16 or float32"):
        export(
            lambda _, x: lax.bitcast_convert_type(x.astype(jnp.float8_e5m2), jnp.int8),
            (),
            {"x": ("(3)", "float32")},
        )


@pytest.mark.parametrize("widths", [(8, 7), (5, 10), (5, 2), (4, 3), (2, 5), (6, 9), (9, 4)])
def test_numbers_are_rounded_to_any_width(widths: tuple[int, int], runtimes: Runtimes):
    numbers = patterns().view(np.float32)
    numbers = numbers[(np.abs(numbers) >= 2.0**-126) | (numbers == 0)]
    check(lambda x: lax.reduce_precision(x, *widths), [numbers], runtimes)

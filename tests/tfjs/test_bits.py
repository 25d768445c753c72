"""Bits of integers of every width: TensorFlow.js gives exactly what JAX gives."""

# pyright: reportUnknownLambdaType=false

import numpy as np
import pytest
from jax import lax

from builder.tfjs.graph import Array
from tests.tfjs.comparison import Runtimes, compare

DTYPES = ("int8", "int16", "int32", "uint8", "uint16", "uint32")
PLACES = (0, 1, 3, 7, 8, 15, 16, 31, 32)
MASKS = (0, 1, 5, 255, 0x7FFFFFFF, -1, -8, -(2**31), 0x7F800000, 0x5555)


def numbers(dtype: str, count: int = 12) -> Array:
    """The ends of a type, what is next to them, and some between."""
    ends = np.iinfo(dtype)
    rng = np.random.default_rng(0)
    between = rng.integers(ends.min, ends.max, count, dtype, endpoint=True)
    return np.append(
        np.array([0, 1, ends.max, ends.max - 1, ends.min, ends.min + 1], dtype), between
    )


@pytest.mark.parametrize("dtype", DTYPES)
def test_two_integers_are_combined_bit_by_bit(dtype: str, runtimes: Runtimes):
    x, y = map(np.ascontiguousarray, np.meshgrid(numbers(dtype), numbers(dtype)))
    count = compare(lambda a, b: (a & b, a | b, a ^ b), [x, y], runtimes)
    assert count <= 60


@pytest.mark.parametrize("dtype", DTYPES)
def test_a_constant_mask_may_have_any_bits(dtype: str, runtimes: Runtimes):
    masks = [np.int64(m).astype(dtype) for m in MASKS]
    compare(lambda a: [(a & m, a | m, a ^ m) for m in masks], [numbers(dtype)], runtimes)


@pytest.mark.parametrize("dtype", DTYPES)
def test_shifts_by_any_number_of_places(dtype: str, runtimes: Runtimes):
    ends = np.iinfo(dtype)
    places = np.array([*PLACES, 33, 100, ends.max, ends.min], dtype)
    x, by = map(np.ascontiguousarray, np.meshgrid(numbers(dtype), places))
    shifts = (lax.shift_left, lax.shift_right_arithmetic, lax.shift_right_logical)
    compare(lambda a, s: [shift(a, s) for shift in shifts], [x, by], runtimes)
    fixed = [np.full(x.shape, n, dtype) for n in PLACES]
    compare(lambda a: [shift(a, n) for shift in shifts for n in fixed], [x], runtimes)


@pytest.mark.parametrize("dtype", DTYPES)
def test_ones_and_leading_zeros_are_counted(dtype: str, runtimes: Runtimes):
    compare(lambda a: (lax.population_count(a), lax.clz(a), ~a), [numbers(dtype, 50)], runtimes)

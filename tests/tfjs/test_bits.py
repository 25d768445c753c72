"""Bits of integers of every width: TensorFlow.js gives exactly what JAX gives."""

# pyright: reportUnknownLambdaType=false

from collections.abc import Iterator

import numpy as np
import pytest
from jax import lax

from builder.tfjs import ops
from builder.tfjs.graph import Array, Graph, TensorType, Value, placeholder
from builder.tfjs.lower.bits import MOST_PLANES, rotate_and_xor
from builder.tfjs.numpy.evaluate import evaluate
from tests.tfjs.comparison import Runtimes, both_backends, compare

DTYPES = ("int8", "int16", "int32", "uint8", "uint16", "uint32")
PLACES = (0, 1, 3, 7, 8, 15, 16, 31, 32)
MASKS = (0, 1, 5, 255, 0x7FFFFFFF, -1, -8, -(2**31), 0x7F800000, 0x5555)


@pytest.fixture(scope="module")
def runtimes() -> Iterator[Runtimes]:
    with both_backends() as found:
        yield found


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


@pytest.mark.parametrize("size", [5, MOST_PLANES + 1])
@pytest.mark.parametrize("places", [3, 13, 26])
def test_a_rotated_integer_meets_another(size: int, places: int):
    inputs = [placeholder(name, TensorType((size,), "int32")) for name in "xy"]
    result = rotate_and_xor(Value(inputs[0]), Value(inputs[1]), places)
    x, y = np.random.default_rng(0).integers(0, 2**32, (2, size), np.uint32)
    found = evaluate(
        Graph(tuple(inputs), {"z": result}), {"x": x.view(np.int32), "y": y.view(np.int32)}
    )
    rotated = (x << np.uint32(places)) | (x >> np.uint32(32 - places))
    np.testing.assert_array_equal(found["z"].view(np.uint32), rotated ^ y)


def test_a_step_of_random_numbers_is_few_ops():
    x, y = (Value(placeholder(name, TensorType((4,), "int32"))) for name in "xy")
    graph = Graph((x.node, y.node), {"z": rotate_and_xor(ops.binary("AddV2", x, y), y, 13)})
    assert len(graph.ops) <= 12

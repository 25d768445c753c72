"""Weights in fewer bytes, and what TensorFlow.js reads them as."""

from typing import Any, get_args

import numpy as np
import pytest

from builder.options import Quantization
from builder.tfjs.codes import is_bits
from builder.tfjs.quantize import SMALLEST, can_quantize, decode, encode

KINDS = [way for way in get_args(Quantization) if not is_bits(way)]
WEIGHTS = np.random.default_rng(0).normal(size=(SMALLEST // 16, 16)).astype(np.float32)


def test_without_quantization_the_bytes_are_those_of_the_array():
    for array in (WEIGHTS, np.arange(5, dtype=np.int32), np.array([True, False])):
        data, kind = encode(array, None)
        assert (data, kind) == (array.tobytes(), {"dtype": array.dtype.name})
        np.testing.assert_array_equal(decode(data, kind), array.ravel())


@pytest.mark.parametrize(
    ("quantization", "bytes_each"), [("float16", 2), ("uint16", 2), ("uint8", 1)]
)
def test_codes_take_fewer_bytes_and_are_off_by_half_a_step(quantization: Any, bytes_each: int):
    data, kind = encode(WEIGHTS, quantization)
    assert len(data) == bytes_each * WEIGHTS.size
    assert (kind["dtype"], kind["quantization"]["dtype"]) == ("float32", quantization)
    step = kind["quantization"].get("scale", 2 * np.abs(WEIGHTS).max() * 2**-11)
    errors = np.abs(decode(data, kind) - WEIGHTS.ravel())
    assert 0 < errors.max() <= step / 2 * 1.001


@pytest.mark.parametrize("quantization", ["uint8", "uint16"])
def test_the_least_and_the_greatest_value_are_kept(quantization: Any):
    found = decode(*encode(WEIGHTS, quantization))
    np.testing.assert_allclose(found.min(), WEIGHTS.min(), rtol=1e-6)
    np.testing.assert_allclose(found.max(), WEIGHTS.max(), rtol=1e-6)


@pytest.mark.parametrize("quantization", KINDS)
def test_an_array_of_one_value_is_that_value(quantization: Any):
    same = np.full(SMALLEST, -2.5, np.float32)
    np.testing.assert_array_equal(decode(*encode(same, quantization)), same)


def test_rows_that_are_not_contiguous_are_stored_in_order():
    data, kind = encode(WEIGHTS.T, None)
    np.testing.assert_array_equal(decode(data, kind).reshape(WEIGHTS.T.shape), WEIGHTS.T)
    halves = decode(*encode(WEIGHTS.T, "float16")).reshape(WEIGHTS.T.shape)
    np.testing.assert_allclose(halves, WEIGHTS.T, rtol=1e-3)


@pytest.mark.parametrize("quantization", KINDS)
@pytest.mark.parametrize(
    "array",
    [
        WEIGHTS.ravel()[1:],
        np.zeros(SMALLEST, np.int32),
        np.full(SMALLEST, np.inf, np.float32),
        np.full(SMALLEST, np.nan, np.float32),
    ],
    ids=["small", "integers", "infinite", "NaN"],
)
def test_what_could_not_be_told_from_its_codes_stays_as_it_is(array: Any, quantization: Any):
    assert not can_quantize(array, quantization)
    data, kind = encode(array, quantization)
    assert (data, kind) == (array.tobytes(), {"dtype": array.dtype.name})


def test_numbers_beyond_float16_are_not_made_infinite():
    large = np.linspace(0, 70_000, SMALLEST, dtype=np.float32)
    assert not can_quantize(large, "float16")
    assert can_quantize(large, "uint16")
    assert can_quantize(np.minimum(large, 65_504), "float16")


@pytest.mark.parametrize(("quantization", "low", "high"), [("int8", -127, 127), ("int4", 0, 254)])
def test_codes_are_bytes(quantization: Any, low: int, high: int):
    codes = np.arange(low, high + 1, dtype=np.float32)
    data, kind = encode(codes, quantization)
    assert len(data) == codes.size
    np.testing.assert_array_equal(decode(data, kind), codes)


@pytest.mark.parametrize(("quantization", "largest"), [("int8", 127), ("int4", 7)])
def test_a_matrix_whose_scales_float16_cannot_hold_has_no_codes(quantization: Any, largest: int):
    assert can_quantize(np.full(SMALLEST, 65504 * largest, np.float32), quantization)
    assert not can_quantize(np.full(SMALLEST, 65536 * largest, np.float32), quantization)

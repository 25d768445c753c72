"""Weights in fewer bytes, in the encodings that TensorFlow.js reads."""

from collections.abc import Mapping
from typing import Any, TypeAlias

import numpy as np

from builder.options import Quantization
from builder.tfjs.codes import LARGEST
from builder.tfjs.graph import Array

Quantizations: TypeAlias = Quantization | Mapping[str, Quantization] | None
"""One for all weights, or one for each of the weights named; others stay float32."""

CODES: Mapping[str | None, float] = {"int8": -128.0, "int4": 0.0}
"""The least number that a byte stands for; two codes of four bits make one."""

_HALF = float(np.finfo("f2").max)
_LARGEST: Mapping[Quantization, float] = {
    "float16": _HALF,
    **{bits: _HALF * largest for bits, largest in LARGEST.items()},
}
"""Numbers beyond these have no float16, or no code, whose scale is one."""

SMALLEST = 1024
"""Arrays of fewer elements stay float32: they weigh little, and an epsilon must survive."""


def encode(array: Array, quantization: Quantization | None) -> tuple[bytes, dict[str, Any]]:
    """The bytes of a weight, little-endian, and its `dtype` and `quantization` in the manifest.

    float16 halves float32; uint8 and uint16 spread their codes evenly between the least and the
    greatest value of the array, so that a value is off by at most half a step. For int8 and int4,
    the array has codes already, of one byte each.
    """
    kind: dict[str, Any] = {"dtype": array.dtype.name}
    if quantization in CODES:
        low = CODES[quantization]
        kind["quantization"] = {
            "dtype": "uint8",
            "min": low,
            "scale": 1.0,
            "original_dtype": "float32",
        }
        return (array - low).astype(np.uint8).tobytes(), kind
    if quantization is None or not can_quantize(array, quantization):
        return np.ascontiguousarray(array).tobytes(), kind
    if quantization == "float16":
        kind["quantization"] = {"dtype": "float16", "original_dtype": "float32"}
        return array.astype(np.float16).tobytes(), kind
    low, high = float(array.min()), float(array.max())
    steps = int(np.iinfo(quantization).max)
    scale = (high - low) / steps or 1.0
    codes = np.clip(np.round((array.astype(np.float64) - low) / scale), 0, steps)
    kind["quantization"] = {
        "dtype": quantization,
        "min": low,
        "scale": scale,
        "original_dtype": "float32",
    }
    return codes.astype(quantization).tobytes(), kind


def decode(data: bytes, kind: Mapping[str, Any]) -> Array:
    """The values of an encoded weight, flat, as TensorFlow.js reads them."""
    if "quantization" not in kind:
        return np.frombuffer(data, kind["dtype"])
    stored = kind["quantization"]
    codes = np.frombuffer(data, stored["dtype"]).astype(np.float32)
    return codes * np.float32(stored.get("scale", 1)) + np.float32(stored.get("min", 0))


def can_quantize(array: Array, quantization: Quantization) -> bool:
    """Whether an array is stored in fewer bytes: a large one of finite numbers in range."""
    if array.dtype != np.float32 or array.size < SMALLEST or not np.isfinite(array).all():
        return False
    return float(np.abs(array).max()) <= _LARGEST.get(quantization, np.inf)

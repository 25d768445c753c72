"""The ops that compute each element alone, in numpy."""

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from builder.tfjs.graph import Array


def _erf(x: Array) -> Array:
    return np.vectorize(math.erf, otypes=[x.dtype])(x)


def _relu(x: Array) -> Array:
    return np.maximum(x, 0)


def _rsqrt(x: Array) -> Array:
    return 1 / np.sqrt(x)


def _squared_difference(x: Array, y: Array) -> Array:
    return np.square(x - y)


def _sigmoid(x: Array) -> Array:
    return 0.5 * (1 + np.tanh(0.5 * x))


def _divide(x: Array, y: Array) -> Array:
    return x // y if x.dtype == np.int32 else x / y


ELEMENTWISE: Mapping[str, Callable[..., Any]] = {
    "Abs": np.abs,
    "AddV2": np.add,
    "Ceil": np.ceil,
    "Cos": np.cos,
    "Equal": np.equal,
    "Erf": _erf,
    "Exp": np.exp,
    "Expm1": np.expm1,
    "Floor": np.floor,
    "Greater": np.greater,
    "GreaterEqual": np.greater_equal,
    "IsFinite": np.isfinite,
    "Less": np.less,
    "LessEqual": np.less_equal,
    "Log": np.log,
    "Log1p": np.log1p,
    "LogicalAnd": np.logical_and,
    "LogicalNot": np.logical_not,
    "LogicalOr": np.logical_or,
    "Maximum": np.maximum,
    "Minimum": np.minimum,
    "Mul": np.multiply,
    "Neg": np.negative,
    "NotEqual": np.not_equal,
    "Pow": np.power,
    "RealDiv": _divide,
    "Round": np.round,
    "Rsqrt": _rsqrt,
    "Sigmoid": _sigmoid,
    "Sign": np.sign,
    "Sin": np.sin,
    "Sqrt": np.sqrt,
    "Square": np.square,
    "SquaredDifference": _squared_difference,
    "Sub": np.subtract,
    "Tanh": np.tanh,
    "Acos": np.arccos,
    "Acosh": np.arccosh,
    "Asin": np.arcsin,
    "Asinh": np.arcsinh,
    "Atan": np.arctan,
    "Atan2": np.arctan2,
    "Atanh": np.arctanh,
    "Cosh": np.cosh,
    "FloorDiv": np.floor_divide,
    "FloorMod": np.mod,
    "Relu": _relu,
    "Sinh": np.sinh,
    "Tan": np.tan,
}
"""Ops that compute each element alone, so that they commute with reshapes and slices."""

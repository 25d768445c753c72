"""Names and limits that the exporter, demo.toml and the command line share."""

from typing import Literal, TypeAlias

Quantization: TypeAlias = Literal["float16", "uint16", "uint8", "int8", "int4"]
"""Weights in fewer bytes than float32 takes.

int8 and int4 have a scale for each channel: see `builder.tfjs.codes`.
"""

Storage: TypeAlias = Literal["none", Quantization]
"""Any way to store weights; "none" is float32."""

Choice: TypeAlias = Literal[Quantization, "auto"]
"""A way in fewer bytes; "auto" uses the fewest for each weight that keep a model's answers."""

StorageChoice: TypeAlias = Literal[Storage, "auto"]
"""Any way, or as few bytes as keep a model's answers."""

Converter: TypeAlias = Literal["native", "tensorflowjs"]
"""Which program makes a graph: ours, or that of the package tensorflowjs."""

Library: TypeAlias = Literal["transformers", "open_clip"]
"""What wrote a hub's model, and prepares its pictures and texts."""

MAX_RESOLUTION = 4096
"""Side in pixels of the pictures that a model sees: ten times what models are trained with."""

MAX_AXES = 32
"""Axes of an array, as in older versions of NumPy."""

MAX_ELEMENTS = 1 << 27
"""Numbers in an array that goes into a function or comes out: 512 MB of float32."""

_WORTH_SHRINKING = 1_000_000
"""Bytes of float32 weights below which nobody would notice the half."""


def storage_of(parameters: int) -> StorageChoice:
    """How the weights of a text tower of so many parameters are stored, if nobody says."""
    return "none" if parameters * 4 < _WORTH_SHRINKING else "auto"


PHONE_BYTES = 10_000_000
"""What a visitor's phone can download of a text encoder without thinking about it."""

PHONE_LIMIT_BYTES = 100_000_000
"""More than this, no phone should have to download."""

Fit: TypeAlias = Literal["yes", "slow", "no"]
"""Whether a text encoder is for phones."""


def fit_of(count: int) -> Fit:
    """Whether a text encoder of so many bytes is for phones."""
    if count <= PHONE_BYTES:
        return "yes"
    return "slow" if count <= PHONE_LIMIT_BYTES else "no"

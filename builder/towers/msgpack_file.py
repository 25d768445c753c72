"""Parameters in `flax_model.msgpack`, as transformers' Flax models have them.

The format is that of flax's `serialization.py`: nested maps whose leaves are arrays, each an
extension with its shape, dtype and bytes; arrays beyond a gigabyte are maps of chunks. Nothing in
such a file is executed, and no count in it is believed beyond the bytes that are there.
"""

import math
import mmap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import jax.numpy as jnp
import msgpack
import numpy as np

from builder.errors import ModelError, NumberError
from builder.towers.checkpoint import Weights

_ARRAY, _SCALAR = 1, 3
"""Types of extensions that hold an array, and a number as an array without axes."""

_CHUNKED = "__msgpack_chunked_array__"
_MAX_AXES = 32
_MAX_DEPTH = 32
_MAX_NAMES = 100_000
_DTYPES: Mapping[bytes, np.dtype[Any]] = {
    name.encode(): np.dtype(kind)
    for name, kind in {
        **{name: name for name in ("float16", "float32", "float64", "int32", "int64", "bool")},
        "bfloat16": jnp.bfloat16,
    }.items()
}
_LEAVES = {"kernel": "weight", "scale": "weight", "embedding": "weight"}
"""What Flax and PyTorch call the same parameter."""

_CONVOLUTION = (3, 2, 0, 1)
"""The axes of a convolution's kernel in PyTorch's order: out, in, height, width."""


@dataclass(frozen=True)
class _Array:
    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    chunks: tuple[bytes, ...]
    is_kernel: bool = False

    @property
    def torch_shape(self) -> tuple[int, ...]:
        return tuple(self.shape[axis] for axis in self._axes)

    @property
    def _axes(self) -> tuple[int, ...]:
        axes = tuple(range(len(self.shape)))
        if not self.is_kernel:
            return axes
        return _CONVOLUTION if len(axes) == len(_CONVOLUTION) else axes[::-1]

    def read(self) -> Weights:
        parts = [np.frombuffer(chunk, self.dtype) for chunk in self.chunks]
        flat = parts[0] if len(parts) == 1 else np.concatenate(parts)
        return flat.reshape(self.shape).transpose(self._axes).astype(np.float32)


class MsgpackFile:
    """A file's arrays under the names and with the axes that PyTorch's files have.

    Raises:
        ModelError: if the file cannot be read, or is not what it says.
    """

    def __init__(self, path: Path):
        self._arrays: dict[str, _Array] = {}
        for name, array in _list_arrays(_unpack(path), ()):
            if name in self._arrays:
                raise ModelError(f"{name} is there twice. Download the model again.")
            self._arrays[name] = array
        self.shapes = {name: array.torch_shape for name, array in self._arrays.items()}

    def __enter__(self) -> "MsgpackFile":
        return self

    def __exit__(self, *_: object) -> None:
        self._arrays.clear()

    def read(self, name: str) -> Weights:
        """An array as float32, whatever kind of floating point numbers the file holds.

        Raises:
            ModelError: if it does not hold floating point numbers.
            NumberError: if one of them is NaN or infinite.
        """
        array = self._arrays[name]
        if array.dtype.kind in "bi":
            raise ModelError(f"{name} holds {array.dtype}, not floating point numbers.")
        weights = array.read()
        if not np.isfinite(weights).all():
            raise NumberError(f"{name} holds NaN or infinity. Download the model again.")
        return weights


def _unpack(path: Path) -> Any:
    try:
        with (
            path.open("rb") as file,
            mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content,
        ):
            return msgpack.unpackb(
                content,
                ext_hook=_read_array,
                object_pairs_hook=_as_map,
                # Shapes and chunks are maps as well, so that nothing needs a list.
                max_array_len=0,
                max_map_len=_MAX_NAMES,
            )
    except (OSError, ValueError, msgpack.exceptions.UnpackException) as error:
        raise ModelError(f"cannot be read: {error}. Download the model again.") from None


def _as_map(pairs: list[tuple[Any, Any]]) -> dict[Any, Any]:
    table = dict(pairs)
    if len(table) < len(pairs):
        raise ValueError("a name is there twice")
    return table


def _read_array(code: int, content: bytes) -> _Array:
    if code not in (_ARRAY, _SCALAR):
        raise ValueError(f"it holds something of the unknown type {code}")
    match msgpack.unpackb(content, raw=True, max_array_len=_MAX_AXES, max_map_len=0):
        case [list() as axes, bytes() as dtype, bytes() as buffer]:
            shape = _as_shape(cast("list[Any]", axes))
            if dtype not in _DTYPES:
                raise ValueError(f"it holds arrays of the dtype {dtype!r}")
            if math.prod(shape) * _DTYPES[dtype].itemsize != len(buffer):
                raise ValueError(f"an array of {shape} does not have as many numbers")
            return _Array(shape, _DTYPES[dtype], (buffer,))
        case _:
            raise ValueError("an array is not a shape, a dtype and bytes")


def _as_shape(axes: list[Any]) -> tuple[int, ...]:
    if any(type(size) is not int or size < 0 for size in axes):
        raise ValueError(f"an array has the shape {axes}")
    return tuple(axes)


def _list_arrays(value: Any, place: tuple[str, ...]) -> Iterator[tuple[str, _Array]]:
    match value:
        case _Array():
            yield _rename(value, place)
        case dict() if len(place) < _MAX_DEPTH:
            table = cast("dict[str, Any]", value)
            if _CHUNKED in table:
                yield _rename(_join_chunks(table, place), place)
                return
            for key, below in table.items():
                yield from _list_arrays(below, (*place, str(key)))
        case _:
            raise ModelError(f"{'/'.join(place)!r} is not an array. Download the model again.")


def _rename(array: _Array, place: tuple[str, ...]) -> tuple[str, _Array]:
    *modules, leaf = place or ("",)
    name = ".".join([*modules, _LEAVES.get(leaf, leaf)])
    return name, _Array(array.shape, array.dtype, array.chunks, leaf == "kernel")


def _join_chunks(table: Mapping[str, Any], place: tuple[str, ...]) -> _Array:
    """An array that was stored in parts: maps of sizes and of arrays, by their numbers as texts."""
    try:
        sizes, chunks = _in_order(table["shape"]), _in_order(table["chunks"])
        if not all(isinstance(chunk, _Array) for chunk in chunks):
            raise ValueError("a chunk is not an array")
        arrays = cast("list[_Array]", chunks)
        shape = _as_shape(sizes)
        (dtype,) = {array.dtype for array in arrays}
        if math.prod(shape) != sum(math.prod(array.shape) for array in arrays):
            raise ValueError(f"chunks do not add up to {shape}")
    except (KeyError, ValueError, TypeError) as error:
        raise ModelError(
            f"{'/'.join(place)}: its chunks cannot be joined: {error}. Download the model again."
        ) from None
    return _Array(shape, dtype, tuple(part for array in arrays for part in array.chunks))


def _in_order(table: Mapping[str, Any]) -> list[Any]:
    return [table[str(i)] for i in range(len(table))]

"""Parameters in `.npz` files of any size, which nobody has vouched for.

A file is a ZIP of `.npy` members (numpy.lib.format). Nothing in it is executed or taken at its
word, and an array is read only once its shape is known to be wanted, so that a ZIP bomb has nothing
to fill.
"""

import io
import math
import zipfile
import zlib
from collections import Counter
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tokenize import TokenError
from typing import IO, Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from builder.cache import digest
from builder.errors import ModelError

Weights = NDArray[np.float32]

_SUFFIX = ".npy"
_MAX_MEMBERS = 100_000
_MAX_HEADER = 4096
_CHUNK = 1 << 18
"""Numbers read at a time."""
_ALIGNMENT = 64
"""If its bytes start at a multiple of this, JAX uses an array in place instead of copying it."""

_ENCRYPTED = 1
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_DAMAGE = (OSError, EOFError, ValueError, RuntimeError, zipfile.BadZipFile, zlib.error)
"""What zipfile raises for files that were cut off, altered, or made to do harm."""

_MALFORMED = (
    ValueError,
    TypeError,
    SyntaxError,
    TokenError,
    MemoryError,
    RecursionError,
)
"""What numpy, and the Python parser that it uses, raise for invalid headers."""

_BFLOAT16 = np.dtype("V2")
"""How numpy stores bfloat16, which it does not know."""


@dataclass(frozen=True)
class Entry:
    """An array in the file: its name without `.npy`, its shape, and how its numbers are stored."""

    name: str
    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    fortran_order: bool
    offset: int

    @property
    def size(self) -> int:
        """How many numbers there are."""
        return math.prod(self.shape)


class Checkpoint:
    """An open `.npz` file: the entries are read at once, the arrays on request.

    Raises:
        ModelError: if the file cannot be read, is not what it says, or could do harm.
    """

    def __init__(self, path: Path):
        self._path = path
        self._file = _open_zip(path)
        try:
            self._members = _index_members(path, self._file)
            self.entries: Mapping[str, Entry] = {
                name: self._read_entry(name) for name in self._members
            }
        except BaseException:
            self._file.close()
            raise

    def __enter__(self) -> "Checkpoint":
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def read(self, name: str) -> Weights:
        """The array of that name, widened to float32.

        It takes the memory of its own float32 numbers and a few megabytes.

        Raises:
            ModelError: if it does not hold floating point numbers, or the file is damaged.
        """
        entry = self.entries[name]
        dtype = entry.dtype
        if dtype.kind != "f" and dtype != _BFLOAT16:
            raise self._refuse(name, f"holds {dtype}, not floating point numbers")
        flat = _allocate(entry.size)
        with self._open(name) as stream:
            stream.read(entry.offset)
            for start in range(0, entry.size, _CHUNK):
                part = flat[start : start + _CHUNK]
                data = stream.read(part.size * dtype.itemsize)
                if len(data) != part.size * dtype.itemsize:
                    raise EOFError("it ends too early")
                part[:] = _widen(data, dtype)
        return flat.reshape(entry.shape, order="F" if entry.fortran_order else "C")

    def _read_entry(self, name: str) -> Entry:
        with self._open(name) as stream:
            # All that numpy gets to see, so that it cannot be told to read more.
            start = io.BytesIO(stream.read(_MAX_HEADER))
            try:
                shape, fortran_order, dtype = _read_header(start)
            except _MALFORMED as error:
                raise self._refuse(name, f"is not an array: {error}") from None
        if dtype.hasobject:
            raise self._refuse(name, "holds pickled Python objects, which could run any code")
        if any(side < 0 for side in shape):
            raise self._refuse(name, f"has the impossible shape {shape}")
        entry = Entry(name, shape, dtype, fortran_order, start.tell())
        claimed, stored = entry.size * dtype.itemsize, self._members[name].file_size - entry.offset
        if stored != claimed:
            raise self._refuse(
                name,
                f"has the shape {shape}, which takes {claimed:,} bytes, but {stored:,} are there",
            )
        return entry

    @contextmanager
    def _open(self, name: str) -> Generator[IO[bytes]]:
        try:
            with self._file.open(self._members[name]) as stream:
                yield stream
        except _DAMAGE as error:
            raise self._refuse(name, f"cannot be read: {error}") from None

    def _refuse(self, name: str, what: str) -> ModelError:
        return ModelError(f"{self._path}: {name!r} {what}.")


def checkpoint_fingerprint(path: Path) -> str:
    """A hash of the arrays' names, sizes and checksums, which takes milliseconds for any file.

    Raises:
        ModelError: if the file cannot be read or could do harm.
    """
    with _open_zip(path) as file:
        members = _index_members(path, file)
    return digest(*(f"{name} {m.file_size} {m.CRC}" for name, m in sorted(members.items())))


def _open_zip(path: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(path)
    except OSError as error:
        raise ModelError(f"{path}: cannot be read: {error.strerror or error}.") from None
    except _DAMAGE as error:
        raise ModelError(
            f"{path}: this is not a .npz file, or not a complete one ({error}). Download it again."
        ) from None


def _index_members(path: Path, file: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """The arrays by name, without `.npy`."""
    members = [info for info in file.infolist() if not info.filename.endswith("/")]
    if len(members) > _MAX_MEMBERS:
        raise ModelError(
            f"{path}: has {len(members):,} arrays; at most {_MAX_MEMBERS:,} are allowed."
        )
    for info in members:
        if info.flag_bits & _ENCRYPTED:
            raise ModelError(
                f"{path}: {info.filename!r} is encrypted. Store it without a password."
            )
        if info.compress_type not in _METHODS:
            raise ModelError(
                f"{path}: {info.filename!r} is compressed with a method that numpy does not use."
                " Save the file with numpy.savez."
            )
    names = Counter(info.filename.removesuffix(_SUFFIX) for info in members)
    if twice := [name for name, count in names.items() if count > 1]:
        raise ModelError(f"{path}: {', '.join(map(repr, twice))} appears more than once.")
    return dict(zip(names, members, strict=True))


def _read_header(stream: IO[bytes]) -> tuple[tuple[int, ...], bool, np.dtype[Any]]:
    match npy.read_magic(stream):
        case (1, 0):
            return npy.read_array_header_1_0(stream, max_header_size=_MAX_HEADER)
        case (2, 0):
            return npy.read_array_header_2_0(stream, max_header_size=_MAX_HEADER)
        case version:
            raise ValueError(f"version {version} of the .npy format is not for plain arrays")


def _allocate(size: int) -> Weights:
    data = np.empty(size * 4 + _ALIGNMENT, np.uint8)
    start = -data.ctypes.data % _ALIGNMENT
    return data[start : start + size * 4].view(np.float32)


def _widen(data: bytes, dtype: np.dtype[Any]) -> NDArray[Any]:
    """The numbers in a type that numpy can cast; a bfloat16 is the upper half of a float32."""
    if dtype != _BFLOAT16:
        return np.frombuffer(data, dtype)
    return (np.frombuffer(data, "<u2").astype(np.uint32) << 16).view(np.float32)

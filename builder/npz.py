"""`.npz` files of any size, which nobody has vouched for.

A file is a ZIP of `.npy` members (numpy.lib.format). Nothing in it is executed or taken at its
word, and an array is read only once its shape is known to be wanted, so that a ZIP bomb has nothing
to fill.
"""

import io
import math
import zipfile
from collections import Counter
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from builder.errors import BuilderError, first_line
from builder.input_file import find_fault

_SUFFIX = ".npy"
_MAX_MEMBERS = 100_000
_MAX_HEADER = 4096
_MAX_SIDE = 1 << 48
"""More than any disk holds, and less than what numpy counts with."""
_CHUNK = 1 << 18
"""Numbers read at a time."""
_ALIGNMENT = 64
"""If its bytes start at a multiple of this, JAX uses an array in place instead of copying it."""

_ENCRYPTED = 1
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)

_BFLOAT16 = np.dtype("V2")
"""How numpy stores bfloat16, which it does not know."""

_PLAIN = "biufc"
"""Kinds of dtypes that hold numbers: numpy's for truth values, integers, floats and complex."""


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

    @property
    def is_float(self) -> bool:
        """Whether they are floating point numbers, bfloat16 among them."""
        return self.dtype.kind == "f" or self.dtype == _BFLOAT16

    @property
    def bytes(self) -> int:
        """What the numbers take in the plain dtype."""
        return self.size * self.plain_dtype.itemsize

    @property
    def plain_dtype(self) -> np.dtype[Any]:
        """The dtype of this machine for its numbers: float32 for bfloat16."""
        is_narrow = self.dtype == _BFLOAT16
        return np.dtype(np.float32) if is_narrow else self.dtype.newbyteorder("=")


class NpzFile:
    """An open `.npz` file: the entries are read at once, the arrays on request.

    Errors are of the class `error`.

    Raises:
        BuilderError: if the file cannot be read, is not what it says, or could do harm.
    """

    def __init__(self, path: Path, error: type[BuilderError] = BuilderError):
        self.path = path
        self._error = error
        self._file = _open_zip(path, error)
        try:
            self._members = _index_members(path, self._file, error)
            self.entries: Mapping[str, Entry] = {
                name: self._read_entry(name) for name in self._members
            }
        except BaseException:
            self._file.close()
            raise

    def __enter__(self) -> "NpzFile":
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def read_as(self, name: str, dtype: np.dtype[Any], *, finite: bool = True) -> NDArray[Any]:
        """The array of that name, in that dtype.

        It takes the memory of its own numbers and a few megabytes.

        Raises:
            BuilderError: if it holds anything but numbers, or, where only `finite` ones are wanted,
                one that is not finite in that dtype; or if the file is damaged.
        """
        entry = self.entries[name]
        if entry.dtype.kind not in _PLAIN and entry.dtype != _BFLOAT16:
            raise self._refuse(name, f"holds {entry.dtype}, not numbers")
        flat = self._allocate(name, entry.size, dtype)
        with self._open(name) as stream:
            stream.read(entry.offset)
            for start in range(0, entry.size, _CHUNK):
                part = flat[start : start + _CHUNK]
                data = stream.read(part.size * entry.dtype.itemsize)
                if len(data) != part.size * entry.dtype.itemsize:
                    raise EOFError("it ends too early")
                numbers = _widen(data, entry.dtype)
                with np.errstate(over="ignore", invalid="ignore"):
                    part[:] = numbers
                if finite and not np.isfinite(part).all():
                    place = int(np.argmin(np.isfinite(part)))
                    raise self._refuse_number(entry, start + place, numbers[place], dtype)
        return flat.reshape(entry.shape, order="F" if entry.fortran_order else "C")

    def _allocate(self, name: str, size: int, dtype: np.dtype[Any]) -> NDArray[Any]:
        try:
            data = np.empty(size * dtype.itemsize + _ALIGNMENT, np.uint8)
        except (MemoryError, ValueError):
            raise self._refuse(name, "needs more memory than there is") from None
        start = -data.ctypes.data % _ALIGNMENT
        return data[start : start + size * dtype.itemsize].view(dtype)

    def _read_entry(self, name: str) -> Entry:
        with self._open(name) as stream:
            # All that numpy gets to see, so that it cannot be told to read more.
            start = io.BytesIO(stream.read(_MAX_HEADER))
            try:
                shape, fortran_order, dtype = _read_header(start)
            except Exception as error:  # numpy hands the header to Python's parser
                raise self._refuse(name, f"is not an array: {first_line(error)}") from None
        if dtype.hasobject:
            raise self._refuse(name, "holds pickled Python objects, which could run any code")
        if any(not 0 <= side < _MAX_SIDE for side in shape):
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
        except BuilderError:
            raise
        except Exception as error:  # zipfile raises of any kind for what was cut off or altered
            raise self._refuse(
                name,
                f"cannot be read: {first_line(error)}. Download the file again, or write it anew",
            ) from None

    def _refuse(self, name: str, what: str) -> BuilderError:
        return self._error(f"{self.path}: {name!r} {what}.")

    def _refuse_number(
        self, entry: Entry, place: int, number: Any, dtype: np.dtype[Any]
    ) -> BuilderError:
        order = "F" if entry.fortran_order else "C"
        index = [int(i) for i in np.unravel_index(place, entry.shape, order)] if entry.shape else []
        where = f" at {index}" if index else ""
        return self._refuse(entry.name, f"holds {number}{where}, which is not a finite {dtype}")


def index_npz(path: Path, error: type[BuilderError]) -> dict[str, zipfile.ZipInfo]:
    """The members of a file by the names of their arrays; nothing in them is read.

    Raises:
        BuilderError: of that class, if the file cannot be read or could do harm.
    """
    with _open_zip(path, error) as file:
        return _index_members(path, file, error)


def _open_zip(path: Path, error: type[BuilderError]) -> zipfile.ZipFile:
    if fault := find_fault(path):
        raise error(f"{path}: {fault}. Correct the name.")
    try:
        return zipfile.ZipFile(path)
    except OSError as found:
        raise error(f"{path}: cannot be read: {found.strerror or found}.") from None
    except Exception:  # zipfile raises of any kind for what was cut off or altered
        raise error(
            f"{path}: is not an npz file, or not a complete one."
            " Download it again, or write one with numpy.savez."
        ) from None


def _index_members(
    path: Path, file: zipfile.ZipFile, error: Callable[[str], BuilderError]
) -> dict[str, zipfile.ZipInfo]:
    """The arrays by name, without `.npy`."""
    members = [info for info in file.infolist() if not info.filename.endswith("/")]
    if len(members) > _MAX_MEMBERS:
        raise error(f"{path}: has {len(members):,} arrays; at most {_MAX_MEMBERS:,} are allowed.")
    for info in members:
        if info.flag_bits & _ENCRYPTED:
            raise error(f"{path}: {info.filename!r} is encrypted. Store it without a password.")
        if info.compress_type not in _METHODS:
            raise error(
                f"{path}: {info.filename!r} is compressed with a method that numpy does not use."
                " Save the file with numpy.savez."
            )
    names = Counter(info.filename.removesuffix(_SUFFIX) for info in members)
    if twice := [name for name, count in names.items() if count > 1]:
        raise error(f"{path}: {', '.join(map(repr, twice))} appears more than once.")
    return dict(zip(names, members, strict=True))


def _read_header(stream: IO[bytes]) -> tuple[tuple[int, ...], bool, np.dtype[Any]]:
    match npy.read_magic(stream):
        case (1, 0):
            return npy.read_array_header_1_0(stream, max_header_size=_MAX_HEADER)
        case (2, 0):
            return npy.read_array_header_2_0(stream, max_header_size=_MAX_HEADER)
        case version:
            raise ValueError(f"version {version} of the .npy format is not for plain arrays")


def _widen(data: bytes, dtype: np.dtype[Any]) -> NDArray[Any]:
    """The numbers in a type that numpy can cast; a bfloat16 is the upper half of a float32."""
    if dtype != _BFLOAT16:
        return np.frombuffer(data, dtype)
    return (np.frombuffer(data, "<u2").astype(np.uint32) << 16).view(np.float32)

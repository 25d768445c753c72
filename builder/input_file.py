"""Files that a user names: opened only if they are files, and read with every fault in a sentence.

A pipe without a writer, a terminal or a device could be read forever; what is at the path is looked
at before it is opened.
"""

import codecs
import json
import os
import stat
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, NoReturn

from builder.errors import BuilderError, reading, reason_of

MAX_BYTES = 1 << 28
"""The most that a text, a list or a vocabulary may take: ten times the largest that is known."""

ABSENT = "there is no such file"
"""The fault of a file that is not there."""

_KINDS = {
    stat.S_IFREG: "a file",
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}

_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def find_fault(path: Path) -> str | None:
    """Why there is no file to read at a path, such as "is a pipe, not a file"; None if there is."""
    return _find_fault(path, stat.S_IFREG, "a file")


def find_folder_fault(path: Path) -> str | None:
    """The same for a folder."""
    return _find_fault(path, stat.S_IFDIR, "a folder")


@contextmanager
def open_input(
    path: Path, remedy: str, kind: type[BuilderError] = BuilderError
) -> Generator[IO[bytes]]:
    """Open a file; only what decodes it belongs in the block (`builder.errors.reading`).

    Raises:
        BuilderError: of that kind, if it is not a file or cannot be read, or in place of what the
            block raises; it ends with the sentence `remedy`.
    """
    if fault := find_fault(path):
        raise kind(f"{path}: {fault}. {remedy}")
    with reading(path, remedy, kind), path.open("rb") as file:
        yield file


def read_input(
    path: Path, remedy: str, kind: type[BuilderError] = BuilderError, *, limit: int = MAX_BYTES
) -> bytes:
    """The content of a file of at most `limit` bytes.

    Raises:
        BuilderError: of that kind, if it cannot be read or is larger.
    """
    with open_input(path, remedy, kind) as file:
        size = os.fstat(file.fileno()).st_size
        data = b"" if size > limit else file.read(limit + 1)
        if max(size, len(data)) > limit:
            raise kind(f"{path}: has {size:,} bytes; at most {limit:,} are read. {remedy}")
    return data


def read_input_text(path: Path, remedy: str, kind: type[BuilderError] = BuilderError) -> str:
    """The text of a file in UTF-8, without the byte order mark that Notepad puts first.

    Raises:
        BuilderError: of that kind, if it cannot be read or is not such a text.
    """
    data = read_input(path, remedy, kind)
    if data.startswith(_UTF16):
        raise kind(f"{path}: is text in UTF-16. Save it as UTF-8.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise kind(f"{path}:{line}: is not text in UTF-8. Save it as UTF-8. {remedy}") from None


def read_input_json(path: Path, remedy: str, kind: type[BuilderError] = BuilderError) -> Any:
    """What a file in JSON holds. NaN and infinities, which JSON does not have, are refused.

    Raises:
        BuilderError: of that kind, if it cannot be read or is not JSON.
    """
    text = read_input_text(path, remedy, kind)
    with reading(path, remedy, kind):
        return json.loads(text, parse_constant=_refuse_constant)


def read_input_object(
    path: Path, remedy: str, kind: type[BuilderError] = BuilderError
) -> dict[str, Any]:
    """What a file in JSON holds, which is an object.

    Raises:
        BuilderError: of that kind, if it cannot be read or is not a JSON object.
    """
    content = read_input_json(path, remedy, kind)
    if not isinstance(content, dict):
        raise kind(f"{path}: is not a JSON object. {remedy}")
    return content


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a number in JSON")


def _find_fault(path: Path, wanted: int, name: str) -> str | None:
    try:
        found = stat.S_IFMT(path.stat().st_mode)
    except FileNotFoundError:
        return "is a link to something that is not there" if path.is_symlink() else ABSENT
    except OSError as error:
        return f"cannot be read: {reason_of(error)}"
    except ValueError as error:  # a name with a NUL, or with what the system's encoding lacks
        return f"is not a name that the system knows ({error})"
    return None if found == wanted else f"is {_KINDS.get(found, 'something else')}, not {name}"

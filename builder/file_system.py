"""Files and folders that change in one step, and survive a crash of the system."""

import ctypes
import errno
import hashlib
import os
import sys
import tempfile
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

_AT_FDCWD = -100
_RENAME_EXCHANGE = 2
_MODE = 0o666
_MANY = 1000
"""Files, each of which takes milliseconds to flush by itself."""
_NOT_OFFERED = (errno.ENOSYS, errno.EINVAL, errno.ENOTSUP)


@contextmanager
def replacing(path: Path) -> Generator[BinaryIO]:
    """Write a file that has its name only once it is whole, and on the disk.

    What a killed process left of the same file is removed.

    Raises:
        OSError: if the system refuses it. A file of that name is then as it was.
    """
    if os.path.lexists(path) and (path.is_symlink() or not path.is_file()):
        raise OSError(errno.EEXIST, "something other than a file has that name", str(path))
    with locked(path.parent) as is_alone:
        prefix = scratch_prefix(path)
        for abandoned in path.parent.glob(f"{prefix}*") if is_alone else ():
            abandoned.unlink()
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=prefix)
        try:
            with os.fdopen(handle, "wb") as file:
                yield file
                file.flush()
                os.fchmod(file.fileno(), _MODE & ~_umask())
                os.fsync(file.fileno())
            Path(temporary).replace(path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
        flush_one(path.parent)


def replace_file(path: Path, data: bytes) -> None:
    """Write a file as `replacing` does."""
    with replacing(path) as file:
        file.write(data)


def scratch_prefix(path: Path) -> str:
    """How the names begin of what is written beside a path before it takes its place."""
    # The name itself could be too long for a longer one.
    return f".lit-demo-{hashlib.sha256(os.fsencode(path.name)).hexdigest()[:8]}-"


def _umask() -> int:
    # There is no way to read it but to set it.
    mask = os.umask(0)
    os.umask(mask)
    return mask


def exchange(one: Path, two: Path) -> bool:
    """Let two files or folders exchange their names in one step: Linux's renameat2(2).

    Returns False, having done nothing, where the system or the file system does not offer it.

    Raises:
        OSError: if the system refuses it.
    """
    if sys.platform != "linux":
        return False
    rename = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if rename is None:
        return False
    names = os.fsencode(one), os.fsencode(two)
    if rename(_AT_FDCWD, names[0], _AT_FDCWD, names[1], _RENAME_EXCHANGE) == 0:
        return True
    code = ctypes.get_errno()
    if code in _NOT_OFFERED:
        return False
    raise OSError(code, os.strerror(code), str(two))


def flush(folder: Path, files: Iterable[str] = ()) -> None:
    """Have files in a folder, and the names in it and in all folders below, written to the disk.

    That takes less time once all are written than after each. Of very many, the whole file system
    is written in one go, where there is such a call.
    """
    names = list(files)
    if len(names) > _MANY and _flush_file_system(folder):
        return
    places = [Path(place) for place, _, _ in os.walk(folder)]
    for path in (*(folder / name for name in names), *places):
        flush_one(path)


def _flush_file_system(folder: Path) -> bool:
    """Have all that is in a folder's file system written to the disk: Linux's syncfs(2).

    Returns False where the system does not offer it.

    Raises:
        OSError: if something could not be written.
    """
    if sys.platform != "linux":
        return False
    sync = getattr(ctypes.CDLL(None, use_errno=True), "syncfs", None)
    if sync is None:
        return False
    handle = os.open(folder, os.O_RDONLY)
    try:
        if sync(handle) == 0:
            return True
        code = ctypes.get_errno()
    finally:
        os.close(handle)
    if code in _NOT_OFFERED:
        return False
    raise OSError(code, os.strerror(code), str(folder))


def flush_one(path: Path) -> None:
    """Have a file, or the names in a folder, written to the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def locked(folder: Path) -> Generator[bool]:
    """Keep other processes out of the same block for the same folder; the lock leaves no file.

    Yields False where there are no such locks, as on some network file systems.
    """
    if sys.platform == "win32":
        yield False
        return
    import fcntl

    handle = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
        except OSError as error:
            if error.errno not in (errno.ENOLCK, errno.ENOTSUP, errno.EBADF):
                raise
            yield False
        else:
            yield True
    finally:
        os.close(handle)

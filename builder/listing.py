"""What a folder holds, and what of it is its own."""

import hashlib
import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path, PurePosixPath


def find_others(folder: Path, own: Iterable[str]) -> tuple[str, ...]:
    """What a folder holds besides its own files, in as few names as say it.

    A name that ends with a slash is a whole folder.
    """
    return name_others(*list_files(folder), own)


def name_others(files: Iterable[str], empty: Iterable[str], own: Iterable[str]) -> tuple[str, ...]:
    """The same, of what `list_files` has found."""
    mine = set(own)
    others = [path for path in files if path not in mine] + [f"{path}/" for path in empty]
    return tuple(summarize(sorted(others), mine))


def list_files(folder: Path) -> tuple[list[str], list[str]]:
    """Everything below a folder that is not a folder, and the folders that are empty, by URL."""
    files: list[str] = []
    empty: list[str] = []
    for place, folders, names in os.walk(folder, onerror=_raise):
        inner = PurePosixPath(Path(place).relative_to(folder).as_posix())
        links = [name for name in folders if Path(place, name).is_symlink()]
        files += [str(inner / name) for name in (*names, *links)]
        if not (folders or names) and place != str(folder):
            empty.append(str(inner))
    return sorted(files), sorted(empty)


def _raise(error: OSError) -> None:
    raise error


def is_unchanged(path: Path, sha256: str | None) -> bool:
    """Whether a file, and not a link to one, has a SHA-256 that begins so; any does if that is not
    known.
    """
    if path.is_symlink() or not path.is_file():
        return False
    return sha256 is None or hash_file(path).startswith(sha256)


def hash_file(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def show_name(name: str) -> str:
    """A name in a form that a terminal shows."""
    return name if name.isprintable() else ascii(name)


def name_some(names: Sequence[str], most: int, separator: str = ", ", last: str = " and ") -> str:
    """The first names, and how many more there are."""
    more = len(names) - most
    return separator.join(names[:most]) + (f"{last}{more} more" if more > 0 else "")


def summarize(foreign: Iterable[str], own: Iterable[str]) -> Iterator[str]:
    """The same files in fewer names: a folder stands for all that is in it, if nothing is ours."""
    mixed = {str(above) for path in own for above in PurePosixPath(path).parents}
    said: set[str] = set()
    for path in foreign:
        above = [str(folder) for folder in reversed(PurePosixPath(path).parents)]
        whole = next((f"{folder}/" for folder in above if folder not in {*mixed, "."}), path)
        if whole not in said:
            said.add(whole)
            yield whole

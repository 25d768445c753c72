"""Replacing a program's own files in a folder in one step, and keeping whatever else is there.

The files are written beside the folder, in a scratch folder, where everything that is kept gets a
second name (a hard link). The two folders then exchange their names, and the old one is removed. So
at every moment, even if the process is killed, the folder holds all of the old files or all of the
new ones, and what is kept has at least one name. The next replacement clears away what a killed one
left behind.
"""

import os
import shutil
import stat
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from builder.errors import BuilderError
from builder.file_system import exchange, flush, flush_one, locked, scratch_prefix
from builder.listing import is_unchanged, list_files, name_others, show_name

OwnFiles = Callable[[Path], Mapping[str, str | None]]
"""Finds a program's own files in a folder: their SHA-256 by URL, None if it is not known."""

_CHUNK = 1 << 20
_SUFFIX = ".kept"
_RESCUED = "rescued"
"""An old tree in which nothing is left that anybody needs."""


@dataclass(frozen=True)
class Kept:
    """What a folder holds besides the files that were written.

    `paths` are those that the program never wrote; one that ends with a slash is a whole folder.
    `changed` are its own files that somebody had changed, with the names that they have now.
    """

    paths: tuple[str, ...] = ()
    changed: Mapping[str, str] = field(default_factory=dict[str, str])

    def notes(self, folder: Path) -> Iterator[str]:
        """What was kept, in words."""
        if self.paths:
            yield f"Kept what else is in {folder}: {', '.join(map(show_name, self.paths))}."
        for path, name in self.changed.items():
            yield f"{folder / path} was changed after it was written, so it was kept as {name}."


def replace_folder(out: Path, files: Mapping[str, bytes], find_own: OwnFiles) -> Kept:
    """Put `files`, by URL, in the place of a folder's own files; returns what else was kept.

    Raises:
        BuilderError: if a file that is not the folder's own is in the way; nothing has changed.
        OSError: if the system refuses something. The folder is then as it was, or already new.
    """
    out = out.resolve()
    out.parent.mkdir(parents=True, exist_ok=True)
    with locked(out.parent) as is_alone:
        if is_alone:
            _repair(out, find_own)
        plan = _plan(out, files, find_own)
        scratch = Path(tempfile.mkdtemp(dir=out.parent, prefix=scratch_prefix(out)))
        try:
            fresh = _number(scratch / "fresh")
            _write_files(fresh, files)
            if out.exists():
                _keep(out, fresh, plan)
            flush(fresh, files)
            _swap(fresh, out, scratch)
        finally:
            _clear(scratch, out, find_own)
    return plan.kept


@dataclass(frozen=True)
class _Plan:
    """Where each file that stays will be, by where it is; and the empty folders that stay."""

    names: Mapping[str, str]
    empty: tuple[str, ...]
    kept: Kept


def _plan(out: Path, files: Mapping[str, bytes], find_own: OwnFiles) -> _Plan:
    if not out.exists():
        return _Plan({}, (), Kept())
    own = find_own(out)
    present, empty = list_files(out)
    needed = {*files, *(str(above) for url in files for above in PurePosixPath(url).parents)}
    names: dict[str, str] = {}
    changed: dict[str, str] = {}
    for path in present:
        if path not in own:
            if path in needed or any(str(p) in files for p in PurePosixPath(path).parents):
                raise BuilderError(
                    f"{out / path}: was not written by this program and would be replaced. Move it"
                    " away, or name another folder with -o."
                )
            names[path] = path
        elif not is_unchanged(out / path, own[path]):
            taken = {*present, *files, *names.values()}
            names[path] = changed[path] = _free_name(path, taken) if path in needed else path
    return _Plan(names, tuple(empty), Kept(name_others(present, empty, own), changed))


def _free_name(path: str, taken: Iterable[str]) -> str:
    name, count, others = f"{path}{_SUFFIX}", 1, set(taken)
    while name in others:
        count += 1
        name = f"{path}{_SUFFIX}-{count}"
    return name


def _number(stem: Path) -> Path:
    """Make a folder whose name ends with its own inode number.

    Once it has exchanged its name with another folder, that shows.
    """
    stem.mkdir()
    numbered = stem.with_name(f"{stem.name}-{stem.stat().st_ino}")
    return stem.rename(numbered)


def _is_old(tree: Path) -> bool:
    """Whether a folder in the scratch folder is the one that was replaced."""
    return tree.name == "old" or (
        tree.name.startswith("fresh-") and tree.name != f"fresh-{tree.stat().st_ino}"
    )


def _write_files(folder: Path, files: Mapping[str, bytes]) -> None:
    for url, data in files.items():
        path = folder / url
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def _keep(old: Path, fresh: Path, plan: _Plan) -> None:
    """Give everything that stays a second name in the fresh folder."""
    for path in plan.empty:
        (fresh / path).mkdir(parents=True, exist_ok=True)
    for path, name in plan.names.items():
        target = fresh / name
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link(old / path, target, follow_symlinks=False)
        except OSError:
            # Some file systems have no links, and some systems do not let others' files be linked.
            shutil.copy2(old / path, target, follow_symlinks=False)
    folders = {"."} | {str(p) for n in (*plan.names, *plan.empty) for p in PurePosixPath(n).parents}
    for folder in sorted(folders | {*plan.empty}, reverse=True):
        _copy_folder_state(old / folder, fresh / folder)


def _copy_folder_state(source: Path, target: Path) -> None:
    """Owner, permissions and times; a system may keep the first to itself."""
    found = source.stat()
    if (found.st_uid, found.st_gid) != (target.stat().st_uid, target.stat().st_gid):
        try:
            os.chown(target, found.st_uid, found.st_gid)
        except PermissionError:
            return
    shutil.copystat(source, target)


def _swap(fresh: Path, out: Path, scratch: Path) -> None:
    """Give the fresh folder the name of `out`; the old one is then in the scratch folder."""
    here = _working_folder()
    if not out.exists() or not exchange(fresh, out):
        if out.exists():
            out.rename(scratch / "old")
        try:
            fresh.rename(out)
        except BaseException:
            if not out.exists() and (scratch / "old").exists():
                (scratch / "old").rename(out)
            raise
    flush_one(out.parent)
    if here is not None and here.is_relative_to(out) and here.is_dir():
        os.chdir(here)


def _working_folder() -> Path | None:
    try:
        return Path.cwd()
    except FileNotFoundError:
        return None  # Somebody has removed it.


def _repair(out: Path, find_own: OwnFiles) -> None:
    """Finish or undo what a killed process left beside `out`."""
    for scratch in out.parent.glob(f"{scratch_prefix(out)}*"):
        for old in filter(_is_old, scratch.iterdir()):
            if not out.exists():
                old.rename(out)
        _clear(scratch, out, find_own)


def _clear(scratch: Path, out: Path, find_own: OwnFiles) -> None:
    """Remove a scratch folder, but nothing that has no other name.

    An old tree is called otherwise before it goes, since one of which a part is gone may no longer
    tell which of its files are its own.
    """
    for tree in list(scratch.iterdir()):
        if _is_old(tree):
            _rescue(tree, out, find_own)
            _remove(tree.rename(scratch / _RESCUED))
        else:
            _remove(tree)
    scratch.rmdir()


def _rescue(old: Path, out: Path, find_own: OwnFiles) -> None:
    """Move what came into an old folder while it was being replaced to the folder in its place."""
    own = find_own(old)
    present, _ = list_files(old)
    here, _ = list_files(out)
    known = {_identity(out / path) for path in here}
    for path in present:
        ours = path in own and is_unchanged(old / path, own[path])
        if ours or _identity(old / path) in known or _is_copy(old / path, out / path):
            continue
        name = _free_name(path, here) if path in here else path
        (out / name).parent.mkdir(parents=True, exist_ok=True)
        (old / path).rename(out / name)


def _identity(path: Path) -> tuple[int, int]:
    found = path.lstat()
    return found.st_dev, found.st_ino


def _is_copy(old: Path, copy: Path) -> bool:
    """Whether a file was copied because it could not be linked."""
    if not os.path.lexists(copy):
        return False
    one, two = old.lstat(), copy.lstat()
    return (one.st_size, one.st_mtime_ns) == (two.st_size, two.st_mtime_ns)


def _remove(tree: Path) -> None:
    for place, _, _ in os.walk(tree):
        # What is in a folder that may not be written to cannot be removed.
        Path(place).chmod(stat.S_IMODE(Path(place).stat().st_mode) | stat.S_IRWXU)
    shutil.rmtree(tree)

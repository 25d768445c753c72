"""The folder beside a tower in which its training is kept until it is done."""

import json
import shutil
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path

from builder.errors import BuilderError, writing
from builder.file_system import replace_file
from builder.input_file import find_fault, read_input_object
from builder.locks import hold_lock
from builder.tuning.hosts import is_first_host, wait_for_hosts

Facts = Mapping[str, str | int | float]
"""What a training depends on, by the words for it."""

_ABOUT = "training.json"
_LOCK = "lock"
_REMEDY = "Name another folder with -o."


@contextmanager
def open_work_folder(out: Path, facts: Facts, *, restart: bool) -> Generator[Path]:
    """A folder beside `out` for this process and the other hosts; it stays if the block fails.

    Raises:
        BuilderError: if it holds a training that depends on other things.
    """
    folder = out.absolute().with_name(f"{out.name}.training")
    if not is_first_host():
        wait_for_hosts("work folder")
        yield folder
        wait_for_hosts("done")
        return
    with writing(folder, _REMEDY):
        folder.mkdir(parents=True, exist_ok=True)
    with hold_lock(folder / _LOCK, _REMEDY):
        with writing(folder, _REMEDY):
            if restart:
                _clear(folder)
            _check(folder, facts)
            replace_file(folder / _ABOUT, json.dumps(facts, indent=2).encode())
        wait_for_hosts("work folder")
        yield folder
        wait_for_hosts("done")
        _clear(folder)
    shutil.rmtree(folder)


def _clear(folder: Path) -> None:
    for path in folder.iterdir():
        if path.is_dir():
            shutil.rmtree(path)
        elif path.name != _LOCK:
            path.unlink()


def _check(folder: Path, facts: Facts) -> None:
    path = folder / _ABOUT
    if find_fault(path):
        return
    remedy = "Begin again with --restart."
    found = read_input_object(path, remedy)
    if other := [name for name in facts if found.get(name) != facts[name]]:
        raise BuilderError(
            f"{folder}: holds a training with other {', '.join(other)}. Give the options that it"
            " was started with to go on, or --restart to begin again."
        )

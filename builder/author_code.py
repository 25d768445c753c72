"""The author's own Python code, found by name; its errors are reported as theirs to fix."""

import contextlib
import importlib
import sys
import traceback
from collections.abc import Callable, Generator
from contextlib import contextmanager
from importlib.machinery import PathFinder
from pathlib import Path
from typing import Any

from builder.errors import BuilderError, first_line, reading, show
from builder.spec.types import Target

_OWN_NAME = __name__.partition(".")[0]
_OWN_ORIGIN = str(Path(__file__).resolve().with_name("__init__.py"))

_USED = (_OWN_NAME, "flax", "jax", "numpy")
"""Modules whose names are reserved even before this program imports them."""

_INSTALLED = frozenset({"site-packages", "dist-packages"})
"""Names of the folders that hold installed packages."""


def load_target(target: Target) -> Any:
    """What `module:name` refers to. A module in the target's folder is always imported afresh.

    Raises:
        BuilderError: if there is no such module or name, or the module fails.
    """
    with author_code(target):
        _forget(target)
        try:
            module = importlib.import_module(target.module)
        except ModuleNotFoundError as error:
            if error.name is None or not target.module.startswith(error.name):
                raise
            raise BuilderError(
                f"{target}: there is no module '{error.name}' in {target.folder}, and none is"
                " installed. Add it, install it, or correct the name."
            ) from None
        if not hasattr(module, target.name):
            raise BuilderError(f"{target}: {module.__file__} does not define '{target.name}'.")
        return getattr(module, target.name)


def load_function(target: Target) -> Callable[..., Any]:
    """The function that `module:name` refers to.

    Raises:
        BuilderError: as `load_target` does, or if it is not a function.
    """
    function = load_target(target)
    if not callable(function):
        raise BuilderError(f"{target}: is not a function but {show(function)}. Name a function.")
    return function


@contextmanager
def author_code(target: Target) -> Generator[None]:
    """Run the author's code, with its folder first on the path; any error names it.

    The working directory is the same afterwards. Ctrl-C passes, and nothing stops `os._exit` or a
    loop without an end.

    Raises:
        BuilderError: in place of any exception, with its message, file and line; or if one of the
            author's modules would replace one that this program uses.
    """
    _refuse_shadows(target)
    folder = str(target.folder)
    before = list(sys.path)
    sys.path.insert(0, folder)
    try:
        with contextlib.chdir(Path.cwd()):
            yield
    except (BuilderError, KeyboardInterrupt):
        raise
    except BaseException as error:
        what = "it ends the program" if isinstance(error, SystemExit) else first_line(error)
        raise BuilderError(f"{target}: {what} ({_place_of(error, folder)})") from error
    finally:
        # What the author's code added stays, since it may import more later; nothing is missing.
        if folder in sys.path:
            sys.path.remove(folder)
        sys.path += [place for place in before if place not in sys.path]


def _refuse_shadows(target: Target) -> None:
    """Refuse a module in the author's folder that would replace another one of the same name."""
    importlib.invalidate_caches()
    root = target.module.partition(".")[0]
    with reading(target.folder, "Correct the name."):
        names = {path.name.partition(".")[0] for path in target.folder.iterdir()}
    for name in sorted(names & {*_USED, *sys.modules}):
        spec = PathFinder.find_spec(name, [str(target.folder)])
        # A folder without __init__.py is a module only if nothing else has its name.
        if spec is None or (spec.origin is None and name != root) or spec.origin == _OWN_ORIGIN:
            continue
        if owner := _owner_of(name, forgotten=name == root):
            is_package = spec.origin is None or spec.submodule_search_locations
            yours = target.folder / name if is_package else spec.origin
            remedy = f"Rename it, and correct '{target}'." if name == root else "Rename it."
            raise BuilderError(
                f"{target}: {yours} has the same name as {owner} and would replace it. {remedy}"
            )


def _owner_of(name: str, *, forgotten: bool) -> str | None:
    """Whose module the name refers to in this program; None if only the author has one.

    Python's own modules count only if the name is `forgotten`: whatever has imported them keeps
    them, and so do the author's modules.
    """
    if name == _OWN_NAME:
        return f"the package '{name}' of this program"
    file = getattr(sys.modules.get(name), "__file__", None) or ""
    if name in _USED or not _INSTALLED.isdisjoint(Path(file).parts[:-1]):
        return f"the installed package '{name}'"
    if forgotten and name in sys.stdlib_module_names:
        return f"Python's module '{name}'"
    return None


def _forget(target: Target) -> None:
    """Forget modules that were imported from another folder or an older version of this one."""
    root = target.module.partition(".")[0]
    if root == _OWN_NAME or not any(
        (target.folder / root).with_suffix(suffix).exists() for suffix in ("", ".py")
    ):
        return
    for name in list(sys.modules):
        if name == root or name.startswith(f"{root}."):
            del sys.modules[name]


def find_own_modules(folder: Path) -> dict[str, Path]:
    """The modules in a folder or below that have been imported, but for installed ones."""
    found: dict[str, Path] = {}
    for name, module in list(sys.modules.items()):
        file = Path(getattr(module, "__file__", None) or "")
        # Whoever works on this program may have a demo in its checkout.
        is_own = name.partition(".")[0] not in (_OWN_NAME, "__main__")
        if is_own and file.is_relative_to(folder) and _INSTALLED.isdisjoint(file.parts[:-1]):
            found[name] = file
    return found


def forget_modules(folder: Path) -> None:
    """Have all of the author's modules in a folder imported afresh, whichever of them changed."""
    for name in find_own_modules(folder):
        del sys.modules[name]


def _place_of(error: BaseException, folder: str) -> str:
    """File and line of the last step in the author's code, or of where the error was raised."""
    if isinstance(error, SyntaxError):
        return f"{error.filename}:{error.lineno}"
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if frame.filename.startswith(folder)]
    frame = (own or frames)[-1]
    return f"{frame.filename}:{frame.lineno}"

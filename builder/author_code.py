"""Python code of the author's, found by name; its errors are told as theirs to mend."""

import importlib
import sys
import traceback
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any

from builder.errors import BuilderError
from builder.spec.types import Target


def load_target(target: Target) -> Any:
    """What `module:name` stands for. A module in the target's folder is always imported afresh.

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
                f"{target}: there is no module '{error.name}' in {target.folder} nor installed."
                " Put it there, install it, or correct the name."
            ) from None
    if not hasattr(module, target.name):
        raise BuilderError(f"{target}: {module.__file__} has nothing called '{target.name}'.")
    return getattr(module, target.name)


def load_function(target: Target) -> Callable[..., Any]:
    """The function that `module:name` stands for.

    Raises:
        BuilderError: as `load_target` does, or if it is no function.
    """
    function = load_target(target)
    if not callable(function):
        raise BuilderError(f"{target}: is no function, but {function!r}. Name a function.")
    return function


@contextmanager
def author_code(target: Target) -> Generator[None]:
    """Run the author's code: its folder comes first on the path, and it is named in any error.

    Raises:
        BuilderError: instead of any exception, with its message, file and line.
    """
    folder = str(target.folder)
    sys.path.insert(0, folder)
    try:
        yield
    except BuilderError:
        raise
    except Exception as error:
        # Not as traceback formats it, since JAX notes its own affairs after the message.
        message = f"{type(error).__name__}: {error}".strip().splitlines()[0]
        raise BuilderError(f"{target}: {message} ({_place_of(error, folder)})") from error
    finally:
        sys.path.remove(folder)


def _forget(target: Target) -> None:
    """Let go of modules that another folder, or an older version of this one, brought in."""
    root = target.module.partition(".")[0]
    if not any((target.folder / root).with_suffix(suffix).exists() for suffix in ("", ".py")):
        return
    importlib.invalidate_caches()
    for name in list(sys.modules):
        if name == root or name.startswith(f"{root}."):
            del sys.modules[name]


def _place_of(error: Exception, folder: str) -> str:
    """File and line of the author's last own step, or where the error was raised."""
    if isinstance(error, SyntaxError):
        return f"{error.filename}:{error.lineno}"
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if frame.filename.startswith(folder)]
    frame = (own or frames)[-1]
    return f"{frame.filename}:{frame.lineno}"

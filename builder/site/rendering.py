"""Pages from Jinja templates, which see what they are given and the folders they are in."""

import os
import sys
import traceback
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager, nullcontext
from functools import cache
from pathlib import Path
from types import FrameType
from typing import Any, cast

import jinja2
from jinja2 import nodes
from jinja2.sandbox import SandboxedEnvironment

from builder.errors import BuilderError, first_line, reading
from builder.resources import template_folder
from builder.site.template_files import find_reason_to_hide

_MOST_STEPS = 20_000_000
"""Lines of Python that one page may take: some seconds, and no loop without an end."""

_MOST_MEMORY = 1_000_000_000
_LARGEST_PAGE = 64_000_000
_LONGEST_VALUE = 10_000_000
_MOST_BITS = 100_000


def render(folder: Path, name: str, values: Mapping[str, Any]) -> str:
    """The page that the template `name` in a folder makes of these values.

    The template runs in Jinja's sandbox. It may include and extend what is in its folder and not
    hidden, and the templates of the package, which alone are trusted to come to an end.

    Raises:
        BuilderError: if it cannot be used, whatever the reason, with the file and the line.
    """
    is_ours = folder.is_relative_to(template_folder())
    environment = _environment_of_ours(folder) if is_ours else _make_environment(folder)
    try:
        with nullcontext() if is_ours else _limited():
            template = environment.get_template(name)
            return _join(cast("Generator[str]", template.generate(**values)))
    except BuilderError:
        raise
    except jinja2.TemplateSyntaxError as error:
        raise BuilderError(f"{error.filename}:{error.lineno}: {error.message}") from None
    except Exception as error:
        roots = [_Folder(place).root for place in (folder, template_folder())]
        place = _place_of(error, roots) or str(folder / name)
        raise BuilderError(f"{place}: {_explain(error).rstrip('.')}.") from None


class _Folder(jinja2.BaseLoader):
    """Finds the templates of a folder; those that are hidden or elsewhere are refused by name."""

    def __init__(self, folder: Path):
        self.root = Path(os.path.realpath(folder))

    def get_source(
        self,
        environment: jinja2.Environment,  # noqa: ARG002 (Jinja passes it)
        template: str,
    ) -> tuple[str, str, Callable[[], bool]]:
        parts = jinja2.loaders.split_template_path(template)
        path = self.root.joinpath(*parts)
        if not os.path.lexists(path):
            raise jinja2.TemplateNotFound(template)
        if why := find_reason_to_hide(self.root, "/".join(parts)):
            raise jinja2.TemplateError(f"'{template}' cannot be used: it is {why}")
        with reading(path, "Name a template in UTF-8."):
            data = path.read_bytes()
        try:
            return data.decode(), str(path), lambda: True
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            raise BuilderError(f"{path}:{line}: is not text in UTF-8. Save it as UTF-8.") from None


class _Environment(SandboxedEnvironment):
    """Also refuses to compute values of absurd size."""

    intercepted_binops = frozenset(("*", "**"))

    def compile(  # pyright: ignore[reportIncompatibleMethodOverride] (which has overloads)
        self,
        source: str | nodes.Template,
        name: str | None = None,
        filename: str | None = None,
        raw: bool = False,
        defer_init: bool = False,
    ) -> Any:
        """Name the file in every error, which Jinja leaves out of some."""
        try:
            return super().compile(source, name, filename, raw, defer_init)
        except jinja2.TemplateSyntaxError as error:
            error.filename = error.filename or filename
            raise

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        if operator == "**" and isinstance(left, int) and isinstance(right, int):
            if left.bit_length() * right > _MOST_BITS:
                raise OverflowError(f"a power with more than {_MOST_BITS:,} bits")
        elif operator == "*" and _length(left) * _length(right) > _LONGEST_VALUE:
            raise OverflowError(f"a value of more than {_LONGEST_VALUE:,} parts")
        return super().call_binop(context, operator, left, right)


def _make_environment(folder: Path) -> _Environment:
    places = [_Folder(folder), _Folder(template_folder())]
    return _Environment(
        loader=jinja2.ChoiceLoader(places),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


_environment_of_ours = cache(_make_environment)
"""Those of the package do not change, so that a process compiles them once."""


def _length(factor: Any) -> int:
    """What a factor contributes to the length of a repeated sequence."""
    if isinstance(factor, int):
        return factor if factor.bit_length() < 64 else sys.maxsize
    return len(factor) if isinstance(factor, str | bytes | list | tuple) else 0


def _join(parts: Generator[str]) -> str:
    page: list[str] = []
    size = 0
    for part in parts:
        page.append(part)
        size += len(part)
        if size > _LARGEST_PAGE:
            # Thrown where the template is, for the line.
            parts.throw(OverflowError(f"the page has more than {_LARGEST_PAGE:,} characters"))
    return "".join(page)


@contextmanager
def _limited() -> Generator[None]:
    """End whatever runs in the block after `_MOST_STEPS` lines of Python, or if memory runs out."""
    left = _MOST_STEPS
    most = _peak_bytes() + _MOST_MEMORY

    def count(frame: FrameType, event: str, _: Any) -> Any:
        nonlocal left
        if frame.f_code.co_filename == __file__:
            return None
        left -= 1
        if left < 0:
            raise OverflowError(f"the page takes more than {_MOST_STEPS:,} steps")
        if event == "call" and _peak_bytes() > most:
            raise MemoryError
        return count

    before = sys.gettrace()
    sys.settrace(count)
    try:
        yield
    finally:
        sys.settrace(before)


def _peak_bytes() -> int:
    """The most memory that this process has had; 0 on Windows, which does not say."""
    if sys.platform == "win32":
        return 0
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def _explain(error: Exception) -> str:
    match error:
        case jinja2.TemplateNotFound():
            return f"there is no template '{error.name}' beside it, and the package has none"
        case jinja2.TemplateError(message=str(message)):
            return message
        case RecursionError():
            return "it includes or calls itself without end, or is nested too deeply"
        case MemoryError():
            return "it needs more memory than there is"
        case _:
            return first_line(error)


def _place_of(error: Exception, roots: list[Path]) -> str | None:
    """File and line of the last step in a template."""
    place = None
    for frame, line in traceback.walk_tb(error.__traceback__):
        path = frame.f_code.co_filename
        if any(Path(path).is_relative_to(root) for root in roots):
            place = f"{path}:{line}"
    return place

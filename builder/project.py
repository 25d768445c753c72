"""A folder for an author to start from: a commented `demo.toml` and what goes with it."""

import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from builder.errors import BuilderError, writing
from builder.resources import data_folder, template_folder
from builder.site.template import IMAGE_TEXT

_PICTURES = ("kitten.jpg", "bison.jpg")


def create_project(folder: Path, template: str = IMAGE_TEXT) -> Path:
    """Write the project of a template that comes with the package; returns its `demo.toml`.

    Raises:
        BuilderError: if any of the files already exists or cannot be written; nothing is left then.
    """
    sources = {folder / name: source for name, source in _list_sources(template).items()}
    require_absent(sources)
    with writing(folder, "Name another folder."):
        copy_all(sources)
    return folder / "demo.toml"


def require_absent(files: Iterable[Path]) -> None:
    """Make sure that nothing is in the way of files that are to be written.

    Raises:
        BuilderError: naming the first that exists.
    """
    for file in files:
        if os.path.lexists(file):
            raise BuilderError(f"{file}: already exists. Name another folder, or move it away.")


def copy_all(
    sources: Mapping[Path, Path | bytes], advance: Callable[[int], object] = lambda _: None
) -> None:
    """Write all files, with the content of others or these bytes; none over what is already there.

    If one cannot be written, or the user interrupts, all are removed again.
    """
    written: list[Path] = []
    try:
        for target, source in sources.items():
            target.parent.mkdir(parents=True, exist_ok=True)
            with target.open("xb") as copy:
                written.append(target)
                copy.write(source if isinstance(source, bytes) else source.read_bytes())
            advance(1)
    except BaseException:
        for target in written:
            target.unlink()
        raise


def _list_sources(template: str) -> Mapping[str, Path]:
    """The files of a new project by name."""
    project = template_folder() / template / "project"
    sources = {
        path.relative_to(project).as_posix(): path
        for path in sorted(project.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    }
    if template == IMAGE_TEXT:
        # The default demo's pictures, which the package holds once.
        sources |= {f"images/{name}": data_folder() / "images" / name for name in _PICTURES}
    return sources

"""A folder for an author to start from: a commented `demo.toml` and what goes with it."""

import os
from collections.abc import Mapping
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
    for target in sources:
        if os.path.lexists(target):
            raise BuilderError(f"{target}: already exists. Name another folder, or move it away.")
    with writing(folder, "Name another folder."):
        _copy_all(sources)
    return folder / "demo.toml"


def _copy_all(sources: Mapping[Path, Path]) -> None:
    """Write all copies, none of them over anything that is already there."""
    written: list[Path] = []
    try:
        for target, source in sources.items():
            target.parent.mkdir(parents=True, exist_ok=True)
            with target.open("xb") as copy:
                written.append(target)
                copy.write(source.read_bytes())
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

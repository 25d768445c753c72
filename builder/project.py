"""A folder for an author to start from: a commented `demo.toml` that builds as it is."""

import shutil
from pathlib import Path

from builder.errors import BuilderError
from builder.resources import data_folder, template_folder

_PICTURES = ("kitten.jpg", "bison.jpg")


def create_project(folder: Path) -> Path:
    """Write `demo.toml` and `images/` into `folder` and return the path of `demo.toml`.

    Raises:
        BuilderError: if any of the files is there already; nothing is written then.
    """
    sources = {folder / "demo.toml": template_folder() / "project" / "demo.toml"}
    for name in _PICTURES:
        sources[folder / "images" / name] = data_folder() / "images" / name
    for target in sources:
        if target.exists():
            raise BuilderError(f"{target}: is there already. Name another folder, or move it away.")
    try:
        (folder / "images").mkdir(parents=True, exist_ok=True)
        for target, source in sources.items():
            shutil.copyfile(source, target)
    except OSError as error:
        raise BuilderError(f"{folder}: cannot be written: {error.strerror}.") from None
    return folder / "demo.toml"

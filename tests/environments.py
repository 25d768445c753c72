"""Environments of their own, in which tests install the wheel."""

import sysconfig
import venv
from pathlib import Path


def make_environment(folder: Path, *, with_pip: bool = False) -> Path:
    """The Python of a fresh environment that has our dependencies as they are installed here."""
    venv.create(folder, with_pip=with_pip)
    (packages,) = (folder / "lib").glob("python*/site-packages")
    (packages / "dependencies.pth").write_text(sysconfig.get_path("purelib"))
    return folder / "bin" / "python"

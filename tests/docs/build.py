"""The documentation, built as for the web."""

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def build_docs(folder: Path) -> Path:
    """Build it in a folder that has all it is made of; returns the folder of its pages.

    Zensical writes below its configuration, so that one is a copy; it fails at any warning.
    """
    shutil.copy(ROOT / "mkdocs.yml", folder)
    shutil.copytree(ROOT / "docs", folder / "docs")
    for name in ("builder", "data"):
        (folder / name).symlink_to(ROOT / name)
    command = [sys.executable, "-m", "zensical", "build"]
    built = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stderr
    return folder / "build" / "docs"

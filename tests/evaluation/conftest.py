"""What evaluations need: a cache, and pictures in folders of classes."""

from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from builder.cache import Cache
from builder.progress import Progress
from tests.evaluation.colours import paint


@pytest.fixture
def tools(tmp_path: Path) -> dict[str, Any]:
    """What every evaluation takes besides models and data."""
    return {"cache": Cache(tmp_path / "cache"), "progress": Progress(Console(quiet=True))}


@pytest.fixture
def classes(tmp_path: Path) -> Path:
    """Three reds, one of which is nearly blue, one green, two blues."""
    folder = tmp_path / "classes"
    paint(folder / "red" / "a.png", (255, 0, 0))
    paint(folder / "red" / "deeper" / "b.png", (200, 20, 20))
    paint(folder / "red" / "c.png", (20, 20, 200))
    paint(folder / "dark_green" / "a.png", (0, 99, 0))
    paint(folder / "blue" / "a.png", (0, 0, 255))
    paint(folder / "blue" / "b.png", (9, 9, 200))
    (folder / "red" / ".DS_Store").write_text("not a picture")
    (folder / "README.txt").write_text("not a class")
    return folder

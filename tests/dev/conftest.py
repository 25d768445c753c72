"""A demo under work, with a model of the author's own that takes no time."""

import io
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from rich.console import Console

from builder.dev.workshop import Workshop
from tests.conftest import DEMO, MakeDemo

MODEL = """\
import helper
from tests.colour_model import colour_model

def make_model():
    return helper.improve(colour_model())
"""

HELPER = """\
import dataclasses

def improve(model):
    return dataclasses.replace(model, name="Colours")
"""


@pytest.fixture
def spec(make_demo: MakeDemo) -> Iterator[Path]:
    """A demo.toml of two pictures, with the author's code beside it."""
    path = make_demo(DEMO.replace('name = "mini-tiny"', 'towers = "model:make_model"'))
    (path.parent / "model.py").write_text(MODEL)
    (path.parent / "helper.py").write_text(HELPER)
    yield path
    for name in ("model", "helper"):
        sys.modules.pop(name, None)


@pytest.fixture
def workshop(spec: Path, tmp_path: Path) -> Iterator[Workshop]:
    """A workshop for that demo, whose site is in the folder `site`."""
    (tmp_path / "site").mkdir()
    console = Console(file=io.StringIO())
    with closing(Workshop(spec, tmp_path / "site", tmp_path / "cache", console)) as workshop:
        yield workshop

"""Problems of a demo.toml with their places in it."""

from pathlib import Path

import pytest

from builder.spec.demo import DemoSpec
from builder.spec.functions import FunctionDemoSpec, FunctionSpec, InputSpec
from builder.spec.images import ImageSpec
from builder.spec.models import CardSpec, ModelSpec, TokenizerSpec
from builder.spec.page import LinkSpec, SharingSpec
from builder.spec.problems import (
    _EXAMPLES,  # pyright: ignore[reportPrivateUsage]
    _PATTERNS,  # pyright: ignore[reportPrivateUsage]
    Places,
    place_findings,
)
from builder.spec.prompt_sets import PromptSetSpec
from builder.spec.types import Table
from builder.validation import Finding

TEXT = """\
title = "T"

[[images]]
file = "a.png"

[[images]]
file = "b.png"
prompts = ["a",
  "b"]
"""
TABLES = (
    *(DemoSpec, ImageSpec, FunctionDemoSpec, FunctionSpec, InputSpec),
    *(ModelSpec, TokenizerSpec, CardSpec, LinkSpec, PromptSetSpec, SharingSpec),
)


def test_problems_stand_in_the_order_of_the_file_and_those_without_a_line_first():
    findings = [
        Finding(("images", 1, "prompts", 1), "second", "Mend it."),
        Finding(("images", 0, "file"), "first", ""),
        Finding(("models",), "missing", ""),
    ]
    problems = place_findings(Places.read(Path("demo.toml"), TEXT), findings)
    assert [(problem.where, problem.message) for problem in problems] == [
        ("demo.toml: models", "missing"),
        ("demo.toml:4: images[0].file", "first"),
        ("demo.toml:8: images[1].prompts[1]", "second"),
    ]
    assert problems[-1].remedy == "Mend it."


def test_a_key_that_is_not_written_has_the_line_of_its_table():
    places = Places.read(Path("d"), TEXT)
    (problem,) = place_findings(places, [Finding(("images", 1, "author"), "m", "")])
    assert problem.where == "d:6: images[1].author"


@pytest.mark.parametrize("table", TABLES)
def test_every_key_has_an_example(table: type[Table]):
    assert [key for key in table.model_fields if key not in _EXAMPLES] == []


@pytest.mark.parametrize("table", TABLES)
def test_every_pattern_is_said_in_words(table: type[Table]):
    patterned = [
        key
        for key, field in table.model_fields.items()
        if any(getattr(part, "pattern", None) for part in field.metadata)
    ]
    assert [key for key in patterned if key not in _PATTERNS] == []

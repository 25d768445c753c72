"""Sentences around the names of classes."""

from pathlib import Path

import pytest

from builder.errors import BuilderError
from builder.evaluation.templates import CLIP7, load_templates


@pytest.mark.parametrize(("choice", "count"), [("one", 1), ("clip7", 7), ("clip80", 80)])
def test_templates_come_by_name(choice: str, count: int) -> None:
    templates = load_templates(choice)
    assert len(set(templates)) == count
    assert all(template.count("{}") == 1 for template in templates)
    assert set(CLIP7) < set(load_templates("clip80"))


def test_templates_come_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "templates.txt"
    path.write_text("a {}.\n\nthe {}.\n", encoding="utf-8")
    assert load_templates(str(path)) == ("a {}.", "the {}.")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, "Templates are one, clip7, clip80, or a text file"),
        ("", "it contains no template"),
        ("a {}.\nphoto\n{} {}", "templates.txt:2: 'photo' has 0 places"),
        ("a {}.\nphoto\n{} {}", "templates.txt:3: '{} {}' has 2 places"),
    ],
)
def test_bad_templates_are_refused(text: str | None, message: str, tmp_path: Path) -> None:
    path = tmp_path / "templates.txt"
    if text is not None:
        path.write_text(text, encoding="utf-8")
    with pytest.raises(BuilderError) as caught:
        load_templates(str(path))
    assert message in str(caught.value)

import html
import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from builder.cli import main
from docs.generate_reference import FOLDER, render_pages
from tests.docs.build import build_docs

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(("name", "page"), render_pages().items())
def test_the_reference_says_what_the_code_does(name: str, page: str):
    written = (FOLDER / name).read_text(encoding="utf-8")
    assert written == page, f"docs/reference/{name} is out of date; run `make generate`"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The documentation, in which no link to a page or a heading is broken."""
    return build_docs(tmp_path_factory.mktemp("docs"))


def text_of(built: Path, page: str) -> str:
    """What a reader sees of a page."""
    source = (built / page / "index.html").read_text(encoding="utf-8")
    return html.unescape(re.sub(r"<[^>]+>", "", source))


@pytest.mark.slow
def test_the_python_reference_has_arguments_with_their_types(built: Path):
    text = text_of(built, "reference/python")
    assert "input_signatures: Sequence[Any]" in text
    assert "quantization:" in text


@pytest.mark.slow
def test_the_python_reference_has_fields_with_their_types(built: Path):
    text = text_of(built, "reference/python")
    for field in ("tokenizer: Tokenizer", "scale: float", "bias: float | None = None"):
        assert field in text


def commands(command: click.Command, name: str) -> Iterator[tuple[str, click.Command]]:
    yield name, command
    if isinstance(command, click.Group):
        for child, below in command.commands.items():
            yield from commands(below, f"{name} {child}")


@pytest.mark.slow
def test_the_command_line_reference_has_every_command_and_option(built: Path):
    source = (built / "reference" / "cli" / "index.html").read_text(encoding="utf-8")
    text = text_of(built, "reference/cli")
    for name, command in commands(main, "lit-demo"):
        assert f'id="{name.replace(" ", "-")}"' in source
        for option in command.params:
            if isinstance(option, click.Option):
                assert option.opts[-1] in text, (name, option.opts)


def test_every_page_is_in_the_navigation_under_a_title():
    navigation = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    named = set(re.findall(r"- .+: ([\w/-]+\.md)$", navigation, re.MULTILINE))
    docs = ROOT / "docs"
    assert named == {path.relative_to(docs).as_posix() for path in docs.rglob("*.md")}

"""Commands, code and paths that the pages show are ones that there are."""

import re
import shlex
import tomllib
from pathlib import Path

import click
import pytest

from builder.cli import main
from tests.docs.pages import ROOT, find_blocks, find_quotes

PROGRAM = re.compile(r"^(?:\S*/bin/)?lit-demo +(.+)$")


def find_commands() -> list[tuple[str, str]]:
    """What is given to `lit-demo` in blocks of shell, each with its page."""
    return [
        (page, found[1])
        for page, block in find_blocks("sh")
        for line in block.replace("\\\n", " ").splitlines()
        if (found := PROGRAM.match(line))
    ]


def parse(words: str) -> None:
    """Read the words of a command as `lit-demo` does, without running it.

    Raises:
        click.UsageError: if there is no such command, option or value.
    """
    command: click.Command = main
    rest = shlex.split(words.partition(" | ")[0], comments=True)
    while isinstance(command, click.Group) and rest:
        name, *rest = rest
        if name not in command.commands:
            raise click.UsageError(f"no command {name}")
        command = command.commands[name]
    if not isinstance(command, click.Group):
        command.make_context(command.name, rest)


def find_mistake(words: str) -> click.UsageError | None:
    try:
        parse(words)
    except click.UsageError as error:
        return error
    return None


def test_commands_in_blocks_are_understood():
    shown = find_commands()
    assert len(shown) > 50
    mistakes = [(*c, find_mistake(c[1])) for c in shown if " ... " not in c[1]]
    assert [mistake for mistake in mistakes if mistake[2]] == []


def test_commands_in_sentences_have_no_unknown_word():
    quotes = [(page, found[1]) for page, text in find_quotes() if (found := PROGRAM.match(text))]
    assert len(quotes) > 40
    mistakes = [(*quote, find_mistake(quote[1])) for quote in quotes]
    # A sentence may leave out what it is not about.
    wrong = [m for m in mistakes if m[2] and not isinstance(m[2], click.MissingParameter)]
    assert wrong == []


def test_a_wrong_option_would_be_noticed():
    with pytest.raises(click.NoSuchOption):
        parse("build my-demo --outt site  # a comment")
    with pytest.raises(click.UsageError, match="no command"):
        parse("publish nowhere")


@pytest.mark.parametrize(("page", "code"), find_blocks("python"))
def test_python_compiles(page: str, code: str):
    compile(code, page, "exec")


@pytest.mark.slow
@pytest.mark.parametrize("name", ["convert", "train"])
def test_python_of_a_guide_runs_from_its_beginning(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)
    page = f"docs/how-to/{name}.md"
    names: dict[str, object] = {}
    for where, code in find_blocks("python"):
        if where == page:
            exec(compile(code, page, "exec"), names)
    assert list(tmp_path.rglob("model.json"))


@pytest.mark.parametrize(("page", "code"), find_blocks("toml"))
def test_toml_is_valid(page: str, code: str):
    tomllib.loads(code)


def test_targets_of_make_exist():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    shown = {
        (page, target)
        for page, code in (*find_blocks("sh"), *find_quotes())
        for target in re.findall(r"^make ([a-z-]+)", code, re.MULTILINE)
    }
    assert len(shown) > 20
    assert [s for s in sorted(shown) if f"\n{s[1]}:" not in makefile] == []


def test_files_of_the_repository_exist():
    rooms = ("builder/", "tests/", "docs/", "webapp_src/", "templates/", "data/", ".ci/")
    shown = {(page, quote) for page, quote in find_quotes() if quote.startswith(rooms)}
    assert len(shown) > 50
    assert [s for s in sorted(shown) if not (ROOT / s[1]).exists()] == []

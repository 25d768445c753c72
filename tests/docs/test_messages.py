"""The page of messages has what the program says."""

import re
from pathlib import Path

import pytest

from docs.message_kinds import KINDS
from docs.messages import find_kind, find_messages
from tests.commands.run import run
from tests.docs.pages import PAGES

PAGE = PAGES["docs/reference/messages.md"]


def test_every_module_with_errors_has_a_kind():
    modules = {message.module for message in find_messages()}
    assert [module for module in sorted(modules) if find_kind(module) is None] == []


def test_every_room_of_a_kind_has_messages():
    modules = {message.module for message in find_messages()}
    rooms = [room for kind in KINDS for room in kind.rooms]
    assert [r for r in rooms if not any(module.startswith(r) for module in modules)] == []


def sections_of(printed: str) -> set[str]:
    """The headings under which there is a message that was printed."""
    words = " ".join(printed.split())
    heading, found = "", set[str]()
    for line in PAGE.splitlines():
        if line.startswith("## "):
            heading = line.removeprefix("## ")
        elif line.startswith("- `"):
            pieces = line.removeprefix("- ").strip("` ").split("…")
            if re.search(".*".join(map(re.escape, pieces)), words):
                found.add(heading)
    return found


@pytest.mark.parametrize(
    ("command", "section"),
    [
        ("new demo --from nowhere", "Starting from pictures"),
        ("build broken.toml", "demo.toml and tables"),
        ("models fetch mini-huge", "Models and checkpoints"),
        ("convert nothing:f --params p --input x -o model", "Your own code and parameters"),
        ("serve empty --port 0", "Publishing, serving and checking"),
        ("bench empty --backends x", "Scoring and measuring"),
        ("publish workflow demo.toml", "Publishing, serving and checking"),
        ("cache prune", "Files and the machine"),
    ],
)
def test_what_a_command_says_is_found_under_its_kind(
    command: str, section: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)
    Path("empty").mkdir()
    Path("broken.toml").write_text("title = ", encoding="utf-8")
    code, printed = run(*command.split())
    assert code == 2
    assert section in sections_of(printed), printed

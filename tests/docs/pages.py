"""The pages that people read, and what they show as code."""

import re
import textwrap
from pathlib import Path

ROOT = Path(__file__).parents[2]

PAGES = {
    path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
    for path in (
        *(ROOT / name for name in ("README.md", "CONTRIBUTING.md")),
        *sorted((ROOT / "docs").rglob("*.md")),
    )
}
"""The text of each page, by its path in the repository."""

_BLOCK = re.compile(r"^( *)```(\w+)\n(.*?)^\1```", re.DOTALL | re.MULTILINE)


def find_blocks(language: str) -> list[tuple[str, str]]:
    """The blocks of code in a language, each with its page."""
    return [
        (page, textwrap.dedent(code))
        for page, text in PAGES.items()
        for _, found, code in _BLOCK.findall(text)
        if found == language
    ]


def find_quotes() -> list[tuple[str, str]]:
    """What stands in backticks within a line, each with its page; messages are quotes of others."""
    return [
        (page, quote)
        for page, text in PAGES.items()
        if page != "docs/reference/messages.md"
        for quote in re.findall(r"(?<!`)`([^`\n]+)`(?!`)", _BLOCK.sub("", text))
    ]

"""What the program says when something goes wrong, read from its source.

A message is listed if its source has it in one piece, as an argument of an error or of what errors
carry. What only a run knows stands as an ellipsis.
"""

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from docs.message_kinds import INTRODUCTION, KINDS, Kind

_BUILDER = Path(__file__).parents[1] / "builder"
_ERROR = "BuilderError"
_INNER = ("AttemptError", "FinalError")
"""Errors that become a `BuilderError` with their message in it."""

_CARRIERS = {"Problem": 1, "Finding": 1, "mistake": 0, "eqn.refuse": 0, "op.refuse": 0}
"""What else is called with a message, and which of its arguments that is; a remedy follows."""

_FEWEST_WORDS = 3
"""What has fewer of its own is put together elsewhere."""


@dataclass(frozen=True)
class Message:
    """A message with its remedy, or "" where both are put together elsewhere; and its module."""

    module: str
    text: str


def find_messages() -> list[Message]:
    """The messages of all errors, in the order of their modules and lines."""
    trees = {
        path.relative_to(_BUILDER).as_posix(): ast.parse(path.read_text(encoding="utf-8"))
        for path in sorted(_BUILDER.rglob("*.py"))
    }
    places = dict.fromkeys(_find_errors(list(trees.values())), 0) | _CARRIERS
    return [
        Message(module, text)
        for module, tree in trees.items()
        for text in _find_texts(tree, places)
    ]


def find_kind(module: str) -> Kind | None:
    """The kind that a module's messages are of; of several rooms, the innermost decides."""
    found = [(len(room), kind) for kind in KINDS for room in kind.rooms if module.startswith(room)]
    return max(found, key=lambda pair: pair[0])[1] if found else None


def describe_messages() -> Iterator[str]:
    """The page: a section for each kind."""
    messages = find_messages()
    elsewhere = sum(not message.text for message in messages)
    yield "# Messages"
    yield INTRODUCTION.format(listed=len(messages) - elsewhere, elsewhere=elsewhere)
    for kind in KINDS:
        yield f"## {kind.title}"
        yield kind.advice
        texts = {m.text: None for m in messages if m.text and find_kind(m.module) is kind}
        yield "\n".join(f"- {_quote(text)}" for text in texts)


def _find_errors(trees: Sequence[ast.Module]) -> set[str]:
    bases = {
        node.name: {ast.unparse(base) for base in node.bases}
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
    }
    found = {_ERROR, *_INNER}
    while more := {name for name in bases if bases[name] & found} - found:
        found |= more
    return found


def _find_texts(tree: ast.Module, places: Mapping[str, int]) -> Iterator[str]:
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    for call in sorted(calls, key=lambda call: call.lineno):
        place = places.get(ast.unparse(call.func))
        if place is not None and place < len(call.args):
            message, *remedy = map(_read, call.args[place : place + 2])
            # What it begins with is the file, mostly.
            text = _join([message.lstrip("…: "), *remedy])
            yield text if text[:1].isalnum() and len(_words(message)) >= _FEWEST_WORDS else ""


def _join(sentences: Sequence[str]) -> str:
    ended = [s if s.endswith((".", "…")) or s is sentences[-1] else f"{s}." for s in sentences]
    return " ".join(" ".join(ended).split())


def _read(node: ast.expr) -> str:
    """The text of an expression, as far as it is known."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=parts):
            return "".join(_read(part) for part in parts)
        case _:
            return "…"


def _words(text: str) -> list[str]:
    return [word for word in text.split() if any(map(str.isalpha, word))]


def _quote(text: str) -> str:
    """A message as Markdown that shows it as it is."""
    return f"`` {text} ``" if "`" in text else f"`{text}`"

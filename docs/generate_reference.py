"""Writes the pages of docs/reference that are derived from the code."""

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from builder import manifest
from builder.spec import demo
from docs.messages import describe_messages
from docs.support_table import describe_support

FOLDER = Path(__file__).parent / "reference"
_DEMO_TOML = (
    "The file holds a [DemoSpec](#demospec), or, for a demo of JAX functions, a"
    " [FunctionDemoSpec](#functiondemospec). File names are relative to the folder of `demo.toml`."
)
_NOTICE = "<!-- Written by `make generate`; do not edit. -->"


def render_pages() -> dict[str, str]:
    """The Markdown of each page of the reference, by file name."""
    demos = TypeAdapter[Any](demo.DemoSpec | demo.FunctionDemoSpec).json_schema()
    pages = {
        "demo-toml.md": ["# demo.toml", _DEMO_TOML, *_describe_definitions(demos)],
        "manifest.md": ["# manifest.json", *_describe_schema(manifest.json_schema())],
        "messages.md": list(describe_messages()),
        "primitives.md": list(describe_support()),
    }
    return {
        name: "\n\n".join([_NOTICE, *(block.strip() for block in blocks)]) + "\n"
        for name, blocks in pages.items()
    }


def _describe_schema(schema: Mapping[str, Any]) -> Iterator[str]:
    """The object of a JSON schema, and a section for each object that it refers to."""
    yield from _describe_object(schema)
    yield from _describe_definitions(schema)


def _describe_definitions(schema: Mapping[str, Any]) -> Iterator[str]:
    for name, definition in schema["$defs"].items():
        yield f"## {name}"
        yield from _describe_object(definition)


def _describe_object(schema: Mapping[str, Any]) -> Iterator[str]:
    yield schema.get("description", "")
    if "enum" in schema:
        yield f"One of {_describe_type(schema)}."
    required = schema.get("required", ())
    rows = [
        (
            f"`{name}`",
            _describe_type(field),
            "required" if name in required else f"`{_toml(field.get('default'))}`",
            field.get("description", ""),
        )
        for name, field in schema.get("properties", {}).items()
    ]
    if any(meaning for *_, meaning in rows):
        yield _table(("Key", "Value", "Default", "Meaning"), rows)
    elif rows:
        yield _table(("Key", "Value", "Default"), [row[:-1] for row in rows])


def _describe_type(field: Mapping[str, Any]) -> str:
    """In words: what a JSON schema allows at one place."""
    if reference := field.get("$ref"):
        name = reference.rsplit("/", 1)[1]
        return f"[{name}](#{name.lower()})"
    if options := field.get("anyOf") or field.get("oneOf"):
        kinds = [_describe_type(option) for option in options if option.get("type") != "null"]
        return " or ".join(kinds)
    if "const" in field:
        return f"`{_toml(field['const'])}`"
    if values := field.get("enum"):
        return " or ".join(f"`{_toml(value)}`" for value in values)
    if field.get("type") == "array":
        if entries := field.get("prefixItems"):
            return f"[{', '.join(map(_describe_type, entries))}]"
        return f"list of {_describe_type(field['items'])}"
    return str(field.get("format") or field.get("type") or "anything")


def _toml(value: object) -> str:
    if value is None:
        return "none"
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{value}"' if isinstance(value, str) else str(value)


def _table(heading: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [heading, ("---",) * len(heading), *rows]
    return "\n".join(f"| {' | '.join(_cell(cell) for cell in line)} |" for line in lines)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def main() -> None:
    """Write the pages."""
    FOLDER.mkdir(exist_ok=True)
    for name, page in render_pages().items():
        (FOLDER / name).write_text(page, encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())

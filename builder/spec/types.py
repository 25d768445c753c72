"""The types that the tables of `demo.toml` are made of."""

import difflib
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationInfo,
    WithJsonSchema,
)

from builder.addresses import find_address_flaw, find_folder_flaw
from builder.errors import show
from builder.input_file import ABSENT, find_fault, find_folder_fault
from builder.spec.mistaken import explain_training
from builder.validation import mistake


def _not_blank(text: str) -> str:
    if not text.strip():
        raise mistake("the text is empty", "Write something, or remove it.")
    return text


def _distinct_prompts(prompts: tuple[str, ...]) -> tuple[str, ...]:
    for index, prompt in enumerate(prompts):
        if prompt in prompts[:index]:
            raise mistake(f"the prompt '{prompt}' is listed twice", "Remove one.")
    return prompts


def _web_address(text: str) -> str:
    if flaw := find_address_flaw(text):
        raise mistake(f"{text!r} {flaw}", "Write an address like https://example.org/page.")
    return text


def _web_folder(text: str) -> str:
    if flaw := find_folder_flaw(text):
        raise mistake(f"{text!r} {flaw}", "Write an address like https://example.org/demo/.")
    return text


def _existing_file(path: Path, info: ValidationInfo) -> Path:
    return _existing(path, info, "file", find_fault)


def _existing_folder(path: Path, info: ValidationInfo) -> Path:
    return _existing(path, info, "folder", find_folder_fault)


def _existing_path(path: Path, info: ValidationInfo) -> Path:
    return _existing(path, info, "file or folder", _find_path_fault)


def _find_path_fault(path: Path) -> str | None:
    return find_folder_fault(path) and find_fault(path)


def _existing(
    path: Path, info: ValidationInfo, kind: str, find: Callable[[Path], str | None]
) -> Path:
    found = (info.context or Path()) / path
    if fault := find(found):
        shown = repr(str(found)) if _ESCAPED.search(str(found)) else found
        absent = f"there is no {kind} {shown}"
        raise mistake(
            absent if fault == ABSENT else f"{shown} {fault}", _remedy_for(path, found, find)
        )
    return found


def _remedy_for(written: Path, missing: Path, find: Callable[[Path], str | None]) -> str:
    """Suggest what is beside `missing` under a similar name, as the author would write it."""
    if _ESCAPED.search(str(written)):
        return BACKSLASH
    # Without suffixes, since those alone would make short names look alike.
    names = {path.stem.casefold(): path.name for path in _list(missing.parent) if not find(path)}
    close = difflib.get_close_matches(missing.stem.casefold(), names, n=1)
    if not close and (training := explain_training(missing, find_fault)):
        return training
    if not close:
        slash = " Write / between folders." if "\\" in str(written) else ""
        return f"Add it, or correct the name.{slash}"
    return f"Did you mean {(written.parent / names[close[0]]).as_posix()}?"


BACKSLASH = "A backslash means more in \"double quotes\": use / or 'single quotes'."
"""What to do about a Windows path in a TOML text."""

_ESCAPED = re.compile(r"[\x00-\x1f\x7f]")
"""What a backslash and a letter become in a TOML text, and no name of a file has."""


def _list(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except (OSError, ValueError):
        return []  # there is nothing to suggest


TARGET = re.compile(r"\w+(?:\.\w+)*:\w+")
"""How something in a Python module is named: `package.module:name`."""


@dataclass(frozen=True)
class Target:
    """Something in a Python module, `module:name`; modules of `folder` come first."""

    module: str
    name: str
    folder: Path

    def __str__(self) -> str:
        return f"{self.module}:{self.name}"


def read_target(text: object, info: ValidationInfo) -> Target:
    """The target that `package.module:name` refers to, in the folder of `demo.toml`."""
    if not isinstance(text, str) or not TARGET.fullmatch(text):
        remedy = "Write package.module:function."
        if isinstance(text, str) and text.endswith(".py"):
            remedy = f"Write the name of a function in it too: {Path(text).stem}:FUNCTION."
        raise mistake(f"{show(text)} does not name a module and a function", remedy)
    module, name = text.split(":")
    return Target(module, name, (info.context or Path()).resolve())


TargetName = Annotated[Target, BeforeValidator(read_target), WithJsonSchema({"type": "string"})]
Text = Annotated[str, AfterValidator(_not_blank)]
Prompts = Annotated[
    tuple[Text, ...], Field(min_length=1, strict=False), AfterValidator(_distinct_prompts)
]
Fraction = Annotated[float, Field(ge=0, le=1)]
MAX_ID = 100
"""Characters of an id, which is part of the names of files."""
Id = Annotated[str, Field(pattern=r"^[a-z0-9]+(?:[-_][a-z0-9]+)*$", max_length=MAX_ID)]
WebAddress = Annotated[str, AfterValidator(_web_address)]
WebFolder = Annotated[str, AfterValidator(_web_folder)]

# Paths are relative to the folder of `demo.toml`, which is the context of the validation.
ExistingFile = Annotated[Path, Field(strict=False), AfterValidator(_existing_file)]
ExistingPath = Annotated[Path, Field(strict=False), AfterValidator(_existing_path)]
ExistingFolder = Annotated[Path, Field(strict=False), AfterValidator(_existing_folder)]


def slug(text: str) -> str:
    """An id made from a text: lower-case letters, digits and hyphens; empty if it has none."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:MAX_ID].rstrip("-")


class Table(BaseModel):
    """A table of `demo.toml`: unknown keys and wrong types are mistakes."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", strict=True, use_attribute_docstrings=True
    )

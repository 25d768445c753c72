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
from builder.validation import mistake


def _not_blank(text: str) -> str:
    if not text.strip():
        raise mistake("the text is empty", "Write something, or remove it.")
    return text


def _web_address(text: str) -> str:
    if flaw := find_address_flaw(text):
        raise mistake(f"{text!r} {flaw}", "Write an address like https://example.org/page.")
    return text


def _web_folder(text: str) -> str:
    if flaw := find_folder_flaw(text):
        raise mistake(f"{text!r} {flaw}", "Write an address like https://example.org/demo/.")
    return text


def _existing_file(path: Path, info: ValidationInfo) -> Path:
    found = (info.context or Path()) / path
    if not found.is_file():
        raise mistake(f"there is no file {found}", _remedy_for(path, found, Path.is_file))
    return found


def _existing_folder(path: Path, info: ValidationInfo) -> Path:
    found = (info.context or Path()) / path
    if not found.is_dir():
        raise mistake(f"there is no folder {found}", _remedy_for(path, found, Path.is_dir))
    return found


def _remedy_for(written: Path, missing: Path, is_wanted: Callable[[Path], bool]) -> str:
    """Suggest what is beside `missing` under a similar name, as the author would write it."""
    beside = missing.parent.iterdir() if missing.parent.is_dir() else ()
    # Without suffixes, since those alone would make short names look alike.
    names = {path.stem.casefold(): path.name for path in sorted(beside) if is_wanted(path)}
    close = difflib.get_close_matches(missing.stem.casefold(), names, n=1)
    if not close:
        return "Add it, or correct the name."
    return f"Did you mean {(written.parent / names[close[0]]).as_posix()}?"


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
        raise mistake(
            f"{text!r} does not name a module and a function", "Write package.module:function."
        )
    module, name = text.split(":")
    return Target(module, name, (info.context or Path()).resolve())


TargetName = Annotated[Target, BeforeValidator(read_target), WithJsonSchema({"type": "string"})]
Text = Annotated[str, AfterValidator(_not_blank)]
Fraction = Annotated[float, Field(ge=0, le=1)]
Id = Annotated[str, Field(pattern=r"^[a-z0-9]+(?:[-_][a-z0-9]+)*$")]
WebAddress = Annotated[str, AfterValidator(_web_address)]
WebFolder = Annotated[str, AfterValidator(_web_folder)]

# Paths are relative to the folder of `demo.toml`, which is the context of the validation.
ExistingFile = Annotated[Path, Field(strict=False), AfterValidator(_existing_file)]
ExistingFolder = Annotated[Path, Field(strict=False), AfterValidator(_existing_folder)]


def slug(text: str) -> str:
    """An id made from a text: lower-case letters, digits and hyphens; empty if it has none."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


class Table(BaseModel):
    """A table of `demo.toml`: unknown keys and wrong types are mistakes."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", strict=True, use_attribute_docstrings=True
    )

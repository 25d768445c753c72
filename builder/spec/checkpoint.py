"""The key `checkpoint` of `demo.toml`: a folder, or a file that says what it holds."""

import os
from pathlib import Path
from typing import Annotated, TypeAlias

from pydantic import AfterValidator, BeforeValidator, ValidationInfo

from builder.errors import show
from builder.spec.mistaken import explain_missing_checkpoint, is_picture_name
from builder.spec.types import ExistingPath
from builder.validation import mistake

_PICKLES = (".bin", ".ckpt", ".pickle", ".pkl", ".pt", ".pth")
_IN_FOLDERS = (".safetensors", ".msgpack", ".json")


def _not_a_name(text: object, info: ValidationInfo) -> object:
    """What may be a path; a name of a model that is no path is explained."""
    if not isinstance(text, str) or os.path.lexists((info.context or Path()) / text):
        return text
    if remedy := explain_missing_checkpoint(text):
        raise mistake(f"there is no file or folder {show(text)}", remedy)
    return text


def _only_npz(path: Path, info: ValidationInfo) -> Path:
    """A checkpoint that is a folder, or a file that could be read by itself."""
    suffix = path.suffix.lower()
    if path.is_dir():
        return path
    if suffix == ".py":
        raise mistake(
            f"{path} is a program, not weights",
            f"If it writes them, run it (python {path}) and name the file that it writes. If it"
            f' defines the model, write towers = "{path.stem}:FUNCTION".',
        )
    if suffix in _PICKLES:
        raise mistake(
            f"{path} is a pickle, which can run any code when it is read, so it is not",
            "Let the model's own library write a folder with safetensors:"
            " model.save_pretrained(FOLDER).",
        )
    if suffix in _IN_FOLDERS:
        beside, folder = info.context or Path(), path.parent
        if folder.is_relative_to(beside):
            folder = folder.relative_to(beside)
        raise mistake(
            f"{path} does not say by itself what model it holds",
            "Name its folder, with config and tokenizer:"
            f' checkpoint = "{folder.as_posix()}". To see what is in it:'
            f" lit-demo inspect {path.parent}",
        )
    if is_picture_name(path.name):
        raise mistake(f"{path} is a picture, not a model", "Name it in [[images]].")
    return path


Checkpoint: TypeAlias = Annotated[
    ExistingPath, BeforeValidator(_not_a_name), AfterValidator(_only_npz)
]

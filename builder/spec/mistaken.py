"""What authors write who do not know yet how a model is named, and what they probably mean."""

import re
from collections.abc import Callable
from pathlib import Path

from builder.spec.hub_name import EXAMPLE, PREFIX, is_hub_name

_REPOSITORY = re.compile(r"(?:https?://(?:huggingface\.co|hf\.co)/)?([\w.-]+/[\w.-]+)/?")
"""How the Hugging Face hub names models."""

_ARCHITECTURE = re.compile(
    r"(?:coca_|(?:xlm-)?roberta-(?:base-|large-)?)?ViT(?:amin)?[-_/ ].*"  # open_clip, CLIP
    r"|(?:Ti|S|M|B|L|H|g|G|So400m)/\d+"  # big_vision
    r"|(?:RN\d|EVA0\d|convnext|resnet|swin|efficientnet|mixer)[\w./@-]*"
    r"|bert[-_ ](?:base|large)[\w-]*",
    re.IGNORECASE,
)

_FILES = (".npz", ".safetensors", ".msgpack", ".bin", ".ckpt", ".pt", ".pth", ".py", ".json")
"""Suffixes of what belongs to models."""
_PICTURES = (".jpg", ".jpeg", ".png", ".webp", ".avif", ".heic", ".gif", ".tif", ".tiff", ".bmp")

TRAINING = "train.py"
"""The program that writes parameters, in the examples and in many repositories."""


def is_architecture(text: str) -> bool:
    """Whether a text names a kind of tower, as libraries do, and not weights."""
    return _ARCHITECTURE.fullmatch(text) is not None


def find_repository(text: str) -> str | None:
    """`OWNER/NAME` in what looks like a name or the address of a model on the hub."""
    found = _REPOSITORY.fullmatch(text)
    return found[1] if found and not is_architecture(text) and not is_file_name(text) else None


def is_file_name(text: str) -> bool:
    """Whether a text looks like the name of a file with a model."""
    return Path(text).suffix.lower() in _FILES


def is_picture_name(text: str) -> bool:
    """Whether a text looks like the name of a picture's file."""
    return Path(text).suffix.lower() in _PICTURES


def explain_architecture(example: str) -> str:
    """What to write in place of the name of an architecture."""
    return (
        "That is an architecture, which many models have. Name one of them with its weights, such"
        f" as {example}; `lit-demo models` lists some."
    )


def explain_missing_checkpoint(text: str) -> str | None:
    """What an author may mean by a checkpoint that is neither a file nor a folder."""
    if is_hub_name(text):
        return f'It is a name on the hub: write name = "{text}" in place of checkpoint.'
    if is_architecture(text):
        return explain_architecture(f'name = "{EXAMPLE}"')
    if repository := find_repository(text):
        return (
            "Add it, or, if you mean the model of the Hugging Face hub, write"
            f' name = "{PREFIX}{repository}".'
        )
    if "/" not in text and not is_file_name(text):
        return (
            f'Add it, or, if it is the name of a published model, write name = "{text}";'
            " `lit-demo models` lists them."
        )
    return None


def explain_training(missing: Path, find_fault: Callable[[Path], str | None]) -> str | None:
    """How to come by a file beside a program that has not been run yet."""
    program = missing.parent / TRAINING
    if find_fault(program):
        return None
    return f"If {TRAINING} beside it writes it, run that first: python {program}"

"""What is in a folder that was named as a model and holds none, and what to do then."""

from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from builder.errors import ModelError
from builder.models.text_tower import VOCABULARY, WEIGHTS
from builder.spec.mistaken import is_picture_name

_SEARCHED = 2_000
"""Entries of a folder that are looked at; none that holds a model has as many."""


def explain_folder(folder: Path, configs: Sequence[str]) -> ModelError:
    """The error for a folder that has none of a library's configs, or no weights beside it.

    It says what is there instead, and the next step.
    """
    entries = sorted(islice(folder.rglob("*"), _SEARCHED))
    here = {entry.name for entry in entries if entry.parent == folder}
    return ModelError(*_explain(folder, entries, here, configs))


def _explain(
    folder: Path, entries: list[Path], here: set[str], configs: Sequence[str]
) -> tuple[str, str]:
    if not here:
        return f"{folder}: is empty.", "Download the model into it, or name another folder."
    if {WEIGHTS, VOCABULARY} <= here:
        return (
            f"{folder}: holds a text tower alone.",
            f'Write text_tower = "{folder.name}" beside the model that it was made for.',
        )
    if "def.json" in here:
        return (
            f"{folder}: holds the rows of a demo, not a model.",
            f'Write precomputed = "{folder.name}" in place of checkpoint.',
        )
    if inner := next(_find_models(entries, folder, configs), None):
        return (
            f"{folder}: does not hold a model itself, but {inner} may.",
            f"Look at it: lit-demo inspect {inner}",
        )
    suffixes = {Path(name).suffix.lower() for name in here}
    if here & {*configs} and ".safetensors" not in suffixes:
        return (
            f"{folder}: has a config, but holds no weights (*.safetensors or flax_model.msgpack).",
            "Download the whole repository again; with Git, `git lfs pull` fetches large files.",
        )
    if ".safetensors" in suffixes:
        return (
            f"{folder}: has weights, but not both {' or '.join(configs)} and the name"
            " model.safetensors, so nothing says what they are.",
            "Take all files of the repository that it comes from, or let its library write them:"
            " model.save_pretrained(FOLDER), processor.save_pretrained(FOLDER).",
        )
    if arrays := next((name for name in sorted(here) if name.endswith(".npz")), None):
        return (
            f"{folder}: does not hold a model of transformers or open_clip, but {arrays}.",
            f'Name the file: checkpoint = "{folder.name}/{arrays}".',
        )
    if any(map(is_picture_name, here)):
        return (
            f"{folder}: holds pictures, not a model.",
            f"To begin a demo with them: lit-demo new DIR --from {folder}",
        )
    return (
        f"{folder}: has neither {' nor '.join(configs)}, so it does not hold a model.",
        "Name the folder that save_pretrained, open_clip or a download from a hub made.",
    )


def _find_models(entries: list[Path], folder: Path, configs: Sequence[str]) -> Iterator[Path]:
    """Folders below that hold a config: those of huggingface_hub's cache lie two levels deeper."""
    for entry in entries:
        if entry.name in configs and entry.parent != folder:
            yield entry.parent

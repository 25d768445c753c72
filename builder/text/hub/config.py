"""What a folder says about its tokenizer besides the vocabulary."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from builder.errors import ModelError
from builder.input_file import read_input_object

Json = Mapping[str, Any]

_REMEDY = "Take the folder as its library saved it."
_SHORT = 1 << 16
"""`model_max_length` is 1e30 where nobody said."""

_PAD_TOKENS = {
    "CLIP": "<|endoftext|>",
    "Bert": "[PAD]",
    "Siglip": "</s>",
}
"""What transformers' classes pad with by default, by the beginning of their names."""


@dataclass(frozen=True)
class TokenizerConfig:
    """`tokenizer_config.json` and `special_tokens_map.json`; both may be absent."""

    path: Path
    values: Json
    special: Json

    @property
    def class_name(self) -> str:
        """The class of transformers without the ending `Fast`; empty if it is not said."""
        return str(self.values.get("tokenizer_class") or "").removesuffix("Fast")

    def token(self, name: str, default: str | None = None) -> str | None:
        """The text of a special token such as `pad_token`."""
        value = self.values.get(name, self.special.get(name, default))
        if isinstance(value, Mapping):
            value = value.get("content")
        if value is not None and not isinstance(value, str):
            raise ModelError(f"{self.path}: {name} = {value!r} is not a text.")
        return value

    @property
    def pad_token(self) -> str:
        """What rows are padded with."""
        default = next(
            (pad for start, pad in _PAD_TOKENS.items() if self.class_name.startswith(start)),
            "<pad>",
        )
        return self.token("pad_token") or default

    def flag(self, name: str, default: bool) -> bool:
        """A yes or no; null is the default."""
        value = self.values.get(name)
        if value is None:
            return default
        if not isinstance(value, bool):
            raise ModelError(f"{self.path}: {name} = {value!r} is not true or false.")
        return value

    def row_length(self, positions: int) -> int:
        """How many ids a row has: as many as the tokenizer says, but no more than the tower reads.

        Raises:
            ModelError: if it says something impossible.
        """
        value = self.values.get("model_max_length")
        if value is None or (isinstance(value, int | float) and value > _SHORT):
            return positions
        if not isinstance(value, int) or value < 2:
            raise ModelError(f"{self.path}: model_max_length = {value!r} is no length of a row.")
        return min(value, positions)


def read_tokenizer_config(folder: Path) -> TokenizerConfig:
    """The two files of a folder.

    Raises:
        ModelError: if one is not JSON, or asks for rows that are padded or cut off on the left.
    """
    path = folder / "tokenizer_config.json"
    config = TokenizerConfig(
        path, read_object(path), read_object(folder / "special_tokens_map.json")
    )
    for name in ("padding_side", "truncation_side"):
        if (side := config.values.get(name, "right")) != "right":
            raise ModelError(f"{path}: {name} = {side!r} is not supported; 'right' is.")
    return config


def read_object(path: Path) -> Json:
    """What a file in JSON holds, or nothing if there is no file.

    Raises:
        ModelError: if it is not a JSON object.
    """
    if not path.exists():
        return {}
    return read_input_object(path, _REMEDY, ModelError)

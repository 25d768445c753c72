"""Well-known models of the Hugging Face hub: what a visitor downloads of each, and its licence.

The facts are in published.toml beside this file. Any other model of the same families can be named
too. Nothing here imports JAX.
"""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from builder.options import Fit, fit_of
from builder.spec.hub_name import PREFIX
from builder.towers.parameter_counts import TextSizes, count_text_sizes, encoder_bytes

Known = Literal["card", "documentation", "not looked up"]
"""How a licence is known."""


@dataclass(frozen=True)
class HubModelFacts:
    """A model as `lit-demo models` lists it; `library` is the one whose files are read.

    `license` is None where none is known: where it is known from the card, the card has none.
    """

    name: str
    family: str
    library: str
    text: TextSizes
    license: str | None
    license_known: Known

    @property
    def text_params(self) -> int:
        """Parameters of the text tower."""
        return count_text_sizes(self.text)

    @property
    def text_encoder_bytes(self) -> int:
        """What a visitor downloads of the text encoder, with float16 weights."""
        return encoder_bytes(self.text_params)

    @property
    def phone(self) -> Fit:
        """Whether that is for phones."""
        return fit_of(self.text_encoder_bytes)


@cache
def hub_models() -> Sequence[HubModelFacts]:
    """All of them, family by family."""
    with Path(__file__).with_name("published.toml").open("rb") as file:
        table = tomllib.load(file)
    texts = {name: _read_sizes(sizes) for name, sizes in table["texts"].items()}
    return [
        HubModelFacts(
            name=PREFIX + entry["name"],
            family=family["name"],
            library=family["library"],
            text=texts[entry["text"]],
            license=entry.get("license"),
            license_known=entry["known"],
        )
        for family in table["families"]
        for entry in family["models"]
    ]


def _read_sizes(table: dict[str, Any]) -> TextSizes:
    sizes: dict[str, Any] = {**table}
    for key in ("projections", "biases"):
        sizes[key] = tuple(table[key])
    return TextSizes(**sizes)

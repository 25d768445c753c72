"""The well-known models of the Hugging Face hub, as a list for a terminal."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from rich.console import Console

from builder.models.catalogue import format_size
from builder.models.hub.published import HubModelFacts, hub_models
from builder.models.hub.store import open_store
from builder.options import PHONE_BYTES, PHONE_LIMIT_BYTES
from builder.spec.hub_name import HubName

_NAME, _SIZE, _PHONE, _ALL = 49, 8, 5, 80
"""Widths of columns, and of all of them; the licence is the last one."""

_LEGEND = f"""
Download: the text encoder, with float16 weights, by each visitor.
Phone: yes up to {format_size(PHONE_BYTES)}, slow up to {format_size(PHONE_LIMIT_BYTES)}.
Licence: ? was not looked up. What the model's page says is binding.
Any other model of these families can be named too, as hf:OWNER/NAME."""


@dataclass(frozen=True)
class ListedHubModel:
    """A model and whether all its files are in the cache."""

    facts: HubModelFacts
    is_fetched: bool

    def to_json(self) -> Mapping[str, Any]:
        """All facts, as values that JSON can express."""
        facts = self.facts
        return {
            **asdict(facts),
            "text_params": facts.text_params,
            "text_encoder_bytes": facts.text_encoder_bytes,
            "phone": facts.phone,
            "is_fetched": self.is_fetched,
        }


def list_hub_models(cache_folder: Path | None) -> list[ListedHubModel]:
    """The well-known models, family by family."""
    return [ListedHubModel(facts, _is_fetched(facts, cache_folder)) for facts in hub_models()]


def _is_fetched(facts: HubModelFacts, cache_folder: Path | None) -> bool:
    name = HubName.parse(facts.name)
    store = open_store(name, cache_folder)
    snapshot = store.find_pinned(name)
    return snapshot is not None and all(
        (store.folder_of(snapshot) / file).is_file() for file in snapshot.files
    )


def show_hub_models(models: Sequence[ListedHubModel], console: Console) -> None:
    """Print a block for each family; what is too long for a line of 80 takes another one."""
    lines = ["Models of the Hugging Face hub", _line("", "Download", "Phone", "Licence")]
    for (family, library), group in groupby(models, _block_of):
        lines += ["", f"{family}, of {library}"]
        lines += [line for model in group for line in _show(model.facts)]
    lines.append(_LEGEND)
    if fetched := [model.facts.name for model in models if model.is_fetched]:
        lines.append(f"Fetched: {', '.join(fetched)}")
    console.print("\n".join(lines), markup=False, highlight=False, soft_wrap=True)


def _block_of(model: ListedHubModel) -> tuple[str, str]:
    return model.facts.family, model.facts.library


def _show(facts: HubModelFacts) -> Iterator[str]:
    name, license_ = facts.name, _describe_license(facts)
    if len(name) > _NAME:
        yield name
        name = ""
    line = _line(name, format_size(facts.text_encoder_bytes), facts.phone, license_)
    if len(line) <= _ALL:
        yield line
    else:
        yield _line(name, format_size(facts.text_encoder_bytes), facts.phone, "")
        yield f"{license_:>{_ALL}}"


def _describe_license(facts: HubModelFacts) -> str:
    if facts.license_known == "not looked up":
        return f"{facts.license or ''}?"
    return facts.license or "none stated"


def _line(name: str, size: str, phone: str, license_: str) -> str:
    return f"{name:<{_NAME}} {size:>{_SIZE}}  {phone:<{_PHONE}}  {license_}".rstrip()

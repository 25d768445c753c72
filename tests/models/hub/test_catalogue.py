"""The well-known models of the hub, as they are listed."""

import io
import json
import re
from pathlib import Path

import pytest
from rich.console import Console

from builder.models.hub.catalogue import list_hub_models, show_hub_models
from builder.models.hub.published import hub_models
from builder.models.hub.store import HubFile, Snapshot, open_store
from builder.options import PHONE_BYTES, PHONE_LIMIT_BYTES, fit_of
from builder.spec.hub_name import HubName

TINY = "hf:wkcn/TinyCLIP-ViT-8M-16-Text-3M-YFCC15M"


def lines_of(cache_folder: Path) -> list[str]:
    console = Console(file=io.StringIO(), width=30)
    show_hub_models(list_hub_models(cache_folder), console)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue().splitlines()


def test_every_model_is_listed_with_its_size_phone_and_licence(tmp_path: Path):
    lines = lines_of(tmp_path)
    names = [line.split()[0] for line in lines if line.startswith("hf:")]
    assert names == [model.name for model in hub_models()]
    rows = [line for line in lines if re.search(r" (MB|GB)  (yes|slow|no)\b", line)]
    assert len(rows) == len(names)
    (line,) = [line for line in lines if line.startswith(f"{TINY} ")]
    assert line.split()[1:] == ["30", "MB", "slow", "MIT"]
    (line,) = [line for line in lines if line.startswith("hf:google/siglip2-base-patch16-224 ")]
    assert line.split()[1:] == ["565", "MB", "no", "Apache-2.0"]
    (line,) = [line for line in lines if line.startswith("hf:timm/ViT-B-16-SigLIP2 ")]
    assert line.endswith(" ?")


def test_the_list_fits_into_80_columns_whatever_the_terminal(tmp_path: Path):
    assert max(map(len, lines_of(tmp_path))) <= 80


def test_a_model_counts_as_fetched_when_all_its_files_are_there(tmp_path: Path):
    name = HubName.parse(TINY)
    store = open_store(name, tmp_path)
    files = {file: HubFile(file, 1, None) for file in ("config.json", "model.safetensors")}
    snapshot = Snapshot(name.repository, "a" * 40, files)
    store.pin(name, snapshot)
    store.folder_of(snapshot).mkdir()
    (store.folder_of(snapshot) / "config.json").touch()
    assert not any(line.startswith("Fetched") for line in lines_of(tmp_path))
    (store.folder_of(snapshot) / "model.safetensors").touch()
    assert lines_of(tmp_path)[-1] == f"Fetched: {TINY}"


def test_all_facts_can_be_written_as_json(tmp_path: Path):
    models = {model.facts.name: model.to_json() for model in list_hub_models(tmp_path)}
    tiny = json.loads(json.dumps(models[TINY]))
    assert tiny["family"] == "TinyCLIP"
    assert tiny["library"] == "transformers"
    assert tiny["text"]["layers"] == 3
    assert tiny["license"] == "MIT"
    assert tiny["license_known"] == "card"
    assert tiny["text_encoder_bytes"] == 2 * tiny["text_params"]
    assert tiny["phone"] == "slow"


@pytest.mark.parametrize(
    ("count", "fit"),
    [
        (PHONE_BYTES, "yes"),
        (PHONE_BYTES + 1, "slow"),
        (PHONE_LIMIT_BYTES, "slow"),
        (PHONE_LIMIT_BYTES + 1, "no"),
    ],
)
def test_a_size_is_for_phones_or_not(count: int, fit: str):
    assert fit_of(count) == fit

"""Published models of open_clip, from their names and shapes alone."""

import gzip
import json
from typing import Any

import pytest

from builder.models.hub.design import Design
from builder.models.hub.open_clip_design import design_open_clip_model
from builder.towers.checkpoint import Weights
from builder.towers.fastvit import FastViT
from tests.shared import HUB_GOLDENS, needs

pytestmark = needs(HUB_GOLDENS)

MOBILE_TEXT = {"context_length": 77, "vocab_size": 49_408, "width": 512, "heads": 8, "layers": 12}
SIGLIP_TEXT = {
    **{"context_length": 64, "vocab_size": 32_000, "width": 768, "heads": 12, "layers": 12},
    **{"no_causal_mask": True, "proj_bias": True, "pool_type": "last"},
    "norm_kwargs": {"eps": 1e-6},
}


def timm(name: str, pool: str, proj: str | None, image_size: int) -> dict[str, Any]:
    return {
        "timm_model_name": name,
        "timm_model_pretrained": False,
        "timm_pool": pool,
        "timm_proj": proj,
        "image_size": image_size,
    }


def mobile_clip(tower: str, pool: str, image_size: int) -> dict[str, Any]:
    return {
        "embed_dim": 512,
        "custom_text": True,
        "vision_cfg": timm(tower, pool, None, image_size),
        "text_cfg": {**MOBILE_TEXT, "no_causal_mask": pool == "avg"},
    }


def siglip(vocab_size: int) -> dict[str, Any]:
    return {
        "embed_dim": 768,
        "init_logit_bias": -10,
        "custom_text": True,
        "vision_cfg": timm("vit_base_patch16_siglip_224", "map", "none", 224),
        "text_cfg": {**SIGLIP_TEXT, "vocab_size": vocab_size},
    }


def clip(**image: Any) -> dict[str, Any]:
    return {"embed_dim": 512, "vision_cfg": {"image_size": 224, **image}, "text_cfg": MOBILE_TEXT}


PUBLISHED = {
    "MobileCLIP-S1": mobile_clip("fastvit_mci1", "avg", 256),
    "MobileCLIP-S2": mobile_clip("fastvit_mci2", "avg", 256),
    "MobileCLIP-B": mobile_clip("vit_base_mci_224", "token", 224),
    "MobileCLIP2-S0": mobile_clip("fastvit_mci0", "avg", 256),
    "RN50": {**clip(layers=[3, 4, 6, 3], width=64, patch_size=None), "embed_dim": 1024},
    "ViT-B-16-SigLIP": siglip(32_000),
    "ViT-B-16-SigLIP2": siglip(256_000),
    "ViT-B-32": clip(layers=12, width=768, patch_size=32),
    "ViT-B-32-quickgelu": {**clip(layers=12, width=768, patch_size=32), "quick_gelu": True},
}


class Entries:
    """A file of which only the names and shapes are known."""

    def __init__(self, name: str):
        text = gzip.decompress((HUB_GOLDENS / "key_lists" / f"{name}.tsv.gz").read_bytes())
        rows = (line.split("\t") for line in text.decode().splitlines())
        self.shapes: dict[str, tuple[int, ...]] = {
            row[0]: tuple(json.loads(row[1])) for row in rows
        }

    def read(self, name: str, /) -> Weights:
        raise AssertionError(f"{name} was read")


def design(name: str, entries: Entries) -> Design:
    return design_open_clip_model({"model_cfg": PUBLISHED[name]}, entries.shapes)


@pytest.mark.parametrize("name", sorted(PUBLISHED))
def test_nothing_of_a_published_model_is_missing_or_left_over(name: str):
    entries = Entries(name)
    assert design(name, entries).find_misfits(entries) == []


@pytest.mark.parametrize(
    ("name", "depths", "widths"),
    [
        ("MobileCLIP-S1", (4, 12, 20, 4), (64, 128, 256, 512)),
        ("MobileCLIP-S2", (4, 12, 24, 4), (80, 160, 320, 640)),
        ("MobileCLIP2-S0", (2, 6, 10, 2), (64, 128, 256, 512)),
    ],
)
def test_the_sizes_of_a_tower_are_those_of_its_definition(
    name: str, depths: tuple[int, ...], widths: tuple[int, ...]
):
    tower = design(name, Entries(name)).image
    assert isinstance(tower, FastViT)
    assert tuple(stage.depth for stage in tower.stages) == depths
    assert tuple(stage.width for stage in tower.stages) == widths
    assert {stage.mlp_dim / stage.width for stage in tower.stages} == {3}
    assert [stage.mixer for stage in tower.stages] == [3, 3, 3, None]
    assert [stage.squeeze is not None for stage in tower.stages] == [False, False, True, True]


@pytest.mark.parametrize("name", ["MobileCLIP2-S0", "MobileCLIP-B"])
def test_each_entry_that_is_not_there_is_missed_by_its_own_name(name: str):
    entries = Entries(name)
    model, full = design(name, entries), entries.shapes
    entries.shapes = {}
    misfits = model.find_misfits(entries)
    expected = {f"missing: {key}" for key in full if not key.endswith("num_batches_tracked")}
    assert expected == {line.partition(" (")[0] for line in misfits}

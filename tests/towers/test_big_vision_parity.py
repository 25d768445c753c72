"""Both towers give what big_vision, flaxformer and Hugging Face's BERT gave.

tests/golden/README.md says where the goldens come from. Those of ../shared are models of other
sizes, and files in older layouts.
"""

import json
import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import builder
from tests.shared import BIG_VISION_GOLDENS, needs
from tests.towers.big_vision_params import (
    BERT,
    Array,
    Config,
    Flat,
    as_void16,
    init_params,
    merge_class_token,
    number_among_siblings,
    save,
    stack_blocks,
    store_positions_twice,
)
from tests.towers.big_vision_reference import embed_bert_tokens, embed_images, embed_tokens

GOLDENS = Path(__file__).parents[1] / "golden"
CONFIGS = json.loads((GOLDENS / "big_vision" / "configs.json").read_text(encoding="utf-8"))


def check(rows: Array, expected: Array) -> None:
    assert rows.dtype == np.float32
    assert len(rows) > 1
    np.testing.assert_allclose(rows, expected, atol=1e-5, rtol=0)


def with_tuple(config: Config) -> Config:
    return {**config, "out_dim": tuple(config["out_dim"])}


def read_arrays(path: Path) -> Flat:
    with np.load(path) as file:
        return {key: file[key] for key in file.files}


def read_golden(name: str) -> tuple[Config, Flat]:
    return with_tuple(CONFIGS[name]), read_arrays(GOLDENS / "big_vision" / f"{name}.npz")


def read_other_golden(name: str) -> tuple[Config, Flat]:
    config = json.loads((BIG_VISION_GOLDENS / f"{name}.json").read_text())["config"]
    return with_tuple(config), read_arrays(BIG_VISION_GOLDENS / f"{name}.npz")


def params_of(arrays: Flat) -> Flat:
    return {k.removeprefix("params/"): v for k, v in arrays.items() if k.startswith("params/")}


def check_outputs(path: Path, config: Config, arrays: Flat, expected: Flat) -> None:
    """That the towers in a file give the outputs of a golden for its inputs."""
    towers = builder.load_towers(path, config)
    check(towers.embed_tokens(arrays["tokens"]), expected["ztxt"])
    if "image" in arrays:
        check(towers.embed_images(arrays["image"]), expected["zimg"])
        assert towers.scale == pytest.approx(math.exp(arrays["params/t"][0]))
        assert towers.bias == (arrays["params/b"][0] if "params/b" in arrays else None)
    else:
        assert (towers.image, towers.scale, towers.bias) == (None, None, None)


@pytest.mark.slow
@pytest.mark.parametrize("name", CONFIGS)
def test_gives_what_big_vision_gave(name: str):
    config, arrays = read_golden(name)
    check_outputs(GOLDENS / "big_vision" / f"{name}.npz", config, arrays, arrays)


def write_before_linen(flat: Flat, path: Path) -> None:
    merged = merge_class_token(flat, "img/Transformer/posembed_input/pos_embedding")
    save(path, number_among_siblings(store_positions_twice(merged)), "opt/target/")


def write_stacked(flat: Flat, path: Path) -> None:
    save(path, stack_blocks(flat))


@pytest.mark.slow
@pytest.mark.parametrize("write", [write_before_linen, write_stacked])
def test_other_layouts_of_a_model_give_what_big_vision_gave(
    tmp_path: Path, write: Callable[[Flat, Path], None]
):
    config, arrays = read_golden("lit_text_head")
    write(params_of(arrays), tmp_path / "model.npz")
    check_outputs(tmp_path / "model.npz", config, arrays, arrays)


def test_parameters_in_bfloat16_give_what_big_vision_gave(tmp_path: Path):
    config, arrays = read_golden("lit_text_head")
    path = save(tmp_path / "model.npz", as_void16(params_of(arrays)), "params/")
    expected = {key: arrays[f"bfloat16/{key}"] for key in ("zimg", "ztxt")}
    assert np.abs(expected["zimg"] - arrays["zimg"]).max() > 1e-4, "the rounding shows"
    check_outputs(path, config, arrays, expected)


def test_bert_gives_what_hugging_face_gave():
    arrays = read_arrays(GOLDENS / "bert.npz")
    check_outputs(GOLDENS / "bert.npz", BERT, arrays, arrays)


@pytest.mark.slow
@needs(BIG_VISION_GOLDENS)
@pytest.mark.parametrize(
    ("file", "golden"),
    [
        *(("lit_tok_texthead", "lit_tok_texthead"), ("lit_tok_bothheads", "lit_tok_bothheads")),
        *(("siglip_map", "siglip_map"), ("siglip_map_scan", "siglip_map_scan")),
        *(("text_map_pool", "text_map_pool"), ("lit_bert_text", "lit_bert_text")),
        ("checkpoint_legacy_bare", "lit_tok_texthead"),
        ("checkpoint_legacy_opt_target", "lit_tok_texthead"),
        ("checkpoint_params_prefix_with_opt", "lit_tok_texthead"),
        ("checkpoint_bfloat16", "lit_tok_texthead"),
    ],
)
def test_models_and_layouts_of_other_sizes_give_what_big_vision_gave(file: str, golden: str):
    config, arrays = read_other_golden(golden)
    expected = arrays
    if file == "checkpoint_bfloat16":
        expected = read_arrays(BIG_VISION_GOLDENS / "checkpoint_bfloat16_expected.npz")
    check_outputs(BIG_VISION_GOLDENS / f"{file}.npz", config, arrays, expected)


def check_our_random_models(config: Config, arrays: Flat) -> None:
    """That `init_params` makes the parameters of a golden, and plain numpy gives its outputs."""
    flat = params_of(arrays)
    length, patches = arrays["tokens"].shape[1], flat.get("img/pos_embedding", np.zeros((1, 1)))
    ours = init_params(config, patches=patches.shape[1], length=length)
    shapes = [{k: v.shape for k, v in tree.items()} for tree in (ours, flat)]
    # A text tower alone has no temperature.
    assert {"t": (1,), **shapes[1]} == shapes[0]
    if config["image"]:
        check(embed_images(flat, config["image"], arrays["image"]).astype("f4"), arrays["zimg"])
        ztxt = embed_tokens(flat, config["text"], arrays["tokens"])
    else:
        ztxt = embed_bert_tokens(flat, config["text"]["config"], arrays["tokens"])
    check(ztxt.astype("f4"), arrays["ztxt"])


@pytest.mark.parametrize("name", [name for name in CONFIGS if name != "siglip_scanned"])
def test_the_random_models_of_these_tests_are_made_and_run_as_those_of_big_vision(name: str):
    check_our_random_models(*read_golden(name))


def test_the_random_bert_of_these_tests_runs_as_hugging_faces():
    check_our_random_models(BERT, read_arrays(GOLDENS / "bert.npz"))


@needs(BIG_VISION_GOLDENS)
@pytest.mark.parametrize("name", ["siglip_map", "lit_tok_bothheads", "lit_bert_text"])
def test_random_models_of_other_sizes_are_made_and_run_as_those_of_big_vision(name: str):
    check_our_random_models(*read_other_golden(name))

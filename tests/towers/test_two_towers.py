"""Both towers of big_vision's checkpoints, against the same in plain numpy."""

import math
import re
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scipy.ndimage

import builder
from builder.errors import ModelError
from builder.model import Rows, Towers
from builder.params import flatten_params
from builder.towers.checkpoint_layouts import load_scoring
from builder.towers.two_towers import load_image_tower, load_text_tower
from tests.towers.big_vision_params import (
    BERT,
    IMAGE,
    LIT,
    SIGLIP,
    TEXT,
    Array,
    Config,
    Flat,
    as_void16,
    init_params,
    merge_class_token,
    number_among_siblings,
    round_to_bfloat16,
    save,
    stack_blocks,
    store_positions_twice,
)
from tests.towers.big_vision_reference import embed_bert_tokens, embed_images, embed_tokens


def make_images(side: int = 32, count: int = 2) -> Array:
    return np.random.default_rng(1).uniform(-1, 1, (count, side, side, 3)).astype(np.float32)


def make_tokens(length: int = 8) -> Array:
    tokens = np.random.default_rng(2).integers(1, 50, (3, length)).astype(np.int32)
    tokens[1, length // 2 :] = 0
    return tokens


def check(rows: Rows, expected: Array) -> None:
    assert rows.dtype == np.float32
    np.testing.assert_allclose(rows, expected, atol=1e-5, rtol=0)


def check_params(towers: Towers, flat: Flat) -> None:
    """That the towers have exactly these parameters, whatever the file had."""
    assert towers.image
    loaded = {f"img/{name}": leaf for name, leaf in flatten_params(towers.image.params).items()}
    loaded |= {f"txt/{name}": leaf for name, leaf in flatten_params(towers.text.params).items()}
    assert {*loaded, "t", "b"} == {*flat, "b"}
    assert towers.scale == pytest.approx(math.exp(flat["t"][0]))
    assert towers.bias == (flat["b"][0] if "b" in flat else None)
    for name, leaf in loaded.items():
        np.testing.assert_allclose(leaf, flat[name], rtol=1e-6, err_msg=name)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("image", "text", "out_dim"),
    [
        ({"pool_type": "tok"}, {"pool_type": "last"}, (None, 24)),
        ({"pool_type": "map", "mlp_dim": None}, {"pool_type": "map", "width": 18}, 10),
        ({"pool_type": "gap", "depth": 1, "num_heads": 1}, {"pool_type": "mean"}, (16, None)),
        ({"pool_type": "0", "rep_size": True, "width": 16, "num_heads": 4}, {}, (None, 16)),
        ({"pool_type": "tok", "rep_size": 7}, {"pool_type": "first", "depth": 1}, (None, 7)),
        ({"pool_type": "gap", "posemb": "sincos2d"}, {"pool_type": "max"}, 5),
        ({"pool_type": "map", "patch_size": (4, 16)}, {"pool_type": "gmp"}, (None, 24)),
    ],
)
def test_towers_of_any_shape_give_what_their_parameters_say(
    image: Config, text: Config, out_dim: Any, tmp_path: Path
):
    config = {"image": {**IMAGE, **image}, "text": {**TEXT, **text}, "out_dim": out_dim}
    flat = init_params(config)
    towers = builder.load_towers(save(tmp_path / "model.npz", flat, "params/"), config)
    check(towers.embed_images(make_images()), embed_images(flat, config["image"], make_images()))
    check(towers.embed_tokens(make_tokens()), embed_tokens(flat, config["text"], make_tokens()))
    assert towers.scale == pytest.approx(math.exp(flat["t"][0]))
    assert towers.bias is None


@pytest.mark.slow
@pytest.mark.parametrize("out_dim", [None, 10])
def test_bert_attends_to_what_is_no_padding(out_dim: int | None, tmp_path: Path):
    config = {**BERT, "out_dim": (None, out_dim)}
    flat = init_params(config)
    tower = load_text_tower(save(tmp_path / "model.npz", flat), config)
    check(tower(make_tokens()), embed_bert_tokens(flat, BERT["text"]["config"], make_tokens()))
    shorter = make_tokens()[1:2, :4]
    check(tower(shorter), tower(make_tokens()[1:2]))
    with pytest.raises(ModelError, match="13 tokens are too many for a text tower with 12"):
        tower(make_tokens(13))


LAYOUTS: dict[str, tuple[Callable[[Flat], Flat], str]] = {
    "bare": (dict, ""),
    "params": (dict, "params/"),
    "an optimizer's target": (dict, "opt/target/"),
    "pre-Linen numbers": (number_among_siblings, ""),
    "positions in the encoder": (
        lambda flat: merge_class_token(flat, "img/Transformer/pos_embedding"),
        "",
    ),
    "positions in a module": (
        lambda flat: merge_class_token(flat, "img/Transformer/posembed_input/pos_embedding"),
        "opt/target/",
    ),
    "positions and token merged": (
        lambda flat: merge_class_token(flat, "img/pos_embedding"),
        "params/",
    ),
    "text positions twice": (store_positions_twice, ""),
    "stacked blocks": (stack_blocks, "params/"),
    "all that was before Linen": (
        lambda flat: number_among_siblings(
            store_positions_twice(
                merge_class_token(flat, "img/Transformer/posembed_input/pos_embedding")
            )
        ),
        "opt/target/",
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_layout_holds_the_same_model(layout: str, tmp_path: Path):
    flat = init_params(LIT)
    change, prefix = LAYOUTS[layout]
    towers = builder.load_towers(save(tmp_path / "model.npz", change(flat), prefix), LIT)
    check_params(towers, flat)


def test_map_heads_are_found_where_they_once_were(tmp_path: Path):
    flat = init_params(SIGLIP)
    inlined = {name.replace("img/MAPHead_0/", "img/"): array for name, array in flat.items()}
    check_params(builder.load_towers(save(tmp_path / "model.npz", inlined), SIGLIP), flat)


def test_bfloat16_parameters_are_widened(tmp_path: Path):
    flat = init_params(SIGLIP)
    stored = as_void16(stack_blocks(flat))
    towers = builder.load_towers(save(tmp_path / "model.npz", stored), SIGLIP)
    wide = [name for name, array in as_void16(flat).items() if array.dtype == np.float32]
    assert wide
    rounded = round_to_bfloat16(flat)
    check_params(towers, {**rounded, **{name: flat[name] for name in wide}})


@pytest.mark.slow
@pytest.mark.parametrize("side", [24, 47, 64])
def test_pictures_of_another_size_get_resampled_positions(side: int, tmp_path: Path):
    flat = init_params(LIT)
    tower = load_image_tower(save(tmp_path / "model.npz", flat), LIT)
    new, grid = side // 8, flat["img/pos_embedding"].reshape(4, 4, 24)
    zoomed: Any = scipy.ndimage.zoom(grid, (new / 4, new / 4, 1), order=1)
    resampled = {**flat, "img/pos_embedding": zoomed.reshape(1, new**2, 24)}
    images = make_images(side)
    check(tower(images), embed_images(resampled, LIT["image"], images))


def test_positions_that_make_no_square_fit_their_own_pictures_only(tmp_path: Path):
    flat = init_params(LIT, patches=6)
    tower = load_image_tower(save(tmp_path / "model.npz", flat), LIT)
    wide = make_images()[:, :16, :24]
    check(tower(wide), embed_images(flat, LIT["image"], wide))
    with pytest.raises(ModelError, match="4 x 4 patches, but the model's 6 position embeddings"):
        tower(make_images())


@pytest.mark.slow
def test_matrices_are_multiplied_in_the_type_that_the_config_names(tmp_path: Path):
    config = {**LIT, "image": {**LIT["image"], "depth": 1}}
    path = save(tmp_path / "model.npz", init_params(config))
    narrow = {**config, "image": {**config["image"], "dtype_mm": "bfloat16"}}
    exact, rounded = (load_image_tower(path, c)(make_images()) for c in (config, narrow))
    error = np.abs(exact - rounded).max()
    assert 1e-5 < error < 0.05


def test_a_text_tower_alone_leaves_the_image_tower_of_the_file_unread(tmp_path: Path):
    flat = init_params(LIT)
    path = save(tmp_path / "model.npz", flat)
    towers = builder.load_towers(path, {**LIT, "image": None})
    assert towers.image is None
    assert towers.scale == pytest.approx(math.exp(flat["t"][0]))
    with pytest.raises(ModelError, match="only a text tower"):
        towers.embed_images(make_images())
    with pytest.raises(ModelError, match="no image tower"):
        load_image_tower(path, {**LIT, "image": None})


def test_scale_and_bias_are_read_without_the_towers(tmp_path: Path):
    flat = init_params(SIGLIP)
    scale, bias = load_scoring(save(tmp_path / "model.npz", flat))
    assert scale == pytest.approx(math.exp(flat["t"][0]))
    assert bias == flat["b"][0]
    assert load_scoring(save(tmp_path / "image.npz", {"txt/a": flat["t"]})) == (None, None)


@pytest.mark.parametrize("value", [np.nan, np.inf, 1000])
def test_temperatures_that_are_none_are_refused(value: float, tmp_path: Path):
    path = save(tmp_path / "model.npz", {"t": np.array([value], np.float32)})
    with pytest.raises(ModelError, match=r"not a model's temperature|'t' holds"):
        load_scoring(path)


def test_all_parameters_that_do_not_fit_are_named_with_both_shapes(tmp_path: Path):
    flat = init_params(LIT)
    del flat["img/cls"]
    flat["txt/head/bias"] = np.zeros((1, 24), np.float32)
    flat["txt/extra/kernel"] = np.zeros((2, 3), np.float32)
    flat["b"] = np.zeros(1, np.float32)
    path = save(tmp_path / "model.npz", flat, "params/")
    with pytest.raises(ModelError) as caught:
        builder.load_towers(path, LIT)
    assert str(caught.value).splitlines() == [
        f"{path}: this is not a checkpoint of the given architecture.",
        "  missing: img/cls (1, 1, 24)",
        "  wrong shape: txt/head/bias (1, 24) in the file, (24,) in the model",
        "  left over: txt/extra/kernel (2, 3)",
        "  left over: b (1,)",
    ]


def test_a_renamed_parameter_is_named_as_it_is_stored_too(tmp_path: Path):
    flat = number_among_siblings(init_params(LIT))
    name = "txt/Encoder_0/encoderblock_1/MlpBlock_3/Dense_0/kernel"
    flat[name] = flat[name].T
    path = save(tmp_path / "model.npz", flat)
    shapes = re.escape("(48, 16) in the file, (16, 48) in the model")
    with pytest.raises(ModelError, match=rf"MlpBlock_0/.* {shapes} \(stored as '{name}'\)"):
        builder.load_towers(path, LIT)


@pytest.mark.parametrize("depth", [1, 3])
def test_another_depth_than_the_files_is_said(depth: int, tmp_path: Path):
    path = save(tmp_path / "model.npz", stack_blocks(init_params(LIT)))
    config = {**LIT, "image": {**LIT["image"], "depth": depth}}
    with pytest.raises(ModelError, match=rf"file's image tower has depth 2, not {depth}$"):
        builder.load_towers(path, config)


def test_rows_of_tokens_must_have_the_length_of_the_training(tmp_path: Path):
    tower = load_text_tower(save(tmp_path / "model.npz", init_params(LIT)), LIT)
    with pytest.raises(ModelError, match=r"rows of 9 tokens do not fit .* 8 positions"):
        tower(make_tokens(9))


@pytest.mark.slow
def test_a_tower_takes_its_own_memory_and_little_more(tmp_path: Path):
    image = {**IMAGE, "width": 256, "mlp_dim": 1024, "num_heads": 8, "depth": 6, "pool_type": "tok"}
    config = {"image": image, "text": {**TEXT, "vocab_size": 300_000}, "out_dim": (None, 256)}
    path = save(tmp_path / "model.npz", stack_blocks(init_params(config)))
    load_image_tower(path, config)  # What JAX allocates at first is not the file's.
    for load in (load_image_tower, load_text_tower):
        tracemalloc.start()
        tower = load(path, config)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        sizes = [leaf.nbytes for leaf in flatten_params(tower.params).values()]
        assert sum(sizes) < path.stat().st_size * 0.6
        assert peak < sum(sizes) + 6e6

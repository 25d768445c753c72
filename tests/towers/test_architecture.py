"""Configs of big_vision as architectures, and what is said about those that describe none."""

from typing import Any

import pytest

from builder.errors import ModelError
from builder.towers.architecture import BERT, BERT_SIZES, BertArchitecture, read_architecture

SMALL = {"width": 24, "depth": 2, "num_heads": 3, "mlp_dim": 40}


def test_what_a_config_leaves_out_is_what_big_vision_has():
    towers = read_architecture({"image": {}, "text": None})
    assert towers.image
    assert (towers.image.width, towers.image.patch_size) == (768, (16, 16))
    assert (towers.image.pool_type, towers.image.posemb) == ("gap", "learn")
    assert towers.text.model_dump() == {
        "num_classes": 128,
        "width": 512,
        "depth": 12,
        "mlp_dim": 2048,
        "num_heads": 8,
        "vocab_size": 32_000,
        "pool_type": "last",
    }
    assert (towers.dim, towers.has_bias) == (128, False)


def test_variants_give_sizes_that_other_keys_overrule():
    towers = read_architecture(
        {"image": {"variant": "So400m/14"}, "text": {"variant": "Ti", "depth": 3}, "out_dim": 8}
    )
    assert towers.image
    assert towers.image.patch_size == (14, 14)
    sizes = ("width", "depth", "mlp_dim", "num_heads")
    assert [getattr(towers.image, key) for key in sizes] == [1152, 27, 4304, 16]
    assert [getattr(towers.text, key) for key in sizes] == [192, 3, 768, 3]


@pytest.mark.parametrize("out_dim", [[None, 24], (24, None), (None, None), (0, 0), 24])
def test_a_tower_without_a_head_has_its_own_width(out_dim: Any):
    towers = read_architecture({"image": SMALL, "text": SMALL, "out_dim": out_dim})
    assert towers.image
    assert towers.image.dim == towers.text.dim == 24
    headless = read_architecture(
        {"image": {**SMALL, "num_classes": 0}, "text": SMALL, "out_dim": 24}
    )
    assert headless.image
    assert headless.image.dim == 24


def test_a_bias_makes_a_model_sigmoid_and_training_changes_nothing():
    training = {"scan": True, "remat_policy": "all", "dropout": 0.1, "head_zeroinit": False}
    plain = {"image": SMALL, "text": SMALL, "out_dim": 8, "bias_init": -10.0}
    trained = {**plain, "image": {**SMALL, **training}, "text": {**SMALL, **training}}
    assert read_architecture(trained) == read_architecture(plain)
    assert read_architecture(plain).has_bias


def test_bert_comes_in_two_sizes_or_any():
    config = {"image": None, "text_model": BERT, "out_dim": (None, 8)}
    large = read_architecture({**config, "text": {"config": "large"}}).text
    assert large == BertArchitecture(num_classes=8, config=BERT_SIZES["large"])
    own = read_architecture({**config, "text": {"config": {"num_hidden_layers": 3}}}).text
    assert isinstance(own, BertArchitecture)
    assert (own.config.num_hidden_layers, own.config.hidden_size) == (3, 768)


@pytest.mark.parametrize(
    ("config", "complaint"),
    [
        ({"txt": {}}, "  txt: unknown key 'txt'. Did you mean 'text'?"),
        (
            {"image": {"widht": 8, "depth": "x"}},
            "  image.depth: input should be a valid integer, unable to parse string as an integer,"
            " not 'x'.\n  image.widht: unknown key 'widht'. Did you mean 'width'?",
        ),
        ({"image": {"variant": "B16"}}, "  image: there is no variant 'B16'. Sizes: mu, Ti, S"),
        ({"image": {"variant": "B/x"}}, "  image: there is no variant 'B/x'."),
        ({"text": {"pool_type": "tok"}}, "  text.pool_type: input should be 'last', 'first'"),
        (
            {"text": {"width": 30, "num_heads": 4}},
            "  text: 4 heads cannot share a width of 30. Their number must divide the width.",
        ),
        ({"text_model": "bert"}, "  text_model: input should be 'proj.image_text.text_trans"),
        (
            {"text_model": BERT, "text": {"config": "huge"}},
            "  text.config: there is no BERT 'huge'. Give base or large, or a table of sizes.",
        ),
        ({"text_model": BERT}, "  text.config: this key is missing."),
        ({"image": 5}, "  image: expected a table, not 5."),
        ({"out_dim": "big"}, "  out_dim: expected a list, not 'big'."),
        ({"out_dim": [None, -1]}, "  out_dim.1: input should be greater than or equal to 0, not"),
    ],
)
def test_configs_that_describe_no_model_are_refused(config: dict[str, Any], complaint: str):
    with pytest.raises(ModelError) as caught:
        read_architecture(config)
    head, _, rest = str(caught.value).partition("\n")
    assert head == "this architecture cannot be built:"
    assert rest.startswith(complaint)


def test_towers_of_different_widths_cannot_be_compared():
    config = {"image": {"variant": "L/16"}, "text": {"variant": "B"}, "out_dim": (None, 768)}
    with pytest.raises(ModelError, match="rows of 1024 and the text tower rows of 768"):
        read_architecture(config)


@pytest.mark.parametrize(
    "config",
    [
        {"image": {"width": 10**9}},
        {"image": {"depth": 10**6}},
        {"image": {"mlp_dim": 10**12}},
        {"image": {"patch_size": [10**6, 16]}},
        {"image": {"variant": "B/999999999"}},
        {"image": {"variant": "B/" + "9" * 5000}},
        {"image": {"rep_size": 10**9}},
        {"text": {"vocab_size": 10**12}},
        {"text": {"num_heads": 10**9}},
        {"text_model": BERT, "text": {"config": {"max_length": 10**9}}},
        {"text_model": BERT, "text": {"config": {"num_hidden_layers": 10**9}}},
        {"out_dim": 10**12},
        {"temperature_init": float("nan")},
        {"bias_init": float("inf")},
    ],
)
def test_sizes_that_no_model_has_are_refused_before_anything_is_made(config: dict[str, Any]):
    with pytest.raises(ModelError, match="this architecture cannot be built"):
        read_architecture(config)

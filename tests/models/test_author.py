from dataclasses import replace
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import builder
from builder.errors import BuilderError, ModelError, NumberError
from builder.manifest import RowLayout, SigmoidScoring, SoftmaxScoring
from builder.models.author import TwoTowerModel, as_image_text_model, load_author_model
from builder.spec.types import Target
from builder.text.sentencepiece import SentencePieceTokenizer

VOCABULARY = Path(__file__).parents[2] / "data/models/mini/tokenizer.model"


def make_model(**changes: Any) -> TwoTowerModel:
    keys = jax.random.split(jax.random.key(0))
    image = builder.Tower(
        lambda params, images: images.mean((1, 2)) @ params["kernel"],
        {"kernel": jax.random.normal(keys[0], (3, 8))},
    )
    text = builder.Tower(
        lambda params, tokens: params["table"][tokens].mean(1),
        {"table": jax.random.normal(keys[1], (16_000, 8))},
    )
    tokenizer = SentencePieceTokenizer.load(
        VOCABULARY, RowLayout(max_length=16, end_id=1, pad_id=1)
    )
    return replace(TwoTowerModel(image, text, tokenizer, scale=10.0), **changes)


def fingerprints(**changes: Any) -> tuple[str, str]:
    model = as_image_text_model(make_model(**changes), "mine")
    return model.image_fingerprint, model.text_fingerprint


def test_rows_are_those_of_the_functions_and_of_unit_length():
    mine = make_model()
    model = as_image_text_model(mine, "mine")
    tokens = mine.tokenizer(["a kitten", "a dog"])
    rows = model.text_tower(tokens)
    raw = np.asarray(mine.text.apply(mine.text.params, tokens))
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-6)
    np.testing.assert_allclose(rows, raw / np.linalg.norm(raw, axis=1, keepdims=True), atol=1e-6)
    assert model.dim == model.load_image()(np.ones((1, 224, 224, 3), np.float32)).shape[1] == 8
    assert model.scoring == SoftmaxScoring(scale=10)


def test_a_bias_makes_the_scoring_a_sigmoid():
    model = as_image_text_model(make_model(bias=-3.0), "mine")
    assert model.scoring == SigmoidScoring(scale=10, bias=-3)


def test_what_a_tower_computes_tells_whether_kept_rows_are_still_right():
    mine = make_model()
    kernel = mine.image.params["kernel"]
    same = builder.Tower(lambda p, x: x.mean((1, 2)) @ p["kernel"], {"kernel": kernel + 0})
    other_code = builder.Tower(lambda p, x: x.max((1, 2)) @ p["kernel"], mine.image.params)
    other_params = builder.Tower(mine.image.apply, {"kernel": kernel * 2})
    closed_over = kernel * 3
    closed = builder.Tower(lambda _, x: x.mean((1, 2)) @ kernel, {})
    other_closed = builder.Tower(lambda _, x: x.mean((1, 2)) @ closed_over, {})
    base, text = fingerprints()
    assert fingerprints(image=same) == (base, text), "the same again, however it is written"
    images = [
        fingerprints(image=tower) for tower in (other_code, other_params, closed, other_closed)
    ]
    assert {text_fingerprint for _, text_fingerprint in images} == {text}
    assert len({base, *(image for image, _ in images)}) == 5


def test_narrow_rows_are_widened():
    mine = make_model()
    narrow = builder.Tower(
        lambda p, x: mine.image.apply(p, x).astype(jnp.bfloat16), mine.image.params
    )
    rows = as_image_text_model(make_model(image=narrow), "mine").load_image()
    assert rows(np.ones((1, 224, 224, 3), np.float32)).dtype == np.float32


def write_module(folder: Path, body: str) -> Target:
    code = f"from tests.models.test_author import make_model\nimport builder\n\ndef make():\n{body}"
    (folder / "mine.py").write_text(code, encoding="utf-8")
    return Target("mine", "make", folder)


def test_a_function_beside_demo_toml_makes_the_model(tmp_path: Path):
    model = load_author_model(write_module(tmp_path, "    return make_model(name='Mine')\n"), "m")
    assert (model.id, model.card.name, model.card.license) == ("m", "Mine", "Not stated")


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("    return 3\n", r"mine:make: returned int, not a builder\.TwoTowerModel"),
        ("    return make_model()['x']\n", r"mine:make: TypeError: .* \(.*mine\.py:5\)"),
        (
            "    return make_model(image=builder.Tower(lambda p, x: x[..., 0], {}))\n",
            r"image tower returns arrays of \[\(2, 224, 224\)\].* expected one array of \(2, d\)",
        ),
        (
            "    return make_model(image=builder.Tower(lambda p, x: x.mean((1, 2)), {}))\n",
            "image rows have 3 columns and text rows 8",
        ),
        (
            "    return make_model(image=builder.Tower(lambda p, x: x @ 'no', {}))\n",
            r"mine:make: .* \(.*mine\.py:5\)",
        ),
    ],
)
def test_a_mistake_in_the_function_is_named(tmp_path: Path, body: str, message: str):
    with pytest.raises(BuilderError, match=message):
        load_author_model(write_module(tmp_path, body), "m")


def test_public_names_come_from_their_modules():
    for name in builder.__all__:
        assert getattr(builder, name) is not None
    with pytest.raises(AttributeError, match="nothing"):
        _ = builder.nothing  # pyright: ignore[reportAttributeAccessIssue]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"image": None}, r"mine: image = None is not a builder\.Tower"),
        ({"tokenizer": "vocab.txt"}, "mine: tokenizer = 'vocab.txt' is not a tokenizer"),
        ({"scale": "high"}, "mine: scale = 'high' is not a number"),
        ({"bias": [1, 2]}, r"mine: bias = \[1, 2\] is not a number or None"),
        ({"size": 10**9}, "mine: size = 1000000000 is not a side in pixels, from 1 to 4096"),
        ({"size": 0}, "mine: size = 0 is not a side"),
        ({"size": 64.0}, r"mine: size = 64\.0 is not a side"),
        ({"resize": "best"}, "mine: resize = 'best' is not bicubic or tf-bilinear"),
        ({"name": 3}, "mine: name = 3 is not a text or None"),
        ({"license": None}, "mine: license = None is not a text"),
        ({"source": "javascript:alert(1)"}, "is not a web address or None"),
    ],
)
def test_a_field_that_cannot_be_is_named(changes: dict[str, Any], message: str):
    with pytest.raises(ModelError, match=message):
        as_image_text_model(make_model(**changes), "mine")


@pytest.mark.parametrize("name", ["scale", "bias"])
@pytest.mark.parametrize("number", [float("nan"), float("inf"), np.float32("-inf")])
def test_scores_are_made_of_finite_numbers(name: str, number: Any):
    with pytest.raises(NumberError, match=f"mine: {name} = {number} is not finite"):
        as_image_text_model(make_model(**{name: number}), "mine")


def test_a_parameter_that_is_not_finite_is_named():
    tower = make_model().image
    kernel = tower.params["kernel"].at[1, 2].set(jnp.nan)
    spoilt = replace(tower, params={"layers": [{"kernel": kernel}]})
    with pytest.raises(NumberError, match=r"\['layers'\]\[0\]\['kernel'\] of the image tower"):
        as_image_text_model(make_model(image=spoilt), "mine")


def test_a_tokenizer_that_no_site_can_hold_is_refused_before_anything_is_built():
    class Own:
        layout = make_model().tokenizer.layout

        def __call__(self, texts: list[str]) -> np.ndarray[Any, Any]:
            return np.zeros((len(texts), self.layout.max_length), np.int32)

    with pytest.raises(ModelError, match="mine: the tokenizer cannot be shipped: Own has no met"):
        as_image_text_model(make_model(tokenizer=Own()), "mine")

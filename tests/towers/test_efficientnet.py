"""EfficientNet-Lite0 and -Lite2 and their committed weights."""

from pathlib import Path
from typing import cast, get_args

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from PIL import Image

from builder.params import Params, flatten_params, load_params
from builder.towers.efficientnet import SIZES, EfficientNetLite, Variant

DATA = Path(__file__).parents[2] / "data"
GOLDENS = Path(__file__).parents[1] / "golden"


@pytest.fixture(scope="module", params=get_args(Variant))
def variant(request: pytest.FixtureRequest) -> Variant:
    return request.param


@pytest.fixture(scope="module")
def params(variant: Variant) -> Params:
    return load_params(DATA / f"models/mini/image_{variant}.npz")


def classify(variant: Variant, params: Params, images: jax.Array) -> tuple[jax.Array, jax.Array]:
    outputs = jax.jit(EfficientNetLite(variant).apply)({"params": params}, images)
    return cast("tuple[jax.Array, jax.Array]", outputs)


def open_image(name: str, size: int) -> np.ndarray:
    image = Image.open(DATA / "images" / name).convert("RGB")
    side = min(image.size)
    left, top = (image.width - side) // 2, (image.height - side) // 2
    square = image.crop((left, top, left + side, top + side)).resize((size, size))
    return np.asarray(square, np.float32) / 127.5 - 1


def test_the_committed_weights_are_exactly_the_parameters(variant: Variant, params: Params) -> None:
    image = jnp.zeros((1, 224, 224, 3))
    shapes = jax.eval_shape(EfficientNetLite(variant).init, jax.random.key(0), image)
    expected = cast("Params", shapes)["params"]
    named = jax.tree_util.tree_flatten_with_path(expected)[0]
    assert {"/".join(k.key for k in path): leaf.shape for path, leaf in named} == {
        name: leaf.shape for name, leaf in flatten_params(params).items()
    }


@pytest.mark.slow
def test_photographs_are_recognised(variant: Variant, params: Params) -> None:
    classes = {"panda.jpg": 388, "koala.jpg": 105, "polar-bear.jpg": 296, "dam.jpg": 525}
    images = jnp.stack([jnp.asarray(open_image(name, SIZES[variant])) for name in classes])
    features, logits = classify(variant, params, images)
    assert features.shape == (4, 1280)
    assert logits.argmax(axis=1).tolist() == list(classes.values())


@pytest.mark.slow
def test_an_image_does_not_depend_on_its_batch(variant: Variant, params: Params) -> None:
    names = ("panda.jpg", "dam.jpg")
    images = jnp.asarray(np.stack([open_image(name, SIZES[variant]) for name in names]))
    _, both = classify(variant, params, images)
    _, alone = classify(variant, params, images[1:])
    np.testing.assert_allclose(both[1:], alone, atol=1e-4)


def test_agrees_with_the_original_weights_in_pytorch(variant: Variant, params: Params) -> None:
    """The golden logits are those of the PyTorch weights in float32, padded as TensorFlow does.

    Those of lite2 are of the middle of the picture, whose sides become odd along the way.
    """
    with np.load(GOLDENS / "efficientnet_lite0.npz") as golden:
        image = golden["image"].astype(np.float32) / 127.5 - 1
    if variant == "lite2":
        image = image[:, 46:178, 46:178]
    with np.load(GOLDENS / f"efficientnet_{variant}.npz") as golden:
        expected = golden["logits"]
    _, logits = classify(variant, params, jnp.asarray(image))
    np.testing.assert_allclose(logits, expected, atol=0.1)

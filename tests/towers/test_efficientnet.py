"""EfficientNet-Lite0 and its committed weights."""

from pathlib import Path
from typing import cast

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from PIL import Image

from builder.params import Params, flatten_params, load_params
from builder.towers.efficientnet import EfficientNetLite0

DATA = Path(__file__).parents[2] / "data"
GOLDEN = Path(__file__).parents[1] / "golden/efficientnet_lite0.npz"
WEIGHTS = DATA / "models/mini/image.npz"


@pytest.fixture(scope="module")
def params() -> Params:
    return load_params(WEIGHTS)


def classify(params: Params, images: jax.Array) -> tuple[jax.Array, jax.Array]:
    outputs = jax.jit(EfficientNetLite0().apply)({"params": params}, images)
    return cast("tuple[jax.Array, jax.Array]", outputs)


def open_image(name: str) -> np.ndarray:
    image = Image.open(DATA / "images" / name).convert("RGB")
    side = min(image.size)
    left, top = (image.width - side) // 2, (image.height - side) // 2
    square = image.crop((left, top, left + side, top + side)).resize((224, 224))
    return np.asarray(square, np.float32) / 127.5 - 1


def test_the_committed_weights_are_exactly_the_parameters(params: Params) -> None:
    image = jnp.zeros((1, 224, 224, 3))
    shapes = jax.eval_shape(EfficientNetLite0().init, jax.random.key(0), image)
    expected = cast("Params", shapes)["params"]
    named = jax.tree_util.tree_flatten_with_path(expected)[0]
    assert {"/".join(k.key for k in path): leaf.shape for path, leaf in named} == {
        name: leaf.shape for name, leaf in flatten_params(params).items()
    }


def test_the_committed_weights_stay_small() -> None:
    assert WEIGHTS.stat().st_size <= 10_000_000


@pytest.mark.slow
def test_photographs_are_recognised(params: Params) -> None:
    classes = {"panda.jpg": 388, "koala.jpg": 105, "polar-bear.jpg": 296, "dam.jpg": 525}
    images = jnp.stack([jnp.asarray(open_image(name)) for name in classes])
    features, logits = classify(params, images)
    assert features.shape == (4, 1280)
    assert logits.argmax(axis=1).tolist() == list(classes.values())


@pytest.mark.slow
def test_an_image_does_not_depend_on_its_batch(params: Params) -> None:
    images = jnp.asarray(np.stack([open_image("panda.jpg"), open_image("dam.jpg")]))
    _, both = classify(params, images)
    _, alone = classify(params, images[1:])
    np.testing.assert_allclose(both[1:], alone, atol=1e-4)


def test_agrees_with_the_original_weights_in_pytorch(params: Params) -> None:
    """The golden logits are those of the PyTorch weights in float32, padded as TensorFlow does."""
    with np.load(GOLDEN) as golden:
        image, expected = golden["image"].astype(np.float32) / 127.5 - 1, golden["logits"]
    _, logits = classify(params, jnp.asarray(image))
    np.testing.assert_allclose(logits, expected, atol=0.1)

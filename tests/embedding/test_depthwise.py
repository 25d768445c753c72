"""Shifted products give what JAX's own depthwise convolutions do."""

from collections.abc import Sequence
from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax import lax

from builder.embedding.depthwise import shift_depthwise
from builder.embedding.devices import on_bytes, see_bytes
from builder.models.default import DEFAULT_MODELS

SHAPES = {
    "NHWC": (2, 9, 8, 6),
    "NCHW": (2, 6, 9, 8),
    "HWIO": (5, 3, 1, 6),
    "OIHW": (6, 1, 5, 3),
}


def _count(text: str) -> int:
    return text.count("conv_general_dilated[")


def _normal(*shape: int) -> jax.Array:
    return jnp.asarray(np.random.default_rng(0).standard_normal(shape).astype(np.float32))


@pytest.mark.parametrize("padding", ["SAME", "VALID", ((1, 2), (0, -1))])
@pytest.mark.parametrize("strides", [(1, 1), (2, 2), (3, 2)])
@pytest.mark.parametrize("layout", [("NHWC", "HWIO", "NHWC"), ("NCHW", "OIHW", "NHWC")])
def test_every_layout_stride_and_padding(
    padding: str | Sequence[tuple[int, int]], strides: tuple[int, int], layout: tuple[str, str, str]
):

    def convolve(x: jax.Array, kernel: jax.Array) -> jax.Array:
        return lax.conv_general_dilated(
            x, kernel, strides, padding, dimension_numbers=layout, feature_group_count=6
        )

    arguments = [_normal(*SHAPES[name]) for name in layout[:2]]
    shifted = shift_depthwise(convolve)
    assert _count(str(jax.make_jaxpr(shifted)(*arguments))) == 0
    np.testing.assert_allclose(shifted(*arguments), convolve(*arguments), atol=1e-5)


@pytest.mark.parametrize(
    "options",
    [
        {"features": 12, "feature_group_count": 6},  # two planes for each channel
        {"features": 6, "feature_group_count": 3},
        {"features": 6, "feature_group_count": 6, "kernel_dilation": 2},
        {"features": 5},
    ],
)
def test_other_convolutions_stay(options: Any):
    layer = nn.Conv(kernel_size=(3, 3), **options)
    x = _normal(1, 8, 8, 6)
    params = layer.init(jax.random.key(0), x)
    shifted = shift_depthwise(layer.apply)
    assert _count(str(jax.make_jaxpr(shifted)(params, x))) == 1
    np.testing.assert_array_equal(shifted(params, x), layer.apply(params, x))


def test_a_whole_tower_gives_the_same_rows():
    tower = DEFAULT_MODELS["mini-tiny"]().on_device.load_image()
    images = jnp.clip(_normal(2, 224, 224, 3), -1, 1)
    shifted = jax.jit(shift_depthwise(tower.apply))(tower.params, images)
    np.testing.assert_allclose(shifted, tower(np.asarray(images)), atol=1e-5)


def test_what_is_shipped_keeps_its_convolutions():
    tower = on_bytes(DEFAULT_MODELS["mini-tiny"]().on_device.load_image())
    pixels = np.zeros((1, 224, 224, 3), np.uint8)
    assert "feature_group_count=32" in str(jax.make_jaxpr(tower.apply)(tower.params, pixels))
    seeing, _ = see_bytes(DEFAULT_MODELS["mini-tiny"]().on_device.load_image())
    assert "feature_group_count=32" not in str(jax.make_jaxpr(seeing.apply)(seeing.params, pixels))

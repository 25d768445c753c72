"""FastViT, the image tower of MobileCLIP, for inference: each unit is one convolution.

Sources: "FastViT", https://arxiv.org/abs/2303.14189; "MobileCLIP", https://arxiv.org/abs/2311.17049;
timm 1.0 (fastvit.py).
"""

from dataclasses import dataclass

import flax.linen as nn
import jax
import jax.numpy as jnp

HEAD_COLUMNS = 32
"""Columns of one head of attention, in towers of all sizes."""

MLP_KERNEL = 7
"""Pixels of the convolution before a block's dense layers."""

_EPSILON = 1e-5


@dataclass(frozen=True)
class Stage:
    """Blocks of one resolution, which `downsample` halves first; sizes of kernels are in pixels.

    `mixer` is the kernel that mixes positions; None is attention. `position` is the kernel of
    conditional position encodings. `squeeze` is the width in the middle of squeeze-and-excitation
    after the first downsampling convolution. None leaves each of them out.
    """

    depth: int
    width: int
    mlp_dim: int
    mixer: int | None
    downsample: int | None
    squeeze: int | None
    position: int | None


class FastViT(nn.Module):
    """Stem, stages, a last convolution with squeeze-and-excitation, the mean, and a head.

    `width` is that of the stem, `features` and `squeeze` those of the last convolution.
    `num_classes=None` leaves the head out. `activate_downsample` has a GELU after the first
    convolution of each downsampling, and `layer_norm` layer norms before attention, where others
    have batch norms.
    """

    width: int
    stages: tuple[Stage, ...]
    features: int
    squeeze: int
    num_classes: int | None
    head_bias: bool = True
    activate_downsample: bool = True
    layer_norm: bool = False

    @nn.compact
    def __call__(self, images: jax.Array) -> jax.Array:
        """`float32[n, h, w, 3]` to `float32[n, num_classes]`, not yet normalised."""
        x = _gelu(_convolve(images, self.width, 3, "stem_0", strides=2))
        x = _gelu(_depthwise(x, self.width, 3, "stem_1", strides=2))
        x = _gelu(_convolve(x, self.width, 1, "stem_2"))
        for i, stage in enumerate(self.stages):
            x = self._run_stage(x, stage, f"stage_{i}")
        x = _depthwise(x, self.features, 3, "last")
        x = _gelu(_SqueezeExcite(self.squeeze, name="last_squeeze")(x)).mean(axis=(1, 2))
        if not self.num_classes:
            return x
        return nn.Dense(self.num_classes, use_bias=self.head_bias, name="head")(x)

    def _run_stage(self, x: jax.Array, stage: Stage, name: str) -> jax.Array:
        if stage.downsample is not None:
            x = _depthwise(x, stage.width, stage.downsample, f"{name}_downsample", strides=2)
            if stage.squeeze is not None:
                x = _SqueezeExcite(stage.squeeze, name=f"{name}_squeeze")(x)
            if self.activate_downsample:
                x = _gelu(x)
            x = _gelu(_convolve(x, stage.width, 1, f"{name}_widen"))
        if stage.position is not None:
            x = _depthwise(x, stage.width, stage.position, f"{name}_position")
        for i in range(stage.depth):
            x = _Block(stage, self.layer_norm, name=f"{name}_block_{i}")(x)
        return x


class _Block(nn.Module):
    """Mixing of positions, then a convolution and dense layers with a residual."""

    stage: Stage
    layer_norm: bool

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        """`[n, h, w, d] -> [n, h, w, d]`."""
        width = self.stage.width
        if self.stage.mixer is not None:
            # Its residual is part of the kernel.
            x = _depthwise(x, width, self.stage.mixer, "mixer")
        else:
            y = nn.LayerNorm(_EPSILON, name="norm")(x) if self.layer_norm else self._affine(x)
            x = x + self._scale("attention_scale") * _Attention(name="attention")(y)
        y = _depthwise(x, width, MLP_KERNEL, "mlp_convolution")
        y = _gelu(nn.Dense(self.stage.mlp_dim, name="mlp_in")(y))
        return x + self._scale("mlp_scale") * nn.Dense(width, name="mlp_out")(y)

    def _affine(self, x: jax.Array) -> jax.Array:
        """Batch normalization by the statistics of training."""
        bias = self.param("norm_bias", nn.initializers.zeros, (self.stage.width,))
        return x * self._scale("norm_scale") + bias

    def _scale(self, name: str) -> jax.Array:
        return self.param(name, nn.initializers.ones, (self.stage.width,))


class _Attention(nn.Module):
    """Self-attention of all positions; query, key and value have no biases."""

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        """`[n, h, w, d] -> [n, h, w, d]`."""
        n, h, w, d = x.shape
        parts = nn.Dense(3 * d, use_bias=False, name="qkv")(x.reshape(n, h * w, d))
        query, key, value = (
            part.reshape(n, h * w, d // HEAD_COLUMNS, HEAD_COLUMNS)
            for part in jnp.split(parts, 3, axis=-1)
        )
        y = nn.dot_product_attention(query, key, value).reshape(n, h, w, d)
        return nn.Dense(d, name="out")(y)


class _SqueezeExcite(nn.Module):
    """Channels weighted by what their means say: https://arxiv.org/abs/1709.01507."""

    width: int

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        """`[n, h, w, d] -> [n, h, w, d]`."""
        y = x.mean(axis=(1, 2), keepdims=True)
        y = nn.relu(nn.Dense(self.width, name="reduce")(y))
        return x * nn.sigmoid(nn.Dense(x.shape[-1], name="expand")(y))


def _convolve(
    x: jax.Array, features: int, size: int, name: str, *, strides: int = 1, groups: int = 1
) -> jax.Array:
    return nn.Conv(
        features,
        (size, size),
        strides,
        padding=size // 2,
        feature_group_count=groups,
        name=name,
    )(x)


def _depthwise(x: jax.Array, features: int, size: int, name: str, *, strides: int = 1) -> jax.Array:
    return _convolve(x, features, size, name, strides=strides, groups=x.shape[-1])


def _gelu(x: jax.Array) -> jax.Array:
    return nn.gelu(x, approximate=False)

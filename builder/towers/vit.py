"""The Vision Transformer as big_vision has it (models/vit.py), with the same parameter names.

Its options beyond those of big_vision make it the image tower of CLIP, SigLIP and ViT as
transformers and open_clip have them.

Source: "An Image is Worth 16x16 Words", https://arxiv.org/abs/2010.11929.
"""

import math
from typing import Literal

import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np
import scipy.ndimage

from builder.errors import ModelError
from builder.towers.architecture import ImagePool, PositionKind
from builder.towers.layers import EPSILON, Activation, Encoder, MAPHead, activate


class VisionTransformer(nn.Module):
    """Patches, encoder, pooling and head.

    `num_classes=None` leaves the head out. `positions` is how many position embeddings the weights
    have; a picture with another number of patches gets them resampled. By default they are those
    of the picture. "tok-gap" has a class token and averages the others. `pre_norm` is a LayerNorm
    before the blocks; `norm_after_pool` has the last one after pooling. `stem` are the columns and
    the side in pixels of convolutions of patches before the last one.
    """

    num_classes: int | None = None
    patch_size: tuple[int, int] = (16, 16)
    width: int = 768
    depth: int = 12
    mlp_dim: int | None = None
    num_heads: int = 12
    posemb: PositionKind = "learn"
    rep_size: int | bool = False
    pool_type: ImagePool | Literal["tok-gap"] = "gap"
    dtype_mm: str | None = None
    positions: int | None = None
    activation: Activation = "gelu_tanh"
    epsilon: float = EPSILON
    stem: tuple[tuple[int, int], ...] = ()
    patch_bias: bool = True
    pre_norm: bool = False
    norm_after_pool: bool = False
    head_bias: bool = True

    @nn.compact
    def __call__(self, images: jax.Array) -> jax.Array:
        """`float32[n, h, w, 3]` in [-1, 1] to `float32[n, num_classes]`, not yet normalised."""
        for i, (columns, side) in enumerate(self.stem):
            size = (side, side)
            stem = nn.Conv(columns, size, size, padding="VALID", name=f"stem_{i}")
            images = activate(self.activation, stem(images))
        x = nn.Conv(
            self.width,
            self.patch_size,
            strides=self.patch_size,
            padding="VALID",
            use_bias=self.patch_bias,
            dtype=self.dtype_mm,
            name="embedding",
        )(images)
        n, h, w, d = x.shape
        x = x.reshape(n, h * w, d) + self._embed_positions(h, w)
        if self.pool_type in ("tok", "tok-gap"):
            token = self.param("cls", nn.initializers.zeros, (1, 1, d))
            x = jnp.concatenate([jnp.tile(token, (n, 1, 1)), x], axis=1)
        if self.pre_norm:
            x = nn.LayerNorm(self.epsilon, name="pre_norm")(x)
        x = self._pool(self._encode(x))
        if self.norm_after_pool:
            x = nn.LayerNorm(self.epsilon, name="post_norm")(x)
        if self.rep_size:
            size = self.width if self.rep_size is True else self.rep_size
            x = nn.tanh(nn.Dense(size, name="pre_logits")(x))
        if not self.num_classes:
            return x
        return nn.Dense(self.num_classes, use_bias=self.head_bias, name="head")(x)

    def _encode(self, x: jax.Array) -> jax.Array:
        encoder = Encoder(
            self.depth,
            self.mlp_dim,
            self.num_heads,
            self.dtype_mm,
            self.activation,
            self.epsilon,
            final_norm=not self.norm_after_pool,
            name="Transformer",
        )
        return encoder(x)

    def _embed_positions(self, h: int, w: int) -> jax.Array:
        if self.posemb == "sincos2d":
            return _sincos_positions(h, w, self.width)
        init = nn.initializers.normal(stddev=self.width**-0.5)
        table = self.param("pos_embedding", init, (1, self.positions or h * w, self.width))
        return resample_positions(table, h, w)

    def _pool(self, x: jax.Array) -> jax.Array:
        match self.pool_type:
            case "gap":
                return x.mean(axis=1)
            case "tok" | "0":
                return x[:, 0]
            case "tok-gap":
                return x[:, 1:].mean(axis=1)
            case "map":
                head = MAPHead(
                    self.mlp_dim, self.num_heads, self.activation, self.epsilon, name="MAPHead_0"
                )
                return head(x)


def resample_positions(table: jax.Array, h: int, w: int) -> jax.Array:
    """Position embeddings `[1, n, d]` of a square grid for one of `h` x `w`: `[1, h * w, d]`.

    As big_vision's `resample_posemb`: scipy's `zoom` of order 1, which keeps the corners.

    Raises:
        ModelError: if their number is neither a square nor `h * w`.
    """
    _, n, d = table.shape
    if n == h * w:
        return table
    side = math.isqrt(n)
    if side**2 != n:
        raise ModelError(
            f"the picture makes {h} x {w} patches, but the model's {n} position embeddings are not"
            " a square that could be resampled. Use the size that the model was trained at."
        )
    grid = table.reshape(side, side, d)
    grid = jnp.einsum("ai,bj,ijd->abd", _zoom_matrix(side, h), _zoom_matrix(side, w), grid)
    return grid.reshape(1, h * w, d)


def _zoom_matrix(old: int, new: int) -> np.ndarray:
    # What zoom does to unit vectors is what it does to anything, since it is linear.
    identity = np.eye(old)
    return np.asarray(scipy.ndimage.zoom(identity, (new / old, 1), order=1), np.float32)


def _sincos_positions(h: int, w: int, width: int) -> jax.Array:
    """Fixed 2-D positions, `[1, h * w, width]`, as in MoCo v3, https://arxiv.org/abs/2104.02057."""
    quarter = width // 4
    frequencies = 10_000.0 ** -(jnp.arange(quarter) / (quarter - 1))
    y, x = jnp.mgrid[:h, :w]
    down, across = (jnp.outer(side.ravel(), frequencies) for side in (y, x))
    waves = [jnp.sin(across), jnp.cos(across), jnp.sin(down), jnp.cos(down)]
    return jnp.concatenate(waves, axis=1)[None]

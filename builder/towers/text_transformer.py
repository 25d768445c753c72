"""LiT's text tower: a transformer over token ids, pooled to one vector.

The layers, the parameter names and the defaults are those of big_vision
(models/proj/image_text/text_transformer.py), so that its checkpoints load
without renaming anything.
"""

from typing import Literal, cast

import flax.linen as nn
import jax
import jax.numpy as jnp

from builder.towers.npz import Params

Pool = Literal["last", "first", "mean", "max"]

_KERNEL_INIT = nn.initializers.xavier_uniform()
_BIAS_INIT = nn.initializers.normal(stddev=1e-6)


class MlpBlock(nn.Module):
    """Two dense layers with a tanh-approximated GELU between."""

    mlp_dim: int

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        """`[n, l, d] -> [n, l, d]`."""
        width = x.shape[-1]
        x = nn.Dense(self.mlp_dim, kernel_init=_KERNEL_INIT, bias_init=_BIAS_INIT)(x)
        x = nn.gelu(x)
        return nn.Dense(width, kernel_init=_KERNEL_INIT, bias_init=_BIAS_INIT)(x)


class EncoderBlock(nn.Module):
    """Pre-norm self-attention, then a pre-norm MLP, each with a residual."""

    mlp_dim: int
    num_heads: int

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        """`[n, l, d] -> [n, l, d]`."""
        y = nn.LayerNorm()(x)
        x = x + nn.MultiHeadDotProductAttention(self.num_heads, kernel_init=_KERNEL_INIT)(y, y)
        return x + MlpBlock(self.mlp_dim)(nn.LayerNorm()(x))


class Encoder(nn.Module):
    """A stack of blocks and a final LayerNorm."""

    depth: int
    mlp_dim: int
    num_heads: int

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        """`[n, l, d] -> [n, l, d]`."""
        for i in range(self.depth):
            x = EncoderBlock(self.mlp_dim, self.num_heads, name=f"encoderblock_{i}")(x)
        return nn.LayerNorm(name="encoder_norm")(x)


class TextTransformer(nn.Module):
    """Token embedding, encoder, pooling and head.

    Padding is not masked: LiT fills a prompt with its end token, whose
    embedding is trained like any other. `num_classes=None` leaves the head
    out, so that the output has `width` columns.
    """

    num_classes: int | None
    width: int = 512
    depth: int = 12
    mlp_dim: int = 2048
    num_heads: int = 8
    vocab_size: int = 32_000
    pool_type: Pool = "last"

    @nn.compact
    def __call__(self, tokens: jax.Array) -> jax.Array:
        """Token ids `int32[n, l]` to `float32[n, num_classes]`, not yet normalised."""
        x = nn.Embed(self.vocab_size, self.width, name="Embed_0")(tokens)
        position_init = nn.initializers.normal(stddev=self.width**-0.5)
        x = x + self.param("pos_embedding", position_init, (1, x.shape[1], self.width))
        x = Encoder(self.depth, self.mlp_dim, self.num_heads, name="Encoder_0")(x)
        x = _pool(x, self.pool_type)
        return x if self.num_classes is None else nn.Dense(self.num_classes, name="head")(x)


def embed_tokens(tower: TextTransformer, params: Params, tokens: jax.Array) -> jax.Array:
    """ztxt: unit rows `float32[n, num_classes]` of token ids `int32[n, l]`."""
    return l2_normalize(cast("jax.Array", tower.apply({"params": params}, tokens)))


def l2_normalize(x: jax.Array) -> jax.Array:
    """Unit rows, `[n, d] -> [n, d]`, with big_vision's guard against division by zero."""
    return x / (jnp.linalg.norm(x, axis=1, keepdims=True) + 1e-8)


def _pool(x: jax.Array, pool_type: Pool) -> jax.Array:
    match pool_type:
        case "last":
            return x[:, -1]
        case "first":
            return x[:, 0]
        case "mean":
            return x.mean(axis=1)
        case "max":
            return x.max(axis=1)

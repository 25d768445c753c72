"""BERT as a text tower: the class token's last state and a dense head.

The layers and parameter names are those of flaxformer's `BertEncoder` as big_vision wraps it
(models/proj/flaxformer/bert.py). Source: "BERT", https://arxiv.org/abs/1810.04805.
"""

from collections.abc import Sequence
from typing import ClassVar

import flax.linen as nn
import jax
import jax.numpy as jnp

from builder.errors import ModelError
from builder.towers.architecture import BertSize
from builder.towers.layers import Embed

_INIT = nn.initializers.truncated_normal(stddev=0.02)
_MASKED = -1e10


class BertTower(nn.Module):
    """The encoder and a head on its first token. `num_classes=None` leaves the head out."""

    num_classes: int | None
    size: BertSize

    token_table: ClassVar[tuple[str, ...]] = (
        *("BertEncoder_0", "embedder", "embedders_token_ids", "embedding"),
    )
    fixed_tokens: ClassVar[int] = 1

    def keep_tokens(self, kept: Sequence[int]) -> "BertTower":
        """The tower for a table of these rows."""
        return self.clone(size=self.size.model_copy(update={"vocab_size": len(kept)}))

    @nn.compact
    def __call__(self, tokens: jax.Array) -> jax.Array:
        """Token ids `int32[n, l]`, 0 for padding, to `float32[n, num_classes]`, not normalised."""
        x = _BertEncoder(self.size, name="BertEncoder_0")(tokens)[:, 0]
        return nn.Dense(self.num_classes, name="head")(x) if self.num_classes else x


class _BertEncoder(nn.Module):
    size: BertSize

    @nn.compact
    def __call__(self, tokens: jax.Array) -> jax.Array:
        """`int32[n, l] -> [n, l, d]`; padding is attended to by padding only."""
        if tokens.shape[1] > self.size.max_length:
            raise ModelError(
                f"{tokens.shape[1]} tokens are too many for a text tower with"
                f" {self.size.max_length} positions."
            )
        x = _layer_norm(self.size)(_Embedder(self.size, name="embedder")(tokens))
        real = tokens > 0
        mask = real[:, None, :, None] & real[:, None, None, :]
        return _EncoderBlock(self.size, name="encoder_block")(x, mask)


class _Embedder(nn.Module):
    size: BertSize

    @nn.compact
    def __call__(self, tokens: jax.Array) -> jax.Array:
        """What a token, its place and segment 0 stand for, summed: `int32[n, l] -> [n, l, d]`."""
        positions = jnp.arange(tokens.shape[1])[None]
        return (
            self._embed("token", self.size.vocab_size)(tokens)
            + self._embed("position", self.size.max_length)(positions)
            + self._embed("segment", self.size.num_segments)(jnp.zeros_like(positions))
        )

    def _embed(self, kind: str, entries: int) -> Embed:
        return Embed(
            entries, self.size.hidden_size, embedding_init=_INIT, name=f"embedders_{kind}_ids"
        )


class _EncoderBlock(nn.Module):
    size: BertSize

    @nn.compact
    def __call__(self, x: jax.Array, mask: jax.Array) -> jax.Array:
        return _LayerSequence(self.size, name="layer_sequence")(x, mask)


class _LayerSequence(nn.Module):
    size: BertSize

    @nn.compact
    def __call__(self, x: jax.Array, mask: jax.Array) -> jax.Array:
        for i in range(self.size.num_hidden_layers):
            x = _Layer(self.size, name=f"layers_{i}")(x, mask)
        return x


class _Layer(nn.Module):
    size: BertSize

    @nn.compact
    def __call__(self, x: jax.Array, mask: jax.Array) -> jax.Array:
        x = _AttentionBlock(self.size, name="attention_block")(x, mask)
        return _MlpBlock(self.size, name="mlp_block")(x)


class _AttentionBlock(nn.Module):
    size: BertSize

    @nn.compact
    def __call__(self, x: jax.Array, mask: jax.Array) -> jax.Array:
        y = _Attention(self.size, name="attention_layer")(x, mask)
        return _layer_norm(self.size)(x + _dense(self.size.hidden_size)(y))


class _Attention(nn.Module):
    """Multi-head attention; a kernel is `[d, d]`, its heads side by side."""

    size: BertSize

    @nn.compact
    def __call__(self, x: jax.Array, mask: jax.Array) -> jax.Array:
        n, length, d = x.shape
        heads = self.size.num_attention_heads
        query, key, value = (
            _dense(d, name)(x).reshape(n, length, heads, d // heads)
            for name in ("query", "key", "value")
        )
        scores = jnp.einsum("nqhd,nkhd->nhqk", query / (d // heads) ** 0.5, key)
        weights = nn.softmax(jnp.where(mask, scores, _MASKED))
        return jnp.einsum("nhqk,nkhd->nqhd", weights, value).reshape(n, length, d)


class _MlpBlock(nn.Module):
    size: BertSize

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        y = _Mlp(self.size, name="mlp")(x)
        return _layer_norm(self.size)(x + _dense(self.size.hidden_size)(y))


class _Mlp(nn.Module):
    size: BertSize

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        return nn.gelu(_dense(self.size.intermediate_dim)(x))


def _dense(features: int, name: str = "dense_layer") -> nn.Dense:
    return nn.Dense(features, kernel_init=_INIT, name=name)


def _layer_norm(size: BertSize) -> nn.LayerNorm:
    return nn.LayerNorm(size.layer_norm_epsilon, name="layer_norm")

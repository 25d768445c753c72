"""BERT, RoBERTa and XLM-R as transformers has them, as text towers of two-tower models.

Sources: "BERT", https://arxiv.org/abs/1810.04805; "RoBERTa", https://arxiv.org/abs/1907.11692; the
modelling files of transformers. `builder.towers.bert` is BERT as flaxformer has it: it has GELU by
tanh, and other names of parameters.
"""

from collections.abc import Sequence
from typing import ClassVar, Literal

import flax.linen as nn
import jax
import jax.numpy as jnp

from builder.towers.layers import Activation, Embed, activate
from builder.towers.modules import place_of

Pool = Literal["first", "pooler", "mean", "normed-first"]
"""How a text becomes one row: its first position as it is, or through BERT's pooler (dense and
tanh), or the mean of all that is no padding, or, in AltCLIP, the first after another LayerNorm."""


class PostNormTower(nn.Module):
    """Embeddings, blocks whose norms come after each residual, pooling, and dense layers.

    `first_position` is the row of the position table that the first token has; with RoBERTa's
    counting, padding does not count and has the row of its own id. `heads` are the widths of the
    dense layers after pooling, `head_biases` says which have biases; between two of them is a GELU
    if `gelu_between`.
    """

    width: int
    depth: int
    mlp_dim: int
    num_heads: int
    vocab_size: int
    positions: int
    segments: int
    pad_id: int
    counts_tokens: bool
    pool: Pool
    heads: tuple[int, ...]
    head_biases: tuple[bool, ...]
    gelu_between: bool = False
    activation: Activation = "gelu"
    epsilon: float = 1e-12

    token_table: ClassVar[tuple[str, ...]] = ("tokens", "embedding")

    @property
    def fixed_tokens(self) -> int:
        """Those up to padding, where positions are counted from its id."""
        return self.pad_id + 1 if self.counts_tokens else 0

    def keep_tokens(self, kept: Sequence[int]) -> "PostNormTower":
        """The tower for a table of these rows."""
        return self.clone(vocab_size=len(kept), pad_id=place_of(self.pad_id, kept))

    @nn.compact
    def __call__(self, tokens: jax.Array) -> jax.Array:
        """Token ids `int32[n, l]` to `float32[n, heads[-1]]`, not yet normalised."""
        real = tokens != self.pad_id
        x = self._embed(tokens, real)
        for i in range(self.depth):
            x = _Block(
                self.mlp_dim, self.num_heads, self.activation, self.epsilon, name=f"block_{i}"
            )(x, real[:, None, None, :])
        x = self._pool(x, real)
        for i, (size, bias) in enumerate(zip(self.heads, self.head_biases, strict=True)):
            if i and self.gelu_between:
                x = activate("gelu", x)
            x = nn.Dense(size, use_bias=bias, name=f"head_{i}")(x)
        return x

    def _embed(self, tokens: jax.Array, real: jax.Array) -> jax.Array:
        if self.counts_tokens:
            places = jnp.cumsum(real.astype(jnp.int32), axis=1) * real + self.pad_id
        else:
            places = jnp.arange(tokens.shape[1])[None]
        segment = self.param("segments", nn.initializers.normal(0.02), (self.segments, self.width))
        x = Embed(self.vocab_size, self.width, name="tokens")(tokens) + segment[0]
        x = x + Embed(self.positions, self.width, name="positions")(places)
        return nn.LayerNorm(self.epsilon, name="embedding_norm")(x)

    def _pool(self, x: jax.Array, real: jax.Array) -> jax.Array:
        match self.pool:
            case "first":
                return x[:, 0]
            case "pooler":
                return nn.tanh(nn.Dense(self.width, name="pooler")(x[:, 0]))
            case "normed-first":
                return nn.LayerNorm(self.epsilon, name="last_norm")(x[:, 0])
            case "mean":
                weight = real[:, :, None].astype(x.dtype)
                return (x * weight).sum(axis=1) / weight.sum(axis=1)


class _Block(nn.Module):
    mlp_dim: int
    num_heads: int
    activation: Activation
    epsilon: float

    @nn.compact
    def __call__(self, x: jax.Array, mask: jax.Array) -> jax.Array:
        """`[n, l, d] -> [n, l, d]`; `mask` is bool[n, 1, 1, l], what may be attended to."""
        attention = nn.MultiHeadDotProductAttention(self.num_heads, name="attention")
        x = nn.LayerNorm(self.epsilon, name="attention_norm")(x + attention(x, x, mask=mask))
        y = activate(self.activation, nn.Dense(self.mlp_dim, name="mlp_in")(x))
        y = nn.Dense(x.shape[-1], name="mlp_out")(y)
        return nn.LayerNorm(self.epsilon, name="mlp_norm")(x + y)

"""The layers that big_vision's image and text towers share.

Layers, parameter names, initializers and defaults are those of big_vision (models/vit.py), so that
its checkpoints load without renaming anything. `dtype` is what matrices are multiplied in
(big_vision's `dtype_mm`); None takes that of the parameters and inputs.
"""

import flax.linen as nn
import jax
import jax.numpy as jnp

_KERNEL_INIT = nn.initializers.xavier_uniform()
_BIAS_INIT = nn.initializers.normal(stddev=1e-6)


class MlpBlock(nn.Module):
    """Two dense layers with a tanh-approximated GELU between; `mlp_dim=None` is four widths."""

    mlp_dim: int | None
    dtype: str | None = None

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        """`[n, l, d] -> [n, l, d]`."""
        width = x.shape[-1]
        x = self._dense(self.mlp_dim or 4 * width, "Dense_0")(x)
        return self._dense(width, "Dense_1")(nn.gelu(x))

    def _dense(self, features: int, name: str) -> nn.Dense:
        return nn.Dense(
            features, dtype=self.dtype, kernel_init=_KERNEL_INIT, bias_init=_BIAS_INIT, name=name
        )


class EncoderBlock(nn.Module):
    """Pre-norm self-attention, then a pre-norm MLP, each with a residual."""

    mlp_dim: int | None
    num_heads: int
    dtype: str | None = None

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        """`[n, l, d] -> [n, l, d]`."""
        y = nn.LayerNorm()(x)
        x = x + nn.MultiHeadDotProductAttention(
            self.num_heads, dtype=self.dtype, kernel_init=_KERNEL_INIT
        )(y, y)
        return x + MlpBlock(self.mlp_dim, self.dtype)(nn.LayerNorm()(x))


class Encoder(nn.Module):
    """A stack of blocks and a final LayerNorm."""

    depth: int
    mlp_dim: int | None
    num_heads: int
    dtype: str | None = None

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        """`[n, l, d] -> [n, l, d]`."""
        for i in range(self.depth):
            block = EncoderBlock(self.mlp_dim, self.num_heads, self.dtype, name=f"encoderblock_{i}")
            x = block(x)
        return nn.LayerNorm(name="encoder_norm")(x)


class MAPHead(nn.Module):
    """Multi-head attention pooling: one learned query attends to the sequence, then an MLP.

    Source: "Scaling Vision Transformers", https://arxiv.org/abs/2106.04560.
    """

    mlp_dim: int | None
    num_heads: int

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        """`[n, l, d] -> [n, d]`."""
        n, _, d = x.shape
        probe = self.param("probe", _KERNEL_INIT, (1, 1, d))
        x = nn.MultiHeadDotProductAttention(self.num_heads, kernel_init=_KERNEL_INIT)(
            jnp.tile(probe, (n, 1, 1)), x
        )
        x = x + MlpBlock(self.mlp_dim)(nn.LayerNorm()(x))
        return x[:, 0]


def l2_normalize(x: jax.Array) -> jax.Array:
    """Unit rows, `[n, d] -> [n, d]`, with big_vision's guard against division by zero."""
    return x / (jnp.linalg.norm(x, axis=1, keepdims=True) + 1e-8)


class Embed(nn.Embed):
    """Rows of a table by token id; an id beyond the table gives the last row.

    Flax gives NaN there, which costs an exported graph a test of every id. Tokenizers make none
    such.
    """

    def __call__(self, inputs: jax.Array) -> jax.Array:
        """Ids `int32[...]` to `float32[..., features]`."""
        return jnp.take(self.embedding, inputs, axis=0, mode="clip")

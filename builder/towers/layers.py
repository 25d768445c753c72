"""The layers that image and text towers of all families share.

Layers, parameter names, initializers and defaults are those of big_vision (models/vit.py), so that
its checkpoints load without renaming anything. `dtype` is what matrices are multiplied in
(big_vision's `dtype_mm`); None takes that of the parameters and inputs. `activation` and `epsilon`,
that of layer norms, differ in other families.
"""

from typing import Literal

import flax.linen as nn
import jax
import jax.numpy as jnp

_KERNEL_INIT = nn.initializers.xavier_uniform()
EPSILON = 1e-6
_BIAS_INIT = nn.initializers.normal(stddev=1e-6)


Activation = Literal["gelu", "gelu_tanh", "quick_gelu", "relu"]
"""GELU exactly, by tanh, or as x * sigmoid(1.702 x) (https://arxiv.org/abs/1606.08415)."""


def activate(name: Activation, x: jax.Array) -> jax.Array:
    """`[...] -> [...]`."""
    match name:
        case "gelu":
            return nn.gelu(x, approximate=False)
        case "gelu_tanh":
            return nn.gelu(x)
        case "quick_gelu":
            return x * nn.sigmoid(1.702 * x)
        case "relu":
            return nn.relu(x)


class MlpBlock(nn.Module):
    """Two dense layers with an activation between; `mlp_dim=None` is four widths."""

    mlp_dim: int | None
    dtype: str | None = None
    activation: Activation = "gelu_tanh"

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        """`[n, l, d] -> [n, l, d]`."""
        width = x.shape[-1]
        x = self._dense(self.mlp_dim or 4 * width, "Dense_0")(x)
        return self._dense(width, "Dense_1")(activate(self.activation, x))

    def _dense(self, features: int, name: str) -> nn.Dense:
        return nn.Dense(
            features, dtype=self.dtype, kernel_init=_KERNEL_INIT, bias_init=_BIAS_INIT, name=name
        )


class EncoderBlock(nn.Module):
    """Pre-norm self-attention, then a pre-norm MLP, each with a residual."""

    mlp_dim: int | None
    num_heads: int
    dtype: str | None = None
    activation: Activation = "gelu_tanh"
    epsilon: float = EPSILON

    @nn.compact
    def __call__(self, x: jax.Array, mask: jax.Array | None = None) -> jax.Array:
        """`[n, l, d] -> [n, l, d]`; the mask `bool[1, 1, l, l]` says who attends to whom."""
        y = nn.LayerNorm(self.epsilon)(x)
        x = x + nn.MultiHeadDotProductAttention(
            self.num_heads, dtype=self.dtype, kernel_init=_KERNEL_INIT
        )(y, y, mask=mask)
        mlp = MlpBlock(self.mlp_dim, self.dtype, self.activation)
        return x + mlp(nn.LayerNorm(self.epsilon)(x))


class Encoder(nn.Module):
    """A stack of blocks and a final LayerNorm, which `final_norm=False` leaves to the caller."""

    depth: int
    mlp_dim: int | None
    num_heads: int
    dtype: str | None = None
    activation: Activation = "gelu_tanh"
    epsilon: float = EPSILON
    final_norm: bool = True

    @nn.compact
    def __call__(self, x: jax.Array, mask: jax.Array | None = None) -> jax.Array:
        """`[n, l, d] -> [n, l, d]`."""
        for i in range(self.depth):
            block = EncoderBlock(
                self.mlp_dim,
                self.num_heads,
                self.dtype,
                self.activation,
                self.epsilon,
                name=f"encoderblock_{i}",
            )
            x = block(x, mask)
        return nn.LayerNorm(self.epsilon, name="encoder_norm")(x) if self.final_norm else x


class MAPHead(nn.Module):
    """Multi-head attention pooling: one learned query attends to the sequence, then an MLP.

    Source: "Scaling Vision Transformers", https://arxiv.org/abs/2106.04560.
    """

    mlp_dim: int | None
    num_heads: int
    activation: Activation = "gelu_tanh"
    epsilon: float = EPSILON

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        """`[n, l, d] -> [n, d]`."""
        n, _, d = x.shape
        probe = self.param("probe", _KERNEL_INIT, (1, 1, d))
        x = nn.MultiHeadDotProductAttention(self.num_heads, kernel_init=_KERNEL_INIT)(
            jnp.tile(probe, (n, 1, 1)), x
        )
        mlp = MlpBlock(self.mlp_dim, activation=self.activation)
        x = x + mlp(nn.LayerNorm(self.epsilon)(x))
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

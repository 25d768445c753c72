"""Small models of the kinds in common use, whole, as functions of any number of examples."""

# pyright: reportUnknownLambdaType=false

from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp

from tests.tfjs.functions import Function, random_params


class _Encoder(nn.Module):
    """A block with attention, its norms before (ViT) or after (BERT) the two branches."""

    norm_first: bool = True

    @nn.compact
    def __call__(self, x: jax.Array, mask: jax.Array | None = None) -> jax.Array:
        attention = nn.MultiHeadDotProductAttention(num_heads=2)
        for branch in (lambda y: attention(y, mask=mask), self._mlp):
            if self.norm_first:
                x = x + branch(nn.LayerNorm()(x))
            else:
                x = nn.LayerNorm(epsilon=1e-12)(x + branch(x))
        return x

    def _mlp(self, x: jax.Array) -> jax.Array:
        return nn.Dense(8)(nn.gelu(nn.Dense(16)(x), approximate=self.norm_first))


class _Vit(nn.Module):
    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        x = nn.Conv(8, (3, 4), strides=(3, 4), padding="VALID")(x)
        x = x.reshape(x.shape[0], 6, 8)
        token = self.param("token", nn.initializers.normal(), (1, 1, 8))
        x = jnp.concatenate([jnp.tile(token, (x.shape[0], 1, 1)), x], axis=1)
        x = x + self.param("positions", nn.initializers.normal(), (1, 7, 8))
        for _ in range(2):
            x = _Encoder()(x)
        return nn.Dense(3)(nn.LayerNorm()(x)[:, 0])


class _Bert(nn.Module):
    @nn.compact
    def __call__(self, tokens: jax.Array) -> tuple[jax.Array, jax.Array]:
        x = nn.Embed(5, 8)(tokens) + nn.Embed(4, 8)(jnp.arange(tokens.shape[1])[None])
        mask = nn.make_attention_mask(tokens > 0, tokens > 0)
        x = _Encoder(norm_first=False)(nn.LayerNorm(epsilon=1e-12)(x), mask)
        return x, jnp.tanh(nn.Dense(8)(x[:, 0]))


class _Mixer(nn.Module):
    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        y = nn.LayerNorm()(x).swapaxes(1, 2)
        y = nn.Dense(6)(nn.gelu(nn.Dense(12)(y)))
        x = x + y.swapaxes(1, 2)
        x = x + nn.Dense(8)(nn.gelu(nn.Dense(16)(nn.LayerNorm()(x))))
        return nn.Dense(3)(x.mean(axis=1))


class _ResNet(nn.Module):
    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        def conv(x: jax.Array, kernel: int, strides: int) -> jax.Array:
            y = nn.Conv(8, (kernel, kernel), strides, use_bias=False)(x)
            return nn.BatchNorm(use_running_average=True)(y)

        x = nn.max_pool(nn.relu(conv(x, 3, 1)), (3, 3), (2, 2), "SAME")
        y = conv(nn.relu(conv(x, 3, 2)), 3, 1)
        return nn.Dense(3)(nn.relu(y + conv(x, 1, 2)).mean(axis=(1, 2)))


class _Gru(nn.Module):
    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        states: Any = nn.Bidirectional(nn.RNN(nn.GRUCell(5)), nn.RNN(nn.GRUCell(5)))(x)
        return states.mean(axis=1)


class _Lstm(nn.Module):
    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        states: Any = nn.RNN(nn.OptimizedLSTMCell(5))(x)
        return nn.Dense(2)(states[:, -1])


def _model(name: str, module: nn.Module, shape: str, dtype: str = "float32") -> Function:
    """A module with random parameters and statistics."""
    function = Function(name, lambda x: x, ((shape, dtype),))
    params = random_params(module, jnp.asarray(function.arrays()["x0"]))
    return Function(name, lambda x: module.apply(params, x), function.inputs)


MODELS = [
    _model("vit", _Vit(), "(b,9,8,3)"),
    _model("bert", _Bert(), "(b,4)", "int32"),
    _model("mixer", _Mixer(), "(b,6,8)"),
    _model("resnet", _ResNet(), "(b,9,8,3)"),
    _model("lstm", _Lstm(), "(b,6,8)"),
    _model("gru", _Gru(), "(b,6,8)"),
]

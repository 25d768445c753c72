"""The models that both converters convert: functions of parameters and one input."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np

from builder.params import Params
from builder.tfjs.graph import Array
from builder.towers.layers import EncoderBlock
from builder.towers.text_transformer import TextTransformer, embed_tokens

ANY = 3
"""The size given to a symbolic batch when a model is run."""


@dataclass(frozen=True)
class Model:
    """`apply(params, x)` gives one output or a tuple; a size of None in `shape` is symbolic.

    `ids` is the number of token ids when `x` is int32, else `x` is float32.
    """

    name: str
    apply: Callable[[Any, Any], Any]
    make_params: Callable[[], Params]
    shape: tuple[int | None, ...]
    ids: int | None = None

    @property
    def dtype(self) -> type[np.generic]:
        """Of the input."""
        return np.float32 if self.ids is None else np.int32

    @property
    def polymorphic_shapes(self) -> list[str] | None:
        """As convert_jax takes them."""
        return ["(b, ...)"] if None in self.shape else None

    def make_input(self) -> Array:
        """The same random input in every process."""
        rng = np.random.default_rng(1)
        shape = [size or ANY for size in self.shape]
        values = rng.normal(size=shape) if self.ids is None else rng.integers(0, self.ids, shape)
        return values.astype(self.dtype)


class Mlp(nn.Module):
    """Three dense layers."""

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        for width in (64, 64):
            x = nn.relu(nn.Dense(width)(x))
        return nn.Dense(10)(x)


class MnistCnn(nn.Module):
    """The network of Flax's MNIST example."""

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        for features in (32, 64):
            x = nn.relu(nn.Conv(features, (3, 3))(x))
            x = nn.avg_pool(x, (2, 2), (2, 2))
        x = nn.relu(nn.Dense(256)(x.reshape(x.shape[0], -1)))
        return nn.Dense(10)(x)


class Depthwise(nn.Module):
    """A strided convolution, then a depthwise and a pointwise one, as in MobileNet."""

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        x = nn.relu6(nn.Conv(8, (3, 3), strides=2, padding="SAME")(x))
        x = nn.relu6(nn.Conv(8, (3, 3), padding="SAME", feature_group_count=8)(x))
        return nn.Conv(16, (1, 1))(x)


class MixerBlock(nn.Module):
    """MLP-Mixer's: one MLP over tokens, one over channels."""

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        y = jnp.swapaxes(nn.LayerNorm()(x), 1, 2)
        y = nn.Dense(x.shape[1])(nn.gelu(nn.Dense(32)(y)))
        x = x + jnp.swapaxes(y, 1, 2)
        return x + nn.Dense(x.shape[2])(nn.gelu(nn.Dense(64)(nn.LayerNorm()(x))))


class ResNetBlock(nn.Module):
    """Two convolutions with batch norms, and a projected residual."""

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        def norm(y: jax.Array) -> jax.Array:
            return nn.BatchNorm(use_running_average=True)(y)

        y = nn.relu(norm(nn.Conv(16, (3, 3), strides=2, use_bias=False)(x)))
        y = norm(nn.Conv(16, (3, 3), use_bias=False)(y))
        return nn.relu(y + norm(nn.Conv(16, (1, 1), strides=2, use_bias=False)(x)))


class LastState(nn.Module):
    """The last output of a recurrent cell over a sequence."""

    cell: nn.RNNCellBase

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        states: Any = nn.RNN(self.cell)(x)
        return states[:, -1]


class MeanEmbedding(nn.Module):
    """A bag of words."""

    @nn.compact
    def __call__(self, tokens: jax.Array) -> jax.Array:
        return nn.Embed(1000, 32)(tokens).mean(axis=1)


def _module(
    name: str, module: nn.Module, *shapes: tuple[int | None, ...], ids: int | None = None
) -> list[Model]:
    """A Flax module, once for each input shape."""

    def make_params() -> Params:
        x = jnp.zeros([size or 1 for size in shapes[0]], jnp.float32 if ids is None else jnp.int32)
        rng = np.random.default_rng(0)

        # Flax starts biases and statistics at 0 and 1, which would hide what they do.
        def vary(leaf: jax.Array) -> Array:
            noise = rng.uniform(0, 0.2, leaf.shape) if leaf.ndim == 1 else 0
            return np.asarray(leaf + noise, np.float32)

        return jax.tree.map(vary, module.init(jax.random.key(0), x))

    return [Model(name, module.apply, make_params, shape, ids) for shape in shapes]


def _scores(name: str, pick: Callable[[jax.Array], Any], *, rows: int | None = ANY) -> Model:
    """Something picked from the scores of 12 rows, as retrieval does."""

    def make_params() -> Params:
        return {"rows": np.random.default_rng(0).normal(size=(12, 8)).astype(np.float32)}

    return Model(name, lambda params, x: pick(x @ params["rows"].T), make_params, (rows, 8))


def _tower(name: str, tower: TextTransformer, *batches: int | None) -> list[Model]:
    """A LiT text tower on prompts of 16 tokens, its rows normalised."""
    shapes = [(batch, 16) for batch in batches]
    models = _module(name, tower, *shapes, ids=tower.vocab_size)

    def apply(variables: Any, tokens: Any) -> jax.Array:
        return embed_tokens(tower, variables["params"], tokens)

    return [Model(m.name, apply, m.make_params, m.shape, m.ids) for m in models]


def _lit_ti(depth: int) -> TextTransformer:
    return TextTransformer(192, width=192, depth=depth, mlp_dim=768, num_heads=3, vocab_size=16_000)


def _prod(params: Any, xs: Any) -> jax.Array:
    return jnp.sum(params["weight"] * xs, axis=-1)


def _prod_params() -> Params:
    return {"weight": np.array([0.5, 1], np.float32)}


MODELS = [
    *(Model("prod, of the blog post", _prod, _prod_params, (rows, 2)) for rows in (ANY, None)),
    *_module("MLP", Mlp(), (1, 20), (None, 20)),
    *_module("Flax MNIST CNN", MnistCnn(), (1, 28, 28, 1), (None, 28, 28, 1)),
    *_module("Conv SAME, depthwise", Depthwise(), (1, 17, 16, 3), (None, 17, 16, 3)),
    *_module("ResNet block", ResNetBlock(), (1, 16, 16, 8), (None, 16, 16, 8)),
    *_module("MLP-Mixer block", MixerBlock(), (1, 16, 24), (None, 16, 24)),
    *_module("Attention block", EncoderBlock(64, 4), (1, 10, 32), (None, 10, 32)),
    *_module("LSTM, 8 steps", LastState(nn.LSTMCell(16)), (1, 8, 12)),
    *_module("GRU, 8 steps", LastState(nn.GRUCell(16)), (1, 8, 12)),
    *_module("Embedding, mean", MeanEmbedding(), (1, 16), (None, 16), ids=1000),
    _scores("top_k", lambda scores: jax.lax.top_k(scores, 3)),
    _scores("sort", lambda scores: jnp.sort(scores, axis=-1)),
    _scores("argsort", lambda scores: jnp.argsort(scores, axis=-1)),
    _scores("argmax", lambda scores: jnp.argmax(scores, axis=-1)),
    _scores("argmax", lambda scores: jnp.argmax(scores, axis=-1), rows=None),
    *_tower("LiT text tower, 2 layers of 32", TextTransformer(
        32, width=32, depth=2, mlp_dim=64, num_heads=2, vocab_size=500), 1, None),
    *_tower("LiT text tower, 2 layers of 192", _lit_ti(2), 5, None),
    *_tower("LiT-L16Ti text tower, 12 layers", _lit_ti(12), 5),
]  # fmt: skip

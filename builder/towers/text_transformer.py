"""LiT's text tower: a transformer over token ids, pooled to one vector.

The layers, the parameter names and the defaults are those of big_vision
(models/proj/image_text/text_transformer.py), so that its checkpoints load
without renaming anything.
"""

from typing import cast

import flax.linen as nn
import jax

from builder.errors import ModelError
from builder.params import Params
from builder.towers.architecture import TextPool
from builder.towers.layers import Embed, Encoder, MAPHead, l2_normalize


class TextTransformer(nn.Module):
    """Token embedding, encoder, pooling and head.

    Padding is not masked: LiT fills a prompt with its end token, whose
    embedding is trained like any other. `num_classes=None` leaves the head
    out, so that the output has `width` columns.
    """

    num_classes: int | None
    width: int = 512
    depth: int = 12
    mlp_dim: int | None = 2048
    num_heads: int = 8
    vocab_size: int = 32_000
    pool_type: TextPool = "last"

    @nn.compact
    def __call__(self, tokens: jax.Array) -> jax.Array:
        """Token ids `int32[n, l]` to `float32[n, num_classes]`, not yet normalised."""
        x = Embed(self.vocab_size, self.width, name="Embed_0")(tokens)
        x = x + self._positions(x.shape[1])
        x = Encoder(self.depth, self.mlp_dim, self.num_heads, name="Encoder_0")(x)
        x = self._pool(x)
        return nn.Dense(self.num_classes, name="head")(x) if self.num_classes else x

    def _positions(self, length: int) -> jax.Array:
        trained = self.get_variable("params", "pos_embedding")
        if trained is not None and trained.shape[1] != length:
            raise ModelError(
                f"rows of {length} tokens do not fit a text tower that has"
                f" {trained.shape[1]} positions."
            )
        init = nn.initializers.normal(stddev=self.width**-0.5)
        return self.param("pos_embedding", init, (1, length, self.width))

    def _pool(self, x: jax.Array) -> jax.Array:
        match self.pool_type:
            case "last":
                return x[:, -1]
            case "first":
                return x[:, 0]
            case "mean" | "gap":
                return x.mean(axis=1)
            case "max" | "gmp":
                return x.max(axis=1)
            case "map":
                return MAPHead(self.mlp_dim, self.num_heads, name="MAPHead_0")(x)


def embed_tokens(tower: TextTransformer, params: Params, tokens: jax.Array) -> jax.Array:
    """ztxt: unit rows `float32[n, num_classes]` of token ids `int32[n, l]`."""
    return l2_normalize(cast("jax.Array", tower.apply({"params": params}, tokens)))

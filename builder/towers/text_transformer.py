"""LiT's text tower: a transformer over token ids, pooled to one vector.

The layers, the parameter names and the defaults are those of big_vision
(models/proj/image_text/text_transformer.py), so that its checkpoints load
without renaming anything. Its options beyond those of big_vision make it the
text tower of CLIP and SigLIP as transformers and open_clip have them.
"""

from collections.abc import Sequence
from typing import ClassVar, Literal, cast

import flax.linen as nn
import jax
import jax.numpy as jnp

from builder.errors import ModelError
from builder.params import Params
from builder.towers.architecture import TextPool
from builder.towers.layers import EPSILON, Activation, Embed, Encoder, MAPHead, l2_normalize
from builder.towers.modules import place_of


class TextTransformer(nn.Module):
    """Token embedding, encoder, pooling and head.

    Padding is not masked: LiT fills a prompt with its end token, whose
    embedding is trained like any other. `num_classes=None` leaves the head
    out, so that the output has `width` columns. `causal` lets a position
    attend only to itself and those before it, so that rows may be shorter;
    "end" pools the first position with `end_id`, or with the highest id of
    the row if that is None.
    """

    num_classes: int | None
    width: int = 512
    depth: int = 12
    mlp_dim: int | None = 2048
    num_heads: int = 8
    vocab_size: int = 32_000
    pool_type: TextPool | Literal["end"] = "last"
    end_id: int | None = None
    causal: bool = False
    activation: Activation = "gelu_tanh"
    epsilon: float = EPSILON
    head_bias: bool = True

    token_table: ClassVar[tuple[str, ...]] = ("Embed_0", "embedding")
    fixed_tokens: ClassVar[int] = 0

    def keep_tokens(self, kept: Sequence[int]) -> "TextTransformer":
        """The tower for a table of these rows; the highest id stays so, as the order does."""
        end_id = None if self.end_id is None else place_of(self.end_id, kept)
        return self.clone(vocab_size=len(kept), end_id=end_id)

    @nn.compact
    def __call__(self, tokens: jax.Array) -> jax.Array:
        """Token ids `int32[n, l]` to `float32[n, num_classes]`, not yet normalised."""
        x = Embed(self.vocab_size, self.width, name="Embed_0")(tokens)
        x = x + self._positions(x.shape[1])
        x = self._pool(self._encode(x), tokens)
        if not self.num_classes:
            return x
        return nn.Dense(self.num_classes, use_bias=self.head_bias, name="head")(x)

    def _encode(self, x: jax.Array) -> jax.Array:
        encoder = Encoder(
            self.depth,
            self.mlp_dim,
            self.num_heads,
            activation=self.activation,
            epsilon=self.epsilon,
            name="Encoder_0",
        )
        length = x.shape[1]
        mask = jnp.tril(jnp.ones((1, 1, length, length), bool)) if self.causal else None
        return encoder(x, mask)

    def _positions(self, length: int) -> jax.Array:
        trained = self.get_variable("params", "pos_embedding")
        if trained is not None and self.causal and trained.shape[1] > length:
            return trained[:, :length]
        if trained is not None and trained.shape[1] != length:
            raise ModelError(
                f"rows of {length} tokens do not fit a text tower that has"
                f" {trained.shape[1]} positions."
            )
        init = nn.initializers.normal(stddev=self.width**-0.5)
        return self.param("pos_embedding", init, (1, length, self.width))

    def _pool(self, x: jax.Array, tokens: jax.Array) -> jax.Array:
        match self.pool_type:
            case "end":
                # The first of them, since padding may have the same id.
                ends = tokens if self.end_id is None else tokens == self.end_id
                return x[jnp.arange(x.shape[0]), jnp.argmax(ends, axis=1)]
            case "last":
                return x[:, -1]
            case "first":
                return x[:, 0]
            case "mean" | "gap":
                return x.mean(axis=1)
            case "max" | "gmp":
                return x.max(axis=1)
            case "map":
                head = MAPHead(
                    self.mlp_dim, self.num_heads, self.activation, self.epsilon, name="MAPHead_0"
                )
                return head(x)


def embed_tokens(tower: TextTransformer, params: Params, tokens: jax.Array) -> jax.Array:
    """ztxt: unit rows `float32[n, num_classes]` of token ids `int32[n, l]`."""
    return l2_normalize(cast("jax.Array", tower.apply({"params": params}, tokens)))

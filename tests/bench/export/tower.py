"""The tower that is measured: the shape of LiT-L16Ti's, with random weights."""

from typing import Any

import jax
import numpy as np
import numpy.typing as npt

from builder.towers.text_transformer import TextTransformer, embed_tokens

LENGTH = 16
WIDTH, MLP_DIM, HEADS = 192, 768, 3
TOWER = TextTransformer(
    WIDTH, width=WIDTH, depth=12, mlp_dim=MLP_DIM, num_heads=HEADS, vocab_size=16_000
)
PROMPTS = (5, 1)
"""How many prompts are embedded at once."""


def embed(params: Any, tokens: Any) -> jax.Array:
    """ztxt, unit rows `float32[n, 192]`, of token ids `int32[n, 16]`."""
    return embed_tokens(TOWER, params, tokens)


def make_params() -> Any:
    """The same on every machine; scaled so that activations stay near 1."""
    shapes: Any = jax.eval_shape(TOWER.init, jax.random.key(0), np.zeros((1, LENGTH), np.int32))
    rng = np.random.default_rng(0)

    def draw(leaf: jax.ShapeDtypeStruct) -> npt.NDArray[np.float32]:
        return rng.normal(scale=leaf.shape[0] ** -0.5, size=leaf.shape).astype(np.float32)

    return jax.tree.map(draw, shapes["params"])


def make_tokens(prompts: int) -> npt.NDArray[np.int32]:
    """Token ids `[prompts, 16]`."""
    tokens = np.random.default_rng(1).integers(0, TOWER.vocab_size, (prompts, LENGTH))
    return tokens.astype(np.int32)

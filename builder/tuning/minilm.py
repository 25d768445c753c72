"""Sentence embeddings of all-MiniLM-L6-v2, as one JAX function.

A BERT encoder (https://arxiv.org/abs/1810.04805) of six layers, mean-pooled
over the tokens and normalised, as sentence-transformers runs it.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
from safetensors.numpy import load_file  # pyright: ignore[reportMissingImports]
from tokenizers import Tokenizer  # pyright: ignore[reportMissingImports]

from builder.tuning.teacher import Teacher

Weights = Mapping[str, jax.Array]

DIM = 384
_LAYERS, _HEADS, _EPSILON = 6, 12, 1e-12
_BATCH = 256
_MAX_TOKENS = 128
_LENGTH_STEP = 4
"""Batches are padded to a multiple of this: few enough shapes to compile, little padding."""


def load_minilm(folder: Path) -> Teacher:
    """Reads `model.safetensors` and `tokenizer.json`; returns texts -> unit rows `[n, 384]`."""
    weights = {name: jnp.asarray(x) for name, x in load_file(folder / "model.safetensors").items()}
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(_MAX_TOKENS)

    def embed(texts: Sequence[str]) -> np.ndarray:
        encodings = tokenizer.encode_batch_fast(list(texts))
        return _embed_ids(weights, [encoding.ids for encoding in encodings])

    return embed


def _embed_ids(weights: Weights, ids: Sequence[Sequence[int]]) -> np.ndarray:
    rows = np.empty((len(ids), DIM), np.float32)
    by_length = sorted(range(len(ids)), key=lambda i: len(ids[i]))
    for start in range(0, len(ids), _BATCH):
        chosen = by_length[start : start + _BATCH]
        length = -(-len(ids[chosen[-1]]) // _LENGTH_STEP) * _LENGTH_STEP
        # The last batch is filled up, so that every batch of a length has one shape.
        tokens = np.zeros((_BATCH, length), np.int32)
        mask = np.zeros((_BATCH, length), np.float32)
        mask[:, 0] = 1
        for row, i in enumerate(chosen):
            tokens[row, : len(ids[i])] = ids[i]
            mask[row, : len(ids[i])] = 1
        rows[chosen] = _embed_tokens(weights, tokens, mask)[: len(chosen)]
    return rows


@jax.jit
def _embed_tokens(weights: Weights, tokens: jax.Array, mask: jax.Array) -> jax.Array:
    """Token ids `int32[n, l]` and their mask to unit rows `float32[n, 384]`."""
    x = weights["embeddings.word_embeddings.weight"][tokens]
    x += weights["embeddings.position_embeddings.weight"][: tokens.shape[1]]
    x += weights["embeddings.token_type_embeddings.weight"][0]
    x = _layer_norm(weights, "embeddings.LayerNorm", x)
    for i in range(_LAYERS):
        x = _layer(weights, f"encoder.layer.{i}", x, mask)
    pooled = (x * mask[..., None]).sum(1)
    return pooled / jnp.linalg.norm(pooled, axis=1, keepdims=True)


def _layer(weights: Weights, name: str, x: jax.Array, mask: jax.Array) -> jax.Array:
    n, length, _ = x.shape
    query, key, value = (
        _dense(weights, f"{name}.attention.self.{part}", x).reshape(n, length, _HEADS, -1)
        for part in ("query", "key", "value")
    )
    attended = jax.nn.dot_product_attention(query, key, value, mask=mask[:, None, None] > 0)
    y = _dense(weights, f"{name}.attention.output.dense", attended.reshape(x.shape))
    x = _layer_norm(weights, f"{name}.attention.output.LayerNorm", x + y)
    y = jax.nn.gelu(_dense(weights, f"{name}.intermediate.dense", x), approximate=False)
    y = _dense(weights, f"{name}.output.dense", y)
    return _layer_norm(weights, f"{name}.output.LayerNorm", x + y)


def _dense(weights: Weights, name: str, x: jax.Array) -> jax.Array:
    return x @ weights[f"{name}.weight"].T + weights[f"{name}.bias"]


def _layer_norm(weights: Weights, name: str, x: jax.Array) -> jax.Array:
    x = jax.nn.standardize(x, axis=-1, epsilon=_EPSILON)
    return x * weights[f"{name}.weight"] + weights[f"{name}.bias"]

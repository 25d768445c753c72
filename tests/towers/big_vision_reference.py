"""What big_vision's towers compute, in plain numpy and float64, from their parameters by name.

Written from the papers, and compared with what big_vision's and flaxformer's own code gave
(test_two_towers.py), so that towers of any shape can be compared with it.
"""

from collections.abc import Callable, Mapping

import numpy as np

from tests.towers.big_vision_params import Array, Config


class _Params:
    """The parameters under a prefix, in float64."""

    def __init__(self, flat: Mapping[str, Array], prefix: str):
        self._flat, self._prefix = flat, prefix

    def __getitem__(self, name: str) -> Array:
        return self._flat[f"{self._prefix}{name}"].astype(np.float64)

    def __contains__(self, name: str) -> bool:
        return f"{self._prefix}{name}" in self._flat

    def at(self, name: str) -> "_Params":
        return _Params(self._flat, f"{self._prefix}{name}/")


def embed_images(flat: Mapping[str, Array], c: Config, images: Array) -> Array:
    """zimg of big_vision's ViT with the tower's arguments `c`."""
    p = _Params(flat, "img/")
    height, width = c.get("patch_size", (16, 16))
    n, rows, columns = len(images), images.shape[1] // height, images.shape[2] // width
    cut = images[:, : rows * height, : columns * width].astype(np.float64)
    cut = cut.reshape(n, rows, height, columns, width, 3).transpose(0, 1, 3, 2, 4, 5)
    x = np.einsum("nlhwc,hwcd->nld", cut.reshape(n, -1, height, width, 3), p["embedding/kernel"])
    x = x + p["embedding/bias"]
    x = x + (p["pos_embedding"] if "pos_embedding" in p else _sincos(rows, columns, c["width"]))
    if c["pool_type"] == "tok":
        x = np.concatenate([np.repeat(p["cls"], n, axis=0), x], axis=1)
    x = _encode(p.at("Transformer"), x, c)
    x = _POOLS[c["pool_type"]](x, p)
    if "pre_logits/kernel" in p:
        x = np.tanh(_dense(p.at("pre_logits"), x))
    return _finish(p, x)


def embed_tokens(flat: Mapping[str, Array], c: Config, tokens: Array) -> Array:
    """ztxt of big_vision's text transformer with the tower's arguments `c`."""
    p = _Params(flat, "txt/")
    x = _encode(p.at("Encoder_0"), p["Embed_0/embedding"][tokens] + p["pos_embedding"], c)
    return _finish(p, _POOLS[c.get("pool_type", "last")](x, p))


def embed_bert_tokens(flat: Mapping[str, Array], c: Config, tokens: Array) -> Array:
    """ztxt of BERT with the sizes `c`; token 0 is padding."""
    p = _Params(flat, "txt/")
    encoder = p.at("BertEncoder_0")
    tables = encoder.at("embedder")
    positions = tables["embedders_position_ids/embedding"][: tokens.shape[1]]
    x = tables["embedders_token_ids/embedding"][tokens] + positions
    x = x + tables["embedders_segment_ids/embedding"][0]
    x = _norm(encoder.at("layer_norm"), x, c["layer_norm_epsilon"])
    for i in range(c["num_hidden_layers"]):
        layer = encoder.at(f"encoder_block/layer_sequence/layers_{i}")
        x = _bert_layer(layer, x, tokens > 0, c)
    return _finish(p, x[:, 0])


def _bert_layer(p: _Params, x: Array, real: Array, c: Config) -> Array:
    heads, epsilon = c["num_attention_heads"], c["layer_norm_epsilon"]
    attention, mlp = p.at("attention_block"), p.at("mlp_block")
    query, key, value = (
        _dense(attention.at(f"attention_layer/{part}"), x).reshape(*x.shape[:2], heads, -1)
        for part in ("query", "key", "value")
    )
    y = _attend(query, key, value, real).reshape(x.shape)
    x = _norm(attention.at("layer_norm"), x + _dense(attention.at("dense_layer"), y), epsilon)
    y = _dense(mlp.at("dense_layer"), _gelu(_dense(mlp.at("mlp/dense_layer"), x)))
    return _norm(mlp.at("layer_norm"), x + y, epsilon)


def _encode(p: _Params, x: Array, c: Config) -> Array:
    for i in range(c["depth"]):
        block = p.at(f"encoderblock_{i}")
        y = _norm(block.at("LayerNorm_0"), x)
        x = x + _attention(block, y, y)
        x = x + _mlp(block, _norm(block.at("LayerNorm_1"), x))
    return _norm(p.at("encoder_norm"), x)


def _map_head(x: Array, p: _Params) -> Array:
    head = p.at("MAPHead_0")
    x = _attention(head, np.repeat(head["probe"], len(x), axis=0), x)
    return (x + _mlp(head, _norm(head.at("LayerNorm_0"), x)))[:, 0]


_POOLS: Mapping[str, Callable[[Array, _Params], Array]] = {
    "tok": lambda x, _: x[:, 0],
    "0": lambda x, _: x[:, 0],
    "first": lambda x, _: x[:, 0],
    "last": lambda x, _: x[:, -1],
    "gap": lambda x, _: x.mean(1),
    "mean": lambda x, _: x.mean(1),
    "gmp": lambda x, _: x.max(1),
    "max": lambda x, _: x.max(1),
    "map": _map_head,
}


def _attention(p: _Params, x: Array, y: Array) -> Array:
    p = p.at("MultiHeadDotProductAttention_0")
    query, key, value = (
        np.einsum("nld,dhk->nlhk", z, p[f"{part}/kernel"]) + p[f"{part}/bias"]
        for part, z in (("query", x), ("key", y), ("value", y))
    )
    mixed = _attend(query, key, value, np.ones(y.shape[:2], bool))
    return np.einsum("nlhk,hkd->nld", mixed, p["out/kernel"]) + p["out/bias"]


def _attend(query: Array, key: Array, value: Array, real: Array) -> Array:
    scores = np.einsum("nqhk,nshk->nhqs", query, key) / np.sqrt(query.shape[-1])
    scores = np.where(real[:, None, None, :], scores, -np.inf)
    weights = np.exp(scores - scores.max(-1, keepdims=True))
    weights /= weights.sum(-1, keepdims=True)
    return np.einsum("nhqs,nshk->nqhk", weights, value)


def _mlp(p: _Params, x: Array) -> Array:
    return _dense(p.at("MlpBlock_0/Dense_1"), _gelu(_dense(p.at("MlpBlock_0/Dense_0"), x)))


def _gelu(x: Array) -> Array:
    return 0.5 * x * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3)))


def _dense(p: _Params, x: Array) -> Array:
    return x @ p["kernel"] + p["bias"]


def _norm(p: _Params, x: Array, epsilon: float = 1e-6) -> Array:
    centred = x - x.mean(-1, keepdims=True)
    return centred / np.sqrt(x.var(-1, keepdims=True) + epsilon) * p["scale"] + p["bias"]


def _finish(p: _Params, x: Array) -> Array:
    x = _dense(p.at("head"), x) if "head/kernel" in p else x
    return x / np.linalg.norm(x, axis=1, keepdims=True)


def _sincos(rows: int, columns: int, d: int) -> Array:
    y, x = np.mgrid[:rows, :columns]
    waves = 10_000.0 ** -(np.arange(d // 4) / (d // 4 - 1))
    across, down = (np.outer(place.ravel(), waves) for place in (x, y))
    return np.concatenate([np.sin(across), np.cos(across), np.sin(down), np.cos(down)], axis=1)

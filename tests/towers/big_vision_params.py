"""Random parameters as big_vision makes them, and the older layouts of its files."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import ml_dtypes
import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Flat = dict[str, Array]
Config = Mapping[str, Any]
Shapes = dict[str, tuple[int, ...]]

IMAGE = {"width": 24, "depth": 2, "mlp_dim": 40, "num_heads": 3, "patch_size": (8, 8)}

TEXT = {"width": 16, "depth": 3, "mlp_dim": 48, "num_heads": 2, "vocab_size": 50}

LIT: Config = {"image": {**IMAGE, "pool_type": "tok"}, "text": TEXT, "out_dim": (None, 24)}

SIGLIP: Config = {
    "image": {**IMAGE, "pool_type": "map"},
    "text": TEXT,
    "out_dim": (None, 24),
    "temperature_init": 10.0,
    "bias_init": -10.0,
}

BERT: Config = {
    "image": None,
    "text_model": "proj.flaxformer.bert",
    "text": {
        "config": {
            "hidden_size": 24,
            "intermediate_dim": 40,
            "num_hidden_layers": 2,
            "num_attention_heads": 4,
            "vocab_size": 50,
            "max_length": 12,
            "num_segments": 2,
            "layer_norm_epsilon": 1e-12,
        }
    },
    "out_dim": (None, 10),
}


def init_params(config: Config, *, patches: int = 16, length: int = 8, seed: int = 0) -> Flat:
    """Random parameters of both towers under the names of today, e.g. `img/embedding/kernel`."""
    rng = np.random.default_rng(seed)
    dims = config["out_dim"] if isinstance(config["out_dim"], tuple) else (config["out_dim"],) * 2
    shapes: Shapes = {"t": (1,)}
    if config.get("bias_init") is not None:
        shapes["b"] = (1,)
    if image := config["image"]:
        shapes |= {f"img/{k}": v for k, v in _image_shapes(image, patches, dims[0]).items()}
    if config.get("text_model") == "proj.flaxformer.bert":
        text = _bert_shapes(config["text"]["config"], dims[1])
    else:
        text = _text_shapes(config["text"], length, dims[1])
    shapes |= {f"txt/{k}": v for k, v in text.items()}
    # Small enough for gentle activations, far from the zeros and ones that hide what is left out.
    return {
        name: rng.normal("scale" in name, 0.3, shape).astype(np.float32)
        for name, shape in shapes.items()
    }


def _image_shapes(c: Config, patches: int, out: int | None) -> Shapes:
    d = c["width"]
    shapes = _dense_shapes("embedding", (*c.get("patch_size", (16, 16)), 3), (d,))
    if c.get("posemb", "learn") == "learn":
        shapes["pos_embedding"] = (1, patches, d)
    if c["pool_type"] == "tok":
        shapes["cls"] = (1, 1, d)
    shapes |= _encoder_shapes("Transformer", c)
    rep = d if c.get("rep_size") is True else c.get("rep_size")
    return shapes | _head_shapes(c, rep, out)


def _text_shapes(c: Config, length: int, out: int | None) -> Shapes:
    d = c["width"]
    shapes: Shapes = {"Embed_0/embedding": (c["vocab_size"], d)}
    shapes["pos_embedding"] = (1, length, d)
    return shapes | _encoder_shapes("Encoder_0", c) | _head_shapes(c, None, out)


def _encoder_shapes(name: str, c: Config) -> Shapes:
    d, shapes = c["width"], _norm_shapes(f"{name}/encoder_norm", c["width"])
    for i in range(c["depth"]):
        block = f"{name}/encoderblock_{i}"
        shapes |= _attention_shapes(block, c)
        shapes |= _mlp_shapes(block, c)
        for norm in range(2):
            shapes |= _norm_shapes(f"{block}/LayerNorm_{norm}", d)
    return shapes


def _head_shapes(c: Config, rep: int | None, out: int | None) -> Shapes:
    d, shapes = c["width"], Shapes()
    if c.get("pool_type") == "map":
        shapes["MAPHead_0/probe"] = (1, 1, d)
        shapes |= _attention_shapes("MAPHead_0", c) | _mlp_shapes("MAPHead_0", c)
        shapes |= _norm_shapes("MAPHead_0/LayerNorm_0", d)
    if rep:
        shapes |= _dense_shapes("pre_logits", (d,), (rep,))
    return shapes | (_dense_shapes("head", (rep or d,), (out,)) if out else {})


def _attention_shapes(parent: str, c: Config) -> Shapes:
    d, heads = c["width"], c["num_heads"]
    split, name = (heads, d // heads), f"{parent}/MultiHeadDotProductAttention_0"
    shapes = _dense_shapes(f"{name}/out", split, (d,))
    for part in ("query", "key", "value"):
        shapes |= _dense_shapes(f"{name}/{part}", (d,), split)
    return shapes


def _mlp_shapes(parent: str, c: Config) -> Shapes:
    d, hidden = c["width"], c.get("mlp_dim") or 4 * c["width"]
    return _dense_shapes(f"{parent}/MlpBlock_0/Dense_0", (d,), (hidden,)) | _dense_shapes(
        f"{parent}/MlpBlock_0/Dense_1", (hidden,), (d,)
    )


def _dense_shapes(name: str, inputs: tuple[int, ...], outputs: tuple[int, ...]) -> Shapes:
    return {f"{name}/kernel": (*inputs, *outputs), f"{name}/bias": outputs}


def _norm_shapes(name: str, d: int) -> Shapes:
    return {f"{name}/scale": (d,), f"{name}/bias": (d,)}


def _bert_shapes(c: Config, out: int | None) -> Shapes:
    d, encoder = c["hidden_size"], "BertEncoder_0"
    shapes = _norm_shapes(f"{encoder}/layer_norm", d)
    for table, rows in (("token", "vocab_size"), ("position", "max_length")):
        shapes[f"{encoder}/embedder/embedders_{table}_ids/embedding"] = (c[rows], d)
    shapes[f"{encoder}/embedder/embedders_segment_ids/embedding"] = (c["num_segments"], d)
    for i in range(c["num_hidden_layers"]):
        layer = f"{encoder}/encoder_block/layer_sequence/layers_{i}"
        for part in ("query", "key", "value"):
            shapes |= _dense_shapes(f"{layer}/attention_block/attention_layer/{part}", (d,), (d,))
        shapes |= _dense_shapes(f"{layer}/attention_block/dense_layer", (d,), (d,))
        hidden = c["intermediate_dim"]
        shapes |= _dense_shapes(f"{layer}/mlp_block/mlp/dense_layer", (d,), (hidden,))
        shapes |= _dense_shapes(f"{layer}/mlp_block/dense_layer", (hidden,), (d,))
        for block in ("attention_block", "mlp_block"):
            shapes |= _norm_shapes(f"{layer}/{block}/layer_norm", d)
    return shapes | (_dense_shapes("head", (d,), (out,)) if out else {})


def save(path: Path, flat: Mapping[str, Array], prefix: str = "") -> Path:
    """A file in the layout of today, its names after a prefix."""
    np.savez(path, **{f"{prefix}{name}": array for name, array in flat.items()})  # pyright: ignore[reportArgumentType]
    return path


def number_among_siblings(flat: Mapping[str, Array]) -> Flat:
    """Modules of a block numbered as before flax's Linen: in their order, whatever their class."""
    numbers = {
        "LayerNorm_0": "LayerNorm_0",
        "MultiHeadDotProductAttention_0": "MultiHeadDotProductAttention_1",
        "LayerNorm_1": "LayerNorm_2",
        "MlpBlock_0": "MlpBlock_3",
    }
    return {
        "/".join(
            numbers.get(part, part) if "encoderblock_" in name else part for part in name.split("/")
        ): array
        for name, array in flat.items()
    }


def merge_class_token(flat: Mapping[str, Array], where: str) -> Flat:
    """The class token's position in front of those of the patches, stored at `where`."""
    merged, token = dict(flat), flat["img/cls"]
    merged["img/cls"] = 0.25 * token
    merged[where] = np.concatenate([0.75 * token, merged.pop("img/pos_embedding")], axis=1)
    return merged


def store_positions_twice(flat: Mapping[str, Array]) -> Flat:
    """The text tower's position embeddings as a sum of two arrays."""
    positions = flat["txt/pos_embedding"]
    return {
        **flat,
        "txt/pos_embedding": 0.25 * positions,
        "txt/Encoder_0/pos_embedding": 0.75 * positions,
    }


def stack_blocks(flat: Mapping[str, Array]) -> Flat:
    """Encoder blocks as a model has them that scans over its depth."""
    stacked: Flat = {}
    for name, array in flat.items():
        tower, found, rest = name.partition("/encoderblock_0/")
        if found:
            blocks = sum(f"{tower}/encoderblock_" in key and key.endswith(rest) for key in flat)
            stacked[f"{tower}/encoderblock/{rest}"] = np.stack(
                [flat[f"{tower}/encoderblock_{i}/{rest}"] for i in range(blocks)]
            )
        elif "/encoderblock_" not in name:
            stacked[name] = array
    return stacked


def round_to_bfloat16(flat: Mapping[str, Array]) -> Flat:
    """The nearest numbers that bfloat16 has, in float32."""
    return {
        name: array.astype(ml_dtypes.bfloat16).astype(np.float32) for name, array in flat.items()
    }


def as_void16(flat: Mapping[str, Array]) -> Flat:
    """Kernels and embeddings in bfloat16, which numpy saves as two bytes without meaning."""
    wide = ("scale", "bias", "t")
    return {
        name: array if name.endswith(wide) else array.astype(ml_dtypes.bfloat16).view("V2")
        for name, array in flat.items()
    }

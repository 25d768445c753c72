"""How many parameters a tower has, from its configuration alone: no JAX, and at once.

The configurations are big_vision's; tests/test_sizes.py counts the same in the towers themselves.
"""

from collections.abc import Mapping
from typing import Any

Config = Mapping[str, Any]
"""Keyword arguments of big_vision's `two_towers.Model`, or of one tower."""

BERT = "proj.flaxformer.bert"
"""The `text_model` of a configuration whose text tower is BERT."""

VARIANTS: Mapping[str, Mapping[str, int]] = {
    name: {"width": width, "depth": depth, "mlp_dim": mlp_dim, "num_heads": num_heads}
    for name, width, depth, mlp_dim, num_heads in (
        ("mu", 32, 1, 128, 2),
        ("Ti", 192, 12, 768, 3),
        ("S", 384, 12, 1536, 6),
        ("M", 512, 12, 2048, 8),
        ("B", 768, 12, 3072, 12),
        ("L", 1024, 24, 4096, 16),
        ("So400m", 1152, 27, 4304, 16),
        ("H", 1280, 32, 5120, 16),
        ("g", 1408, 40, 6144, 16),
        ("g-opt", 1536, 40, 6144, 16),
        ("G", 1664, 48, 8192, 16),
        ("G-opt", 1536, 48, 8192, 16),
        ("e", 1792, 56, 15360, 16),
    )
}
"""Sizes by name, as in big_vision's `vit.py`; Table 2 of https://arxiv.org/abs/2106.04560."""

_BERT_SIZES: Mapping[str, tuple[int, int, int]] = {
    "base": (768, 12, 3072),
    "large": (1024, 24, 4096),
}
_BERT_VOCABULARY, _BERT_POSITIONS, _BERT_SEGMENTS = 30_522, 512, 2


def count_image_params(config: Config, resolution: int) -> int:
    """Parameters of the image tower of a two-tower config, for pictures of that side in pixels."""
    image, out_dim = config["image"], _out_dims(config)[0]
    variant, _, patch = image["variant"].partition("/")
    width, depth, mlp_dim = _sizes(variant)
    side = int(patch)
    positions = (resolution // side) ** 2
    total = (3 * side**2 + 1) * width + positions * width + _encoder(width, depth, mlp_dim)
    match image.get("pool_type", "gap"):
        case "tok":
            total += width
        case "map":
            total += _map_head(width, mlp_dim)
        case _:
            pass
    return total + _head(width, out_dim)


def count_text_params(config: Config, max_length: int) -> int:
    """Parameters of the text tower of a two-tower config, for rows of `max_length` tokens."""
    text, out_dim = config["text"], _out_dims(config)[1]
    if config.get("text_model") == BERT:
        width, depth, mlp_dim = _BERT_SIZES[text["config"]]
        tables = _BERT_VOCABULARY + _BERT_POSITIONS + _BERT_SEGMENTS
        # BERT normalises the embeddings instead of the last block's output.
        return tables * width + _encoder(width, depth, mlp_dim) + _head(width, out_dim)
    width, depth, mlp_dim = _sizes(text["variant"])
    tables = text["vocab_size"] + max_length
    return tables * width + _encoder(width, depth, mlp_dim) + _head(width, out_dim)


def _out_dims(config: Config) -> tuple[int | None, int | None]:
    out_dim = config["out_dim"]
    return (out_dim, out_dim) if isinstance(out_dim, int) else tuple(out_dim)


def _sizes(variant: str) -> tuple[int, int, int]:
    sizes = VARIANTS[variant]
    return sizes["width"], sizes["depth"], sizes["mlp_dim"]


def _encoder(width: int, depth: int, mlp_dim: int) -> int:
    block = 2 * _norm(width) + _attention(width) + _mlp(width, mlp_dim)
    return depth * block + _norm(width)


def _map_head(width: int, mlp_dim: int) -> int:
    return width + _attention(width) + _norm(width) + _mlp(width, mlp_dim)


def _attention(width: int) -> int:
    return 4 * (width + 1) * width


def _mlp(width: int, mlp_dim: int) -> int:
    return (width + 1) * mlp_dim + (mlp_dim + 1) * width


def _norm(width: int) -> int:
    return 2 * width


def _head(width: int, out_dim: int | None) -> int:
    return (width + 1) * out_dim if out_dim else 0

"""How many parameters a tower has, from its architecture alone: without JAX, and at once."""

from dataclasses import dataclass

from builder.towers.architecture import (
    BertArchitecture,
    ImageArchitecture,
    TextArchitecture,
    TransformerArchitecture,
)

_FLOAT16_BYTES = 2


def encoder_bytes(text_params: int) -> int:
    """What a visitor downloads of a text encoder, with float16 weights."""
    return text_params * _FLOAT16_BYTES


def count_image_params(tower: ImageArchitecture, resolution: int) -> int:
    """Parameters of an image tower for pictures of that side in pixels."""
    height, width = tower.patch_size
    total = (3 * height * width + 1) * tower.width + _transformer(tower)
    if tower.posemb == "learn":
        total += (resolution // height) * (resolution // width) * tower.width
    if tower.pool_type == "tok":
        total += tower.width
    rep_size = tower.representation_size
    total += _dense(tower.width, rep_size)
    return total + _dense(rep_size or tower.width, tower.num_classes)


def count_text_params(tower: TextArchitecture, max_length: int) -> int:
    """Parameters of a text tower for rows of `max_length` tokens."""
    if isinstance(tower, BertArchitecture):
        size = tower.config
        tables = size.vocab_size + size.max_length + size.num_segments
        width, mlp_dim = size.hidden_size, size.intermediate_dim
        encoder = _encoder(width, size.num_hidden_layers, mlp_dim)
    else:
        tables = tower.vocab_size + max_length
        width, encoder = tower.width, _transformer(tower)
    return tables * width + encoder + _dense(width, tower.num_classes)


@dataclass(frozen=True)
class TextSizes:
    """Sizes of a text tower as transformers and open_clip have them.

    `segments` are the token types of BERT; `pooler` and `last_norm` say what a text goes through
    after the blocks. `projections` are the widths of the dense layers at the end, of which `biases`
    says whether they have one. `mlp` is 4 times the width by default.
    """

    width: int
    layers: int
    heads: int
    vocabulary: int
    positions: int
    projections: tuple[int, ...]
    biases: tuple[bool, ...]
    mlp: int | None = None
    segments: int = 0
    pooler: bool = False
    last_norm: bool = False


def count_text_sizes(text: TextSizes) -> int:
    """Parameters of a text tower of those sizes."""
    width = text.width
    total = (text.vocabulary + text.positions + text.segments) * width
    total += _encoder(width, text.layers, text.mlp or 4 * width)
    if text.pooler:
        total += _dense(width, width)
    if text.last_norm:
        total += _norm(width)
    inputs = width
    for outputs, has_bias in zip(text.projections, text.biases, strict=True):
        total += inputs * outputs + outputs * has_bias
        inputs = outputs
    return total


def _transformer(tower: ImageArchitecture | TransformerArchitecture) -> int:
    width, mlp_dim = tower.width, tower.mlp_dim or 4 * tower.width
    total = _encoder(width, tower.depth, mlp_dim)
    if tower.pool_type == "map":
        total += width + _attention(width) + _norm(width) + _mlp(width, mlp_dim)
    return total


def _encoder(width: int, depth: int, mlp_dim: int) -> int:
    """Blocks, and the one norm that BERT has before them and all others after."""
    block = 2 * _norm(width) + _attention(width) + _mlp(width, mlp_dim)
    return depth * block + _norm(width)


def _attention(width: int) -> int:
    return 4 * _dense(width, width)


def _mlp(width: int, mlp_dim: int) -> int:
    return _dense(width, mlp_dim) + _dense(mlp_dim, width)


def _dense(inputs: int, outputs: int | None) -> int:
    return (inputs + 1) * (outputs or 0)


def _norm(width: int) -> int:
    return 2 * width

"""What an author can do about a text encoder that is large, or not all in eight bits."""

from builder.conversion.text_encoder import ExportedEncoder
from builder.listing import name_some
from builder.site.budget import megabytes
from builder.site.built_model import BuiltModel

LARGE = 20_000_000
"""Bytes of a text encoder from which a build says how they could be fewer."""

_SHOWN = 3
_MUCH = 0.3
"""The part of a text encoder's weights from which the table of its vocabulary is worth cutting."""


def advise(built: BuiltModel, encoder_bytes: int) -> list[str]:
    """Sentences on a model of whose encoder a visitor downloads so many bytes."""
    encoder = built.encoder
    if encoder is None:
        return []
    notes = _name_exceptions(encoder)
    if encoder_bytes > LARGE:
        ways = _find_ways(built, encoder)
        notes.append(
            f"visitors download {megabytes(encoder_bytes)} of text encoder. {' '.join(ways)}"
        )
    return notes


def _name_exceptions(encoder: ExportedEncoder) -> list[str]:
    notes: list[str] = []
    if encoder.in_float16 and encoder.quantization == "int8":
        weights = name_some(encoder.in_float16, _SHOWN)
        notes.append(f"eight bits would change answers, so in float16: {weights}")
    elif encoder.in_float16:
        notes.append("eight bits would change answers, so its weights are in float16")
    if encoder.in_float32:
        notes.append(
            "products in integers would change answers, so in float32, from weights of eight bits:"
            f" {name_some(encoder.in_float32, _SHOWN)}"
        )
    return notes


def _find_ways(built: BuiltModel, encoder: ExportedEncoder) -> list[str]:
    table = encoder.table_bytes / sum(map(len, encoder.weights.values()))
    ways: list[str] = []
    if encoder.quantization not in ("int8", "int4") and not encoder.in_float16:
        ways.append("Remove quantization: eight bits may be enough.")
    if built.vocabulary is None and table > _MUCH:
        ways.append(
            f"About {table:.0%} of it is a row for each piece of its vocabulary:"
            " [models.vocabulary] keeps those of your languages."
        )
    ways.append("`lit-demo distil` makes a text tower of a few MB from it.")
    return ways

"""Towers in a few words, for people who choose between models."""

from builder.towers.architecture import (
    BERT_SIZES,
    VARIANTS,
    BertArchitecture,
    ImageArchitecture,
    TextArchitecture,
)
from builder.towers.parameter_counts import count_image_params, count_text_params


def describe_image_tower(tower: ImageArchitecture, resolution: int) -> str:
    """For pictures of that side in pixels, for example "ViT-L/16, 303 M parameters"."""
    height, width = tower.patch_size
    patch = f"{height}" if height == width else f"{height}x{width}"
    sizes = tower.model_dump(include={"width", "depth", "mlp_dim", "num_heads"})
    sizes["mlp_dim"] = tower.mlp_dim or 4 * tower.width
    variant = next((name for name, known in VARIANTS.items() if known == sizes), None)
    count = format_count(count_image_params(tower, resolution))
    if variant:
        return f"ViT-{variant}/{patch}, {count}"
    return f"ViT/{patch}, {tower.depth} layers, width {tower.width}, {count}"


def describe_text_tower(tower: TextArchitecture, max_length: int) -> str:
    """For rows of `max_length` tokens, for example "BERT base, 109 M parameters"."""
    count = format_count(count_text_params(tower, max_length))
    if not isinstance(tower, BertArchitecture):
        return f"Transformer, {tower.depth} layers, width {tower.width}, {count}"
    size = tower.config
    if known := next((name for name, config in BERT_SIZES.items() if config == size), None):
        return f"BERT {known}, {count}"
    return f"BERT, {size.num_hidden_layers} layers, width {size.hidden_size}, {count}"


def format_count(count: int) -> str:
    """A number of parameters in words, with three digits."""
    for unit, size in (("billion", 10**9), ("M", 10**6), ("thousand", 10**3)):
        if count >= size:
            return f"{count / size:.3g} {unit} parameters"
    return f"{count} parameters"

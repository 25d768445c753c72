"""Image towers of timm in open_clip's models, of which a config has only the name.

Sizes are read off the shapes in a file, so that towers of other sizes and names are read as well.
Source: timm 1.0 (fastvit.py, vision_transformer.py, vision_transformer_hybrid.py); open_clip 3.3
(timm_model.py).
"""

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from builder.errors import ModelError
from builder.models.hub.heads import Heads
from builder.models.hub.open_clip_config import ImageConfig
from builder.models.hub.tower_design import TowerDesign, count_blocks, find_shape
from builder.towers import timm_layouts as layouts
from builder.towers.fastvit import HEAD_COLUMNS, FastViT, Stage
from builder.towers.layers import Activation
from builder.towers.renaming import Rule, Shape, dense
from builder.towers.vit import VisionTransformer

_TRUNK = layouts.TRUNK
_EPSILON = 1e-6
_CLIP_EPSILON = 1e-5

_HEADS = {
    **{"plus": 14, "xsmall": 4, "medium": 8, "betwixt": 10, "base": 12, "large": 16},
    **{"huge": 16, "giant": 16, "gigantic": 16, "so400m": 16, "giantopt": 16},
}
"""Heads of Vision Transformers, by a word of their names."""

_WITHOUT_DOWNSAMPLE_GELU = {
    f"fastvit_{size}" for size in ("t8", "t12", "s12", "sa12", "sa24", "sa36", "ma36")
}
"""FastViT's first towers; MobileCLIP's have a GELU more, which no shape tells."""


def design_timm_tower(
    image: ImageConfig, dim: int, shapes: Mapping[str, Shape], heads: Heads
) -> TowerDesign:
    """An image tower for embeddings of `dim` columns, whose entries have these shapes.

    Raises:
        ModelError: if it is of another kind, or the shapes are not those of such a tower.
    """
    name = str(image.timm_model_name)
    for pattern, pool, design in (
        (r"vit_\w+_siglip\w*", "map", _design_siglip),
        (r"vit_\w+_clip\w*", "token", _design_clip),
        (r"vit_\w+_mci\w*", "token", _design_conv_stem),
        (r"fastvit_\w+", "avg", _design_fastvit),
    ):
        if re.fullmatch(pattern, name):
            if image.timm_pool != pool:
                raise ModelError(
                    f"timm_pool {image.timm_pool!r} of {name!r} cannot be read; {pool!r} can."
                )
            return design(image, dim, shapes, heads)
    raise ModelError(
        f"its image tower is timm's {name!r}, which cannot be read.",
        "Those are vit_*_siglip_*, vit_*_clip_*, vit_*_mci_* and fastvit_*.",
    )


def _design_siglip(
    image: ImageConfig, dim: int, shapes: Mapping[str, Shape], heads: Heads
) -> TowerDesign:
    width, _, patch, _ = find_shape(shapes, 4, f"{_TRUNK}.patch_embed.proj.weight")
    head = _find_head(image, dim, f"{_TRUNK}.head", width)
    tower = _vision_transformer(image, shapes, heads, head, width, patch, pool_type="map")
    rules = [*layouts.vit_patches(), *layouts.vit_blocks(), *layouts.vit_map_pool(), *head.rules]
    return TowerDesign("SigLIP (timm's ViT)", tower, rules)


def _design_clip(
    image: ImageConfig, dim: int, shapes: Mapping[str, Shape], heads: Heads
) -> TowerDesign:
    width, _, patch, _ = find_shape(shapes, 4, f"{_TRUNK}.patch_embed.proj.weight")
    head = _find_head(image, dim, f"{_TRUNK}.head", width)
    tower = _vision_transformer(
        image,
        shapes,
        heads,
        head,
        width,
        patch,
        pool_type="tok",
        patch_bias=False,
        pre_norm=True,
        epsilon=_CLIP_EPSILON,
        activation="quick_gelu" if "quickgelu" in str(image.timm_model_name) else "gelu",
    )
    rules = [*layouts.vit_clip_patches(), *layouts.vit_blocks(), *head.rules]
    return TowerDesign("CLIP (timm's ViT)", tower, rules)


def _design_conv_stem(
    image: ImageConfig, dim: int, shapes: Mapping[str, Shape], heads: Heads
) -> TowerDesign:
    stem = [
        find_shape(shapes, 4, f"{_TRUNK}.patch_embed.backbone.{i}.conv.weight")
        for i in range(count_blocks(shapes, f"{_TRUNK}.patch_embed.backbone.{{}}"))
    ]
    width, _, patch, _ = stem[-1]
    head = _find_head(image, dim, f"{_TRUNK}.head", width)
    tower = _vision_transformer(
        image,
        shapes,
        heads,
        head,
        width,
        patch,
        pool_type="tok",
        stem=tuple((features, size) for features, _, size, _ in stem[:-1]),
    )
    rules = [*layouts.vit_stem(len(stem) - 1), *layouts.vit_blocks(), *head.rules]
    return TowerDesign("MobileCLIP (ViT)", tower, rules, layouts.vit_stem_fusions(stem[:-1]))


def _vision_transformer(
    image: ImageConfig,
    shapes: Mapping[str, Shape],
    heads: Heads,
    head: "_Head",
    width: int,
    patch: int,
    activation: Activation = "gelu",
    epsilon: float = _EPSILON,
    **options: Any,
) -> VisionTransformer:
    """timm's, of the sizes that the shapes of its blocks have."""
    name = str(image.timm_model_name)
    mlp_dim, _ = find_shape(shapes, 2, f"{_TRUNK}.blocks.0.mlp.fc1.weight")
    known = next((count for word, count in _HEADS.items() if word in name.split("_")), None)
    return VisionTransformer(
        num_classes=head.columns,
        head_bias=head.bias,
        patch_size=(patch, patch),
        width=width,
        depth=count_blocks(shapes, f"{_TRUNK}.blocks.{{}}"),
        mlp_dim=mlp_dim,
        num_heads=heads.choose("image", name, known, width),
        activation=activation,
        epsilon=epsilon,
        **options,
    )


def _design_fastvit(
    image: ImageConfig, dim: int, shapes: Mapping[str, Shape], _: Heads
) -> TowerDesign:
    width = _find_convolution(shapes, f"{_TRUNK}.stem.0")[0]
    features = _find_convolution(shapes, f"{_TRUNK}.final_conv")[0]
    squeeze = find_shape(shapes, 4, f"{_TRUNK}.final_conv.se.fc1.weight")[0]
    head = _find_head(image, dim, f"{_TRUNK}.head.fc", features)
    has_statistics = any(re.search(r"blocks\.\d+\.norm\.running_", name) for name in shapes)
    stages = tuple(
        _find_stage(shapes, f"{_TRUNK}.stages.{i}")
        for i in range(count_blocks(shapes, f"{_TRUNK}.stages.{{}}"))
    )
    _check_widths([width, *(stage.width for stage in stages), features])
    tower = FastViT(
        width=width,
        stages=stages,
        features=features,
        squeeze=squeeze,
        num_classes=head.columns,
        head_bias=head.bias,
        activate_downsample=image.timm_model_name not in _WITHOUT_DOWNSAMPLE_GELU,
        layer_norm=not has_statistics,
    )
    rules = [*layouts.fastvit(tower), *head.rules]
    fusions = layouts.fastvit_fusions(tower, shapes)
    return TowerDesign("MobileCLIP (FastViT)", tower, rules, fusions)


def _check_widths(widths: Sequence[int]) -> None:
    for before, after in pairwise(widths):
        if after % before:
            raise ModelError(
                f"convolutions by channel cannot make {after} columns of {before}, as this file's"
                f" stages of {', '.join(map(str, widths))} columns would need."
            )


def _find_stage(shapes: Mapping[str, Shape], stage: str) -> Stage:
    mlp_dim, width, *_ = find_shape(shapes, 4, f"{stage}.blocks.0.mlp.fc1.weight")
    attends = f"{stage}.blocks.0.token_mixer.qkv.weight" in shapes
    if attends and width % HEAD_COLUMNS:
        raise ModelError(f"{stage}: heads of {HEAD_COLUMNS} columns cannot share {width}.")
    downsample, squeeze = f"{stage}.downsample.proj.0", f"{stage}.downsample.proj.0.se"
    position = f"{stage}.pos_emb"
    return Stage(
        depth=count_blocks(shapes, f"{stage}.blocks.{{}}"),
        width=width,
        mlp_dim=mlp_dim,
        mixer=None if attends else _find_kernel(shapes, f"{stage}.blocks.0.token_mixer"),
        downsample=_find_kernel(shapes, downsample) if _has(shapes, downsample) else None,
        squeeze=(
            find_shape(shapes, 4, f"{squeeze}.fc1.weight")[0] if _has(shapes, squeeze) else None
        ),
        position=_find_kernel(shapes, position) if _has(shapes, position) else None,
    )


def _has(shapes: Mapping[str, Shape], module: str) -> bool:
    return any(name.startswith(f"{module}.") for name in shapes)


def _find_kernel(shapes: Mapping[str, Shape], unit: str) -> int:
    *_, height, width = _find_convolution(shapes, unit)
    if height != width or height % 2 == 0:
        raise ModelError(f"{unit}: kernels of {height} x {width} pixels have no centre.")
    return height


def _find_convolution(shapes: Mapping[str, Shape], unit: str) -> Shape:
    """The shape of a unit's largest kernel, fused or not."""
    names = ("conv_kxk.0.conv", "large_conv.conv", "mixer.conv_kxk.0.conv", "pos_enc")
    sources = (layouts.FUSED, *names)
    return find_shape(shapes, 4, *(f"{unit}.{source}.weight" for source in sources))


class _Head(NamedTuple):
    """What makes embeddings of a trunk's features: a dense layer, or nothing."""

    columns: int | None
    bias: bool
    rules: list[Rule]


def _find_head(image: ImageConfig, dim: int, classifier: str, features: int) -> _Head:
    """The trunk's own `classifier`, a layer of open_clip, or nothing, as `timm_proj` says."""
    match image.timm_proj:
        case None | "":
            return _Head(dim, True, dense(classifier, "img/head"))
        case "linear":
            bias = image.timm_proj_bias
            return _Head(dim, bias, dense("visual.head.proj", "img/head", bias=bias))
        case "none" if features == dim:
            return _Head(None, False, [])
        case "none":
            raise ModelError(f"its image tower makes {features} columns, but embed_dim is {dim}.")
        case other:
            raise ModelError(f"timm_proj {other!r} cannot be read; 'linear' and 'none' can.")

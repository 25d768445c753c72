"""Models that open_clip wrote, from their `open_clip_config.json`.

Sources: open_clip 3.3 (model.py, transformer.py, hf_model.py, timm_model.py). Towers of timm and
transformers are only named in a config; their sizes are those of the file, but for the heads,
which no shape tells.
"""

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal

import flax.linen as nn
from pydantic import BaseModel, ConfigDict, Field

from builder.errors import ModelError
from builder.models.hub.design import Design
from builder.models.hub.heads import UNKNOWN, Heads
from builder.towers import torch_layouts as layouts
from builder.towers.architecture import check_table
from builder.towers.layers import Activation
from builder.towers.modified_resnet import ModifiedResNet
from builder.towers.post_norm import Pool, PostNormTower
from builder.towers.renaming import Rule, Shape, dense
from builder.towers.text_transformer import TextTransformer
from builder.towers.vit import VisionTransformer

_Positive = Annotated[int, Field(gt=0, le=1 << 20)]
_Ratio = Annotated[float, Field(gt=0, le=64)]

_EPSILON = 1e-5
_TIMM_EPSILON = 1e-6

_TIMM_HEADS = {"base": 12, "large": 16, "so400m": 16, "giantopt": 16}
"""Heads of timm's SigLIP towers, by a word of their names (timm 1.0, vision_transformer.py)."""

_TRANSFORMERS_HEADS = {
    "roberta-base": 12,
    "roberta-large": 16,
    "xlm-roberta-base": 12,
    "xlm-roberta-large": 16,
}
"""Heads of towers in transformers, by the last part of their names on the hub."""


class _Table(BaseModel):
    # A key that is not known could change what the model computes.
    model_config = ConfigDict(frozen=True, extra="forbid")


class _NormOptions(_Table):
    eps: Annotated[float, Field(gt=0, lt=1)] = _EPSILON


class _ActivationOptions(_Table):
    approximate: Literal["none", "tanh"] = "none"


class _ImageTable(_Table):
    image_size: _Positive | tuple[_Positive, _Positive] = 224
    layers: _Positive | tuple[_Positive, _Positive, _Positive, _Positive] = 12
    width: _Positive = 768
    head_width: _Positive = 64
    mlp_ratio: _Ratio = 4.0
    patch_size: _Positive = 16
    no_ln_pre: bool = False
    pool_type: Literal["tok", "avg"] = "tok"
    final_ln_after_pool: bool = False
    ls_init_value: None = None
    patch_dropout: float = 0
    norm_kwargs: _NormOptions = _NormOptions()
    act_kwargs: _ActivationOptions = _ActivationOptions()
    timm_model_name: str | None = None
    timm_model_pretrained: bool = False
    timm_pool: str = "avg"
    timm_proj: str | None = "linear"
    timm_proj_bias: bool = False
    timm_drop: float = 0
    timm_drop_path: float | None = None


class _TextTable(_Table):
    context_length: _Positive = 77
    vocab_size: _Positive = 49_408
    width: _Positive = 512
    heads: _Positive = 8
    layers: _Positive = 12
    mlp_ratio: _Ratio = 4.0
    ls_init_value: None = None
    pad_id: int = 0
    no_causal_mask: bool = False
    pool_type: Literal["argmax", "first", "last", "eos"] = "argmax"
    eos_id: int | None = None
    proj_type: Literal["linear"] = "linear"
    proj_bias: bool = False
    norm_kwargs: _NormOptions = _NormOptions()
    act_kwargs: _ActivationOptions = _ActivationOptions()
    hf_model_name: str | None = None
    hf_model_pretrained: bool = False
    hf_tokenizer_name: str | None = None
    hf_proj_type: Literal["mlp", "linear"] | None = None
    hf_pooler_type: Literal["mean_pooler", "cls_pooler", "cls_last_hidden_state_pooler"] = (
        "mean_pooler"
    )
    tokenizer_kwargs: dict[str, Any] = {}


class OpenClipConfig(_Table):
    """`model_cfg`."""

    embed_dim: _Positive
    vision_cfg: _ImageTable
    text_cfg: _TextTable
    quick_gelu: bool = False
    custom_text: bool = False
    init_logit_scale: float | None = None
    init_logit_bias: float | None = None


_Designed = tuple[nn.Module, list[Rule]]
"""A tower, and the rules that fill it."""

_POOLS: Mapping[str, Literal["end", "first", "last"]] = {
    "argmax": "end",
    "eos": "end",
    "first": "first",
    "last": "last",
}


_TRANSFORMERS_POOLS: Mapping[str, Pool] = {
    "mean_pooler": "mean",
    "cls_pooler": "pooler",
    "cls_last_hidden_state_pooler": "first",
}


def design_open_clip_model(
    config: Mapping[str, Any], shapes: Mapping[str, Shape], heads: Heads = UNKNOWN
) -> Design:
    """The design of the model that a config's `model_cfg` describes.

    `shapes` are those in its files, `heads` those of towers that the config only names.

    Raises:
        ModelError: if it is of another family, or says something that is not possible.
    """
    model = check_table(OpenClipConfig, config.get("model_cfg") or {}, "model_cfg")
    image, image_rules = _design_image(model, shapes, heads)
    text, text_rules = _design_text(model, shapes, heads)
    size = model.vision_cfg.image_size
    if not isinstance(size, int):
        if size[0] != size[1]:
            raise ModelError(f"image_size {size}: only square pictures can be shown.")
        size = size[0]
    return Design(
        family=_name_family(model),
        image=image,
        text=text,
        rules=[*image_rules, *text_rules],
        resolution=size,
        length=model.text_cfg.context_length,
        dim=model.embed_dim,
        has_bias=model.init_logit_bias is not None,
    )


def _name_family(model: OpenClipConfig) -> str:
    image = model.vision_cfg
    if image.timm_model_name is not None:
        family = "SigLIP (timm's ViT)"
    else:
        family = "open_clip ViT" if isinstance(image.layers, int) else "open_clip ResNet"
    text = model.text_cfg.hf_model_name
    return family if text is None else f"{family} and {text}"


def _activation(model: OpenClipConfig, options: _ActivationOptions) -> Activation:
    if model.quick_gelu:
        return "quick_gelu"
    return "gelu_tanh" if options.approximate == "tanh" else "gelu"


def _design_image(model: OpenClipConfig, shapes: Mapping[str, Shape], given: Heads) -> _Designed:
    image = model.vision_cfg
    if image.timm_model_name is not None:
        return _design_timm(image, shapes, given)
    if not isinstance(image.layers, int):
        heads = image.width * 32 // image.head_width
        resnet = ModifiedResNet(image.layers, image.width, heads, model.embed_dim)
        return resnet, layouts.open_clip_resnet()
    after_pool = image.final_ln_after_pool
    tower = VisionTransformer(
        num_classes=model.embed_dim,
        patch_size=(image.patch_size, image.patch_size),
        width=image.width,
        depth=image.layers,
        mlp_dim=int(image.width * image.mlp_ratio),
        num_heads=image.width // image.head_width,
        pool_type="tok" if image.pool_type == "tok" else "tok-gap",
        activation=_activation(model, image.act_kwargs),
        epsilon=image.norm_kwargs.eps,
        patch_bias=False,
        pre_norm=not image.no_ln_pre,
        norm_after_pool=after_pool,
        head_bias=False,
    )
    return tower, layouts.open_clip_image(after_pool=after_pool)


def _design_timm(image: _ImageTable, shapes: Mapping[str, Shape], given: Heads) -> _Designed:
    name = str(image.timm_model_name)
    if not re.fullmatch(r"vit_\w+_siglip\w*", name) or image.timm_pool != "map":
        raise ModelError(f"its image tower is timm's {name!r}, which cannot be read yet.")
    width, _, patch, _ = _shape(shapes, "visual.trunk.patch_embed.proj.weight", 4)
    mlp_dim, _ = _shape(shapes, "visual.trunk.blocks.0.mlp.fc1.weight", 2)
    words = name.split("_")
    known = next((count for word, count in _TIMM_HEADS.items() if word in words), None)
    tower = VisionTransformer(
        patch_size=(patch, patch),
        width=width,
        depth=_count(shapes, r"visual\.trunk\.blocks\.(\d+)\..*"),
        mlp_dim=mlp_dim,
        num_heads=given.choose("image", name, known, width),
        pool_type="map",
        activation="gelu",
        epsilon=_TIMM_EPSILON,
    )
    return tower, layouts.timm_siglip_image()


def _design_text(model: OpenClipConfig, shapes: Mapping[str, Shape], given: Heads) -> _Designed:
    text = model.text_cfg
    if text.hf_model_name is not None:
        return _design_transformers_text(model, shapes, given)
    tower = TextTransformer(
        num_classes=model.embed_dim,
        width=text.width,
        depth=text.layers,
        mlp_dim=int(text.width * text.mlp_ratio),
        num_heads=text.heads,
        vocab_size=text.vocab_size,
        pool_type=_POOLS[text.pool_type],
        end_id=text.eos_id if text.pool_type == "eos" else None,
        causal=not text.no_causal_mask,
        activation=_activation(model, text.act_kwargs),
        epsilon=text.norm_kwargs.eps,
        head_bias=text.proj_bias,
    )
    prefix = "text." if any(name.startswith("text.") for name in shapes) else ""
    return tower, layouts.open_clip_text(prefix, projection_bias=text.proj_bias)


def _design_transformers_text(
    model: OpenClipConfig, shapes: Mapping[str, Shape], given: Heads
) -> _Designed:
    """A text tower of transformers, such as XLM-R, and open_clip's projection of it."""
    text, prefix = model.text_cfg, "text.transformer"
    name = str(text.hf_model_name)
    if "roberta" not in name:
        raise ModelError(f"its text tower is {name!r}, which cannot be read yet.")
    vocabulary, width = _shape(shapes, f"{prefix}.embeddings.word_embeddings.weight", 2)
    positions, _ = _shape(shapes, f"{prefix}.embeddings.position_embeddings.weight", 2)
    segments, _ = _shape(shapes, f"{prefix}.embeddings.token_type_embeddings.weight", 2)
    mlp_dim, _ = _shape(shapes, f"{prefix}.encoder.layer.0.intermediate.dense.weight", 2)
    heads, rules = _design_projection(model, width)
    tower = PostNormTower(
        width=width,
        depth=_count(shapes, r"text\.transformer\.encoder\.layer\.(\d+)\..*"),
        mlp_dim=mlp_dim,
        num_heads=given.choose(
            "text", name, _TRANSFORMERS_HEADS.get(name.rpartition("/")[2]), width
        ),
        vocab_size=vocabulary,
        positions=positions,
        segments=segments,
        pad_id=1,
        counts_tokens=True,
        pool=_TRANSFORMERS_POOLS[text.hf_pooler_type],
        heads=heads,
        head_biases=(False,) * len(heads),
        gelu_between=True,
        epsilon=_EPSILON,
    )
    return tower, [*layouts.bert_text(prefix), *rules, *layouts.open_clip_scoring()]


def _design_projection(model: OpenClipConfig, width: int) -> tuple[tuple[int, ...], list[Rule]]:
    match model.text_cfg.hf_proj_type:
        case "mlp":
            middle = (width + model.embed_dim) // 2
            rules = [
                *dense("text.proj.0", "txt/head_0", bias=False),
                *dense("text.proj.2", "txt/head_1", bias=False),
            ]
            return (middle, model.embed_dim), rules
        case "linear":
            return (model.embed_dim,), dense("text.proj", "txt/head_0", bias=False)
        case None:
            return (), []


def _shape(shapes: Mapping[str, Shape], name: str, axes: int) -> Shape:
    shape = shapes.get(name)
    if shape is None or len(shape) != axes:
        raise ModelError(f"missing: {name}, or it does not have {axes} axes.")
    return shape


def _count(shapes: Mapping[str, Shape], pattern: str) -> int:
    """How many blocks there are."""
    numbers = [int(found[1]) for name in shapes if (found := re.fullmatch(pattern, name))]
    if not numbers:
        raise ModelError(f"has no entry like {pattern}.")
    return max(numbers) + 1

"""Models that open_clip wrote, from their `open_clip_config.json`.

Sources: open_clip 3.3 (model.py, transformer.py, hf_model.py). Towers of timm and transformers are
only named in a config; their sizes are those of the file, but for the heads, which no shape tells.
"""

from collections.abc import Mapping
from typing import Any, Literal

from builder.errors import ModelError
from builder.models.hub.design import Design
from builder.models.hub.heads import UNKNOWN, Heads
from builder.models.hub.open_clip_config import EPSILON, ActivationOptions, OpenClipConfig
from builder.models.hub.timm_design import design_timm_tower
from builder.models.hub.tower_design import TowerDesign, count_blocks, find_shape
from builder.towers import torch_layouts as layouts
from builder.towers.architecture import check_table
from builder.towers.layers import Activation
from builder.towers.modified_resnet import ModifiedResNet
from builder.towers.post_norm import Pool, PostNormTower
from builder.towers.renaming import Rule, Shape, dense
from builder.towers.text_transformer import TextTransformer
from builder.towers.vit import VisionTransformer

_TRANSFORMERS_HEADS = {
    "roberta-base": 12,
    "roberta-large": 16,
    "xlm-roberta-base": 12,
    "xlm-roberta-large": 16,
}
"""Heads of towers in transformers, by the last part of their names on the hub."""

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
    image, text = _design_image(model, shapes, heads), _design_text(model, shapes, heads)
    size = model.vision_cfg.image_size
    if not isinstance(size, int):
        if size[0] != size[1]:
            raise ModelError(f"image_size {size}: only square pictures can be shown.")
        size = size[0]
    return Design(
        family=f"{image.name} and {text.name}" if text.name else image.name,
        image=image.module,
        text=text.module,
        rules=[*image.rules, *text.rules],
        fusions=image.fusions,
        resolution=size,
        length=model.text_cfg.context_length,
        dim=model.embed_dim,
        has_bias=model.init_logit_bias is not None,
    )


def _activation(model: OpenClipConfig, options: ActivationOptions) -> Activation:
    if model.quick_gelu:
        return "quick_gelu"
    return "gelu_tanh" if options.approximate == "tanh" else "gelu"


def _design_image(model: OpenClipConfig, shapes: Mapping[str, Shape], given: Heads) -> TowerDesign:
    image = model.vision_cfg
    if image.timm_model_name is not None:
        return design_timm_tower(image, model.embed_dim, shapes, given)
    if not isinstance(image.layers, int):
        resnet = ModifiedResNet(image.layers, image.width, image.heads, model.embed_dim)
        return TowerDesign(
            "open_clip ResNet",
            resnet,
            layouts.open_clip_resnet(),
            layouts.open_clip_resnet_fusions(resnet),
        )
    if image.patch_size is None:
        raise ModelError("vision_cfg.patch_size is null, but its image tower is a ViT.")
    after_pool = image.final_ln_after_pool
    tower = VisionTransformer(
        num_classes=model.embed_dim,
        patch_size=(image.patch_size, image.patch_size),
        width=image.width,
        depth=image.layers,
        mlp_dim=int(image.width * image.mlp_ratio),
        num_heads=image.heads,
        pool_type="tok" if image.pool_type == "tok" else "tok-gap",
        activation=_activation(model, image.act_kwargs),
        epsilon=image.norm_kwargs.eps,
        patch_bias=False,
        pre_norm=not image.no_ln_pre,
        norm_after_pool=after_pool,
        head_bias=False,
    )
    return TowerDesign("open_clip ViT", tower, layouts.open_clip_image(after_pool=after_pool))


def _design_text(model: OpenClipConfig, shapes: Mapping[str, Shape], given: Heads) -> TowerDesign:
    text = model.text_cfg
    if text.hf_model_name is not None:
        return _design_transformers_text(model, shapes, given)
    projected = text.proj_type == "linear"
    tower = TextTransformer(
        num_classes=model.embed_dim if projected else None,
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
    if not projected and text.width != model.embed_dim:
        raise ModelError(
            f"its text tower makes {text.width} columns, but embed_dim is {model.embed_dim}."
        )
    rules = layouts.open_clip_text(prefix, projection_bias=text.proj_bias)
    return TowerDesign("", tower, rules)


def _design_transformers_text(
    model: OpenClipConfig, shapes: Mapping[str, Shape], given: Heads
) -> TowerDesign:
    """A text tower of transformers, such as XLM-R, and open_clip's projection of it."""
    text, prefix = model.text_cfg, "text.transformer"
    name = str(text.hf_model_name)
    if "roberta" not in name:
        raise ModelError(f"its text tower is {name!r}, which cannot be read yet.")
    vocabulary, width = find_shape(shapes, 2, f"{prefix}.embeddings.word_embeddings.weight")
    positions, _ = find_shape(shapes, 2, f"{prefix}.embeddings.position_embeddings.weight")
    segments, _ = find_shape(shapes, 2, f"{prefix}.embeddings.token_type_embeddings.weight")
    mlp_dim, _ = find_shape(shapes, 2, f"{prefix}.encoder.layer.0.intermediate.dense.weight")
    heads, rules = _design_projection(model, width)
    tower = PostNormTower(
        width=width,
        depth=count_blocks(shapes, f"{prefix}.encoder.layer.{{}}"),
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
        epsilon=EPSILON,
    )
    rules = [*layouts.bert_text(prefix), *rules, *layouts.open_clip_scoring()]
    return TowerDesign(name, tower, rules)


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

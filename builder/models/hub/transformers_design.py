"""Models that transformers wrote, from their `config.json`."""

from collections.abc import Mapping
from typing import Any

import flax.linen as nn

from builder.errors import ModelError
from builder.models.hub.design import Design
from builder.models.hub.transformers_config import (
    TEXT_TOWERS,
    AltTextConfig,
    BertConfig,
    ClipTextConfig,
    HiddenAct,
    ImageConfig,
    ModelConfig,
    RobertaConfig,
    SiglipImageConfig,
    SiglipTextConfig,
    VitConfig,
)
from builder.towers import torch_layouts as layouts
from builder.towers.architecture import check_table
from builder.towers.layers import Activation
from builder.towers.post_norm import Pool, PostNormTower
from builder.towers.renaming import Rule, dense, norm
from builder.towers.text_transformer import TextTransformer
from builder.towers.vit import VisionTransformer

_ACTIVATIONS: Mapping[HiddenAct, Activation] = {
    "quick_gelu": "quick_gelu",
    "gelu": "gelu",
    "gelu_pytorch_tanh": "gelu_tanh",
    "gelu_new": "gelu_tanh",
    "relu": "relu",
}
_TEXT_NAMES = {"bert": "BERT", "roberta": "RoBERTa", "xlm-roberta": "XLM-R"}
_OLD_EOS = 2
"""What configs of OpenAI's models say in place of the end token, which has the highest id."""


def design_transformers_model(config: Mapping[str, Any], names: frozenset[str]) -> Design:
    """The design of the model that a `config.json` describes; `names` are those in its files.

    Raises:
        ModelError: if it is of another family, or says something that is not possible.
    """
    model = check_table(ModelConfig, config, "config.json")
    match model.model_type:
        case "clip":
            return _clip(model)
        case "siglip":
            return _siglip(model)
        case "chinese_clip":
            return _with_clip_image("Chinese-CLIP", model, *_bert(model, BertConfig, "first"))
        case "altclip":
            return _with_clip_image("AltCLIP", model, *_alt_text(model))
        case "vision-text-dual-encoder":
            return _dual(model, names)
        case "siglip2":
            raise ModelError(
                "this is a NaFlex model of SigLIP 2, whose pictures have no fixed size.",
                "Take one of fixed resolution, such as google/siglip2-base-patch16-224.",
            )
        case other:
            raise ModelError(
                f"the model_type {other!r} is not one that can be read.",
                "Those are clip, siglip, chinese_clip, altclip and vision-text-dual-encoder.",
            )


def _clip(model: ModelConfig) -> Design:
    text = check_table(ClipTextConfig, model.text, "text_config")
    tower = _text_transformer(
        text,
        model.projection_dim,
        pool_type="end",
        end_id=None if text.eos_token_id == _OLD_EOS else text.eos_token_id,
        causal=True,
        head_bias=False,
    )
    rules = [*layouts.clip_text(), *layouts.projections("txt/head")]
    return _with_clip_image("CLIP", model, tower, rules, text.max_position_embeddings)


def _with_clip_image(
    family: str, model: ModelConfig, text: nn.Module, rules: list[Rule], length: int
) -> Design:
    """A model with CLIP's image tower and the given text tower."""
    image = check_table(ImageConfig, model.image, "vision_config")
    return Design(
        family=family,
        image=_clip_image_tower(image, model.projection_dim),
        text=text,
        rules=[*layouts.clip_image(), *rules],
        resolution=image.image_size,
        length=length,
        dim=model.projection_dim,
    )


def _clip_image_tower(image: ImageConfig, dim: int) -> VisionTransformer:
    return _vision_transformer(
        image, num_classes=dim, pool_type="tok", patch_bias=False, pre_norm=True, head_bias=False
    )


def _vision_transformer(image: ImageConfig, **options: Any) -> VisionTransformer:
    """Of the sizes of a config; `options` are what differs between families."""
    return VisionTransformer(
        patch_size=(image.patch_size, image.patch_size),
        width=image.hidden_size,
        depth=image.num_hidden_layers,
        mlp_dim=image.intermediate_size,
        num_heads=image.num_attention_heads,
        activation=_ACTIVATIONS[image.hidden_act],
        epsilon=image.layer_norm_eps,
        **options,
    )


def _text_transformer(
    text: ClipTextConfig | SiglipTextConfig, dim: int, **options: Any
) -> TextTransformer:
    return TextTransformer(
        num_classes=dim,
        width=text.hidden_size,
        depth=text.num_hidden_layers,
        mlp_dim=text.intermediate_size,
        num_heads=text.num_attention_heads,
        vocab_size=text.vocab_size,
        activation=_ACTIVATIONS[text.hidden_act],
        epsilon=text.layer_norm_eps,
        **options,
    )


def _siglip(model: ModelConfig) -> Design:
    image = check_table(SiglipImageConfig, model.image, "vision_config")
    text = check_table(SiglipTextConfig, model.text, "text_config")
    dim = text.projection_size or text.hidden_size
    return Design(
        family="SigLIP",
        image=_vision_transformer(image, pool_type="map"),
        text=_text_transformer(text, dim),
        rules=layouts.siglip(),
        resolution=image.image_size,
        length=text.max_position_embeddings,
        dim=dim,
        has_bias=True,
    )


def _dual(model: ModelConfig, names: frozenset[str]) -> Design:
    kind = str(model.text.get("model_type"))
    if kind not in TEXT_TOWERS:
        raise ModelError(
            f"text_config.model_type {kind!r} is not one that can be read.",
            f"Those are {', '.join(TEXT_TOWERS)}.",
        )
    text, rules, length = _bert(model, TEXT_TOWERS[kind], "pooler")
    match model.image.get("model_type"):
        case "clip_vision_model" | "clip":
            # transformers 4 repeats the name of the tower, 5 does not.
            twice = any(name.startswith("vision_model.vision_model.") for name in names)
            prefix = "vision_model.vision_model" if twice else "vision_model"
            table = check_table(ImageConfig, model.image, "vision_config")
            image = _clip_image_tower(table, model.projection_dim)
            image_rules = layouts.clip_image(prefix)
        case "vit":
            table = check_table(VitConfig, model.image, "vision_config")
            image = _vit_tower(table, model.projection_dim)
            image_rules = layouts.vit_image()
        case other:
            raise ModelError(
                f"vision_config.model_type {other!r} is not one that can be read.",
                "Those are vit and clip_vision_model.",
            )
    image_name = "ViT" if isinstance(table, VitConfig) else "CLIP's image tower"
    return Design(
        family=f"VisionTextDualEncoder of {image_name} and {_TEXT_NAMES[kind]}",
        image=image,
        text=text,
        rules=[*image_rules, *rules],
        resolution=table.image_size,
        length=length,
        dim=model.projection_dim,
    )


def _vit_tower(image: VitConfig, dim: int) -> VisionTransformer:
    return _vision_transformer(
        image,
        num_classes=dim,
        rep_size=image.pooler_output_size or True,
        pool_type="tok",
        head_bias=False,
    )


def _bert(
    model: ModelConfig, kind: type[BertConfig], pool: Pool
) -> tuple[PostNormTower, list[Rule], int]:
    text = check_table(kind, model.text, "text_config")
    tower, length = _post_norm_tower(text, pool, (model.projection_dim,), (False,))
    return tower, [*layouts.bert_text(), *layouts.projections("txt/head_0")], length


def _post_norm_tower(
    text: BertConfig, pool: Pool, heads: tuple[int, ...], biases: tuple[bool, ...]
) -> tuple[PostNormTower, int]:
    counts_tokens = isinstance(text, RobertaConfig)
    tower = PostNormTower(
        width=text.hidden_size,
        depth=text.num_hidden_layers,
        mlp_dim=text.intermediate_size,
        num_heads=text.num_attention_heads,
        vocab_size=text.vocab_size,
        positions=text.max_position_embeddings,
        segments=text.type_vocab_size,
        pad_id=text.pad_token_id,
        counts_tokens=counts_tokens,
        pool=pool,
        heads=heads,
        head_biases=biases,
        activation=_ACTIVATIONS[text.hidden_act],
        epsilon=text.layer_norm_eps,
    )
    # Rows of the table up to the padding's id are not for tokens.
    return tower, text.max_position_embeddings - (text.pad_token_id + 1 if counts_tokens else 0)


def _alt_text(model: ModelConfig) -> tuple[PostNormTower, list[Rule], int]:
    text = check_table(AltTextConfig, model.text, "text_config")
    tower, length = _post_norm_tower(
        text, "normed-first", (text.project_dim, model.projection_dim), (True, False)
    )
    rules = [
        *layouts.bert_text("text_model.roberta"),
        *norm("text_model.pre_LN", "txt/last_norm"),
        *dense("text_model.transformation", "txt/head_0"),
        *layouts.projections("txt/head_1"),
    ]
    return tower, rules, length

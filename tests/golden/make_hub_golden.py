"""Makes `hub/`: small random models of each family, in their libraries' own files and outputs.

`make oracle` runs it, in an environment with torch, transformers and open_clip. Nothing is
downloaded. Each folder is what `save_pretrained`, or open_clip's layout, leaves; `golden.npz` has
inputs and the library's unit rows for them.
"""

import json
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import open_clip  # pyright: ignore[reportMissingImports]
import torch  # pyright: ignore[reportMissingImports]
import transformers  # pyright: ignore[reportMissingImports]
from safetensors.torch import save_file
from timm.layers import LayerNorm2d  # pyright: ignore[reportMissingImports]
from timm.models import register_model  # pyright: ignore[reportMissingImports]
from timm.models.fastvit import (  # pyright: ignore[reportMissingImports]
    FastVit,
    RepConditionalPosEnc,
)
from timm.models.vision_transformer import (  # pyright: ignore[reportMissingImports]
    VisionTransformer,
)
from timm.models.vision_transformer_hybrid import (  # pyright: ignore[reportMissingImports]
    ConvStem,
    HybridEmbed,
)
from timm.utils.model import reparameterize_model  # pyright: ignore[reportMissingImports]

HERE = Path(__file__).parent / "hub"
LENGTH, VOCABULARY, PICTURE = 9, 60, 16
BLOCKS = {"hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2}
TEXT = {
    **BLOCKS,
    "intermediate_size": 24,
    "vocab_size": VOCABULARY,
    "max_position_embeddings": LENGTH,
}
IMAGE = {**BLOCKS, "intermediate_size": 20, "image_size": PICTURE, "patch_size": 8}


def main() -> None:
    """Write all folders anew."""
    torch.manual_seed(0)
    for name, model in _transformers_models().items():
        _randomize(model)
        folder = HERE / name
        model.half().save_pretrained(folder) if name == "clip_half" else model.save_pretrained(
            folder, max_shard_size="20KB" if name == "clip_sharded" else "1GB"
        )
        model.float().eval()
        pixels, tokens, mask = _inputs(model.config)
        with torch.no_grad():
            options = {} if name.startswith("siglip") else {"attention_mask": mask}
            out = model(pixel_values=pixels, input_ids=tokens, **options)
        _save(folder, pixels, tokens, out.image_embeds, out.text_embeds)
    for name, config in {**_open_clip_configs(), **_timm_configs()}.items():
        _write_open_clip(HERE / name, config)


def _transformers_models() -> dict[str, Any]:
    t = transformers
    clip = {
        "text_config": {**TEXT, "eos_token_id": 2},
        "vision_config": IMAGE,
        "projection_dim": 12,
    }
    end = {**TEXT, "eos_token_id": 40, "hidden_act": "gelu"}
    roberta = {
        **TEXT,
        "max_position_embeddings": LENGTH + 2,
        "type_vocab_size": 1,
        "pad_token_id": 1,
    }
    bert_text = t.BertConfig(**TEXT)
    return {
        "clip_highest_id": t.CLIPModel(t.CLIPConfig(**clip)),
        "clip_end_id": t.CLIPModel(t.CLIPConfig(**{**clip, "text_config": end})),
        "clip_half": t.CLIPModel(t.CLIPConfig(**clip)),
        "clip_sharded": t.CLIPModel(t.CLIPConfig(**clip)),
        "siglip": t.SiglipModel(t.SiglipConfig(text_config=TEXT, vision_config=IMAGE)),
        "dual_vit_bert": _dual(t.ViTConfig(**IMAGE), bert_text),
        "dual_clip_roberta": _dual(t.CLIPVisionConfig(**IMAGE), t.RobertaConfig(**roberta)),
        "chinese_clip": t.ChineseCLIPModel(
            t.ChineseCLIPConfig(text_config=TEXT, vision_config=IMAGE, projection_dim=12)
        ),
        "alt_clip": t.AltCLIPModel(
            t.AltCLIPConfig(
                text_config={**roberta, "project_dim": 14}, vision_config=IMAGE, projection_dim=12
            )
        ),
    }


def _dual(image: Any, text: Any) -> Any:
    t = transformers
    config = t.VisionTextDualEncoderConfig.from_vision_text_configs(image, text, projection_dim=12)
    return t.VisionTextDualEncoderModel(config)


def _open_clip_configs() -> dict[str, dict[str, Any]]:
    image = {"image_size": PICTURE, "layers": 2, "width": 16, "patch_size": 8, "head_width": 8}
    text = {
        "context_length": LENGTH,
        "vocab_size": VOCABULARY,
        "width": 16,
        "heads": 2,
        "layers": 2,
    }
    averaged = {**image, "no_ln_pre": True, "pool_type": "avg", "final_ln_after_pool": True}
    last = {**text, "pool_type": "last", "no_causal_mask": True}
    resnet = {"image_size": 32, "layers": [1, 2, 1, 1], "width": 4, "head_width": 32}
    return {
        "open_clip_vit": {"embed_dim": 12, "vision_cfg": image, "text_cfg": text},
        "open_clip_custom_text": {
            "embed_dim": 12,
            "vision_cfg": {**image, "mlp_ratio": 2.5},
            "text_cfg": text,
            "quick_gelu": True,
            "custom_text": True,
        },
        "open_clip_averaged": {"embed_dim": 12, "vision_cfg": averaged, "text_cfg": last},
        "open_clip_resnet": {"embed_dim": 12, "vision_cfg": resnet, "text_cfg": text},
    }


def _timm_configs() -> dict[str, dict[str, Any]]:
    """Models whose image towers are timm's, of names that it does not know but for those below."""

    def configure(
        tower: str, pool: str, *, image: Any = None, text: Any = None, **options: Any
    ) -> dict[str, Any]:
        return {
            "embed_dim": 12,
            "custom_text": True,
            "vision_cfg": {
                "image_size": 64,
                "timm_model_name": tower,
                "timm_pool": pool,
                "timm_proj": None,
                **(image or {}),
            },
            "text_cfg": {
                "context_length": LENGTH,
                "vocab_size": VOCABULARY,
                "width": 16,
                "heads": 2,
                "layers": 1,
                **(text or {}),
            },
            **options,
        }

    free = {"no_causal_mask": True}
    last = {**free, "pool_type": "last", "proj_bias": True, "norm_kwargs": {"eps": 1e-6}}
    small = {"image_size": 16}
    linear = {"timm_proj": "linear", "timm_proj_bias": True, "image_size": 48}
    return {
        "open_clip_fastvit": configure("fastvit_mci_small", "avg", text=free),
        "open_clip_fastvit_fused": configure("fastvit_mci_small", "avg", text=free),
        "open_clip_fastvit_five_stages": configure("fastvit_mci_five", "avg", text=free),
        "open_clip_fastvit_first": configure("fastvit_t8", "avg", image=linear),
        "open_clip_timm_conv_stem": configure(
            "vit_base_mci_small", "token", image={"image_size": 32}
        ),
        "open_clip_timm_clip": configure(
            "vit_base_patch8_clip_16", "token", image=small, text=free
        ),
        "open_clip_timm_siglip": configure(
            "vit_base_patch8_siglip_16",
            "map",
            image={**small, "timm_proj": "none"},
            text={**last, "act_kwargs": {"approximate": "tanh"}},
            embed_dim=24,
            init_logit_bias=-10,
        ),
    }


def _heads_of(kwargs: dict[str, Any]) -> dict[str, Any]:
    """What open_clip asks for, without what timm's factory adds."""
    return {key: kwargs[key] for key in ("num_classes", "global_pool") if key in kwargs}


def _trunk(model: Any) -> Any:
    model.default_cfg = {}
    return model


def _fastvit(options: dict[str, Any], kwargs: dict[str, Any]) -> Any:
    positions = partial(RepConditionalPosEnc, spatial_shape=(7, 7))
    mixers = options["token_mixers"]
    places = tuple(positions if mixer == "attention" else None for mixer in mixers)
    return _trunk(FastVit(pos_embs=places, **{**options, **_heads_of(kwargs)}))


@register_model  # pyright: ignore[reportUntypedFunctionDecorator]
def fastvit_mci_small(pretrained: bool = False, **kwargs: Any) -> Any:
    """As MobileCLIP's S0 to S2."""
    assert not pretrained
    options = {
        "layers": (1, 2, 1, 1),
        "embed_dims": (4, 8, 8, 32),
        "mlp_ratios": (2, 3, 1, 2),
        "se_downsamples": (False, False, True, True),
        "token_mixers": ("repmixer", "repmixer", "repmixer", "attention"),
        "lkc_use_act": True,
    }
    return _fastvit(options, kwargs)


@register_model  # pyright: ignore[reportUntypedFunctionDecorator]
def fastvit_mci_five(pretrained: bool = False, **kwargs: Any) -> Any:
    """As MobileCLIP 2's S3 and S4."""
    assert not pretrained
    options = {
        "layers": (1, 1, 1, 1, 1),
        "embed_dims": (4, 4, 8, 32, 32),
        "mlp_ratios": (2, 2, 1, 1, 1),
        "downsamples": (False, True, True, True, True),
        "se_downsamples": (False,) * 5,
        "token_mixers": ("repmixer", "repmixer", "repmixer", "attention", "attention"),
        "lkc_use_act": True,
        "norm_layer": partial(LayerNorm2d, eps=1e-5),
        "stem_use_scale_branch": False,
        "cls_ratio": 1.0,
    }
    return _fastvit(options, kwargs)


@register_model  # pyright: ignore[reportUntypedFunctionDecorator]
def fastvit_t8(pretrained: bool = False, **kwargs: Any) -> Any:
    """As FastViT's own towers, whose names say that a GELU is left out; this one is smaller."""
    assert not pretrained
    options = {
        "layers": (1, 1, 1, 1),
        "embed_dims": (6, 12, 12, 24),
        "mlp_ratios": (3, 3, 3, 3),
        "token_mixers": ("repmixer",) * 4,
    }
    return _fastvit(options, kwargs)


def _vit(kwargs: dict[str, Any], **options: Any) -> Any:
    # A name with "base" in it has 12 heads.
    sizes = {"embed_dim": 24, "depth": 2, "num_heads": 12, "mlp_ratio": 1.5}
    return _trunk(VisionTransformer(**{**sizes, **options, **_heads_of(kwargs)}))


@register_model  # pyright: ignore[reportUntypedFunctionDecorator]
def vit_base_mci_small(pretrained: bool = False, **kwargs: Any) -> Any:
    """As MobileCLIP-B, with a stem of convolutions."""
    assert not pretrained
    stem = ConvStem(
        channels=(6, 8, 24),
        stride=(4, 2, 2),
        kernel_size=(4, 2, 2),
        padding=0,
        act_layer=torch.nn.GELU,
    )
    patches = partial(HybridEmbed, backbone=stem, proj=False)
    return _vit(kwargs, img_size=32, patch_size=1, no_embed_class=True, embed_layer=patches)


@register_model  # pyright: ignore[reportUntypedFunctionDecorator]
def vit_base_patch8_clip_16(pretrained: bool = False, **kwargs: Any) -> Any:
    """As MobileCLIP 2's L/14."""
    assert not pretrained
    epsilon = partial(torch.nn.LayerNorm, eps=1e-5)
    return _vit(kwargs, img_size=16, patch_size=8, pre_norm=True, norm_layer=epsilon)


@register_model  # pyright: ignore[reportUntypedFunctionDecorator]
def vit_base_patch8_siglip_16(pretrained: bool = False, **kwargs: Any) -> Any:
    """As SigLIP."""
    assert not pretrained
    return _vit(kwargs, img_size=16, patch_size=8, class_token=False)


def _write_open_clip(folder: Path, config: dict[str, Any]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    options = {key: value for key, value in config.items() if key != "custom_text"}
    kind = open_clip.CustomTextCLIP if config.get("custom_text") else open_clip.CLIP
    model = kind(**options).eval()
    _randomize(model)
    if folder.name.endswith("_fused"):
        model.visual = reparameterize_model(model.visual)
    save_file(
        {
            name: tensor.contiguous()
            for name, tensor in model.state_dict().items()
            if name != "attn_mask"
        },
        folder / "open_clip_model.safetensors",
    )
    (folder / "open_clip_config.json").write_text(
        json.dumps({"model_cfg": config}, indent=1) + "\n"
    )
    side = config["vision_cfg"]["image_size"]
    pixels = torch.randn(3, 3, side, side)
    tokens = torch.randint(3, VOCABULARY, (4, LENGTH))
    with torch.no_grad():
        images = model.encode_image(pixels, normalize=True)
        texts = model.encode_text(tokens, normalize=True)
    _save(folder, pixels, tokens, images, texts)


def _randomize(model: Any) -> None:
    """Everything a little different from its initial value, norms and biases too."""
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(0.2 * torch.randn_like(parameter))
        for name, buffer in model.named_buffers():
            if name.endswith("running_mean"):
                buffer.normal_(0, 0.3)
            elif name.endswith("running_var"):
                buffer.uniform_(0.5, 1.5)


def _inputs(config: Any) -> tuple[Any, Any, Any]:
    """Random pictures, and texts of several lengths that end in token 40 and padding."""
    pixels = torch.randn(3, 3, PICTURE, PICTURE)
    tokens = torch.randint(3, 39, (4, LENGTH))
    padding = getattr(config.text_config, "pad_token_id", None)
    padding = 0 if padding is None or not 0 <= padding < VOCABULARY else padding
    mask = torch.ones_like(tokens)
    for row, length in enumerate((LENGTH, 7, 4, 2)):
        tokens[row, length - 1] = 40
        tokens[row, length:] = padding
        mask[row, length:] = 0
    tokens[0, 2] = 59 if getattr(config.text_config, "eos_token_id", None) == 40 else tokens[0, 2]
    return pixels, tokens, mask


def _save(folder: Path, pixels: Any, tokens: Any, images: Any, texts: Any) -> None:
    def unit(rows: Any) -> Any:
        return (rows / rows.norm(dim=-1, keepdim=True)).numpy()

    np.savez_compressed(
        folder / "golden.npz",
        pixel_values=pixels.numpy().transpose(0, 2, 3, 1),
        input_ids=tokens.numpy().astype(np.int32),
        image_embeds=unit(images),
        text_embeds=unit(texts),
    )


if __name__ == "__main__":
    main()

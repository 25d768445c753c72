"""Makes `hub/`: small random models of each family, in their libraries' own files and outputs.

`make oracle` runs it, in an environment with torch, transformers and open_clip. Nothing is
downloaded. Each folder is what `save_pretrained`, or open_clip's layout, leaves; `golden.npz` has
inputs and the library's unit rows for them.
"""

import json
from pathlib import Path
from typing import Any

import numpy as np
import open_clip  # pyright: ignore[reportMissingImports]
import torch  # pyright: ignore[reportMissingImports]
import transformers  # pyright: ignore[reportMissingImports]
from safetensors.torch import save_file

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
    for name, (config, head) in _open_clip_configs().items():
        _write_open_clip(HERE / name, config, head)


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


def _open_clip_configs() -> dict[str, tuple[dict[str, Any], int]]:
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
        "open_clip_vit": ({"embed_dim": 12, "vision_cfg": image, "text_cfg": text}, 2),
        "open_clip_custom_text": (
            {
                "embed_dim": 12,
                "vision_cfg": {**image, "mlp_ratio": 2.5},
                "text_cfg": text,
                "quick_gelu": True,
                "custom_text": True,
            },
            2,
        ),
        "open_clip_averaged": ({"embed_dim": 12, "vision_cfg": averaged, "text_cfg": last}, 2),
        "open_clip_resnet": ({"embed_dim": 12, "vision_cfg": resnet, "text_cfg": text}, 4),
    }


def _write_open_clip(folder: Path, config: dict[str, Any], heads: int) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    options = {key: value for key, value in config.items() if key != "custom_text"}
    kind = open_clip.CustomTextCLIP if config.get("custom_text") else open_clip.CLIP
    model = kind(**options).eval()
    _randomize(model)
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

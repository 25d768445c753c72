"""Pixels as the image processors of transformers and open_clip make them."""

import numpy as np
import pytest
from PIL import Image

from builder.images.prepare import see
from builder.models.hub.folder import open_hub_model, read_pixels
from builder.models.hub.heads import Heads
from tests.shared import HUB_GOLDENS, needs

CLIP = {"image_processor_type": "CLIPImageProcessor", "size": {"shortest_edge": 32}}

SHARED_NAMES = [
    *("alt_clip", "chinese_clip", "clip_eos", "clip_fp16", "clip_openai", "clip_sharded"),
    *("dual_clip_xlmr", "dual_vit_bert", "siglip", "siglip2_gemma", "v5_clip_bf16"),
    *("v5_dual_clip_roberta", "openclip_clipa", "openclip_quickgelu_custom", "openclip_resnet"),
    *("openclip_mobileclip", "openclip_mobileclip_fused"),
    *("openclip_siglip", "openclip_vit", "openclip_xlmr"),
]


@needs(HUB_GOLDENS)
@pytest.mark.parametrize("name", SHARED_NAMES)
def test_pixels_are_those_of_the_models_own_library(name: str):
    folder = HUB_GOLDENS / name
    heads = {"openclip_siglip": Heads(image=4), "openclip_xlmr": Heads(text=4)}
    rule = read_pixels(open_hub_model(folder, heads.get(name, Heads())))
    with np.load(folder / "golden.npz") as golden:
        for i in range(3):
            seen = see(Image.fromarray(golden[f"image_{i}"]), rule.preprocessing)
            values = seen.astype(np.float32) * np.float32(1 / 255)
            pixels = (values - np.array(rule.mean, np.float32)) / np.array(rule.std, np.float32)
            expected = golden["pixel_values"][i].transpose(1, 2, 0)
            np.testing.assert_allclose(pixels, expected, atol=1e-5)

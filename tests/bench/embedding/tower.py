"""Vision Transformers with random weights, as image towers and as models."""

from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from builder.manifest import SoftmaxScoring
from builder.model import ImageTextModel, ModelCard, Preprocessing, Tower
from builder.text.sentencepiece import SentencePieceTokenizer
from builder.towers.layers import l2_normalize
from builder.towers.vit import VisionTransformer

SIZE = 224


@dataclass(frozen=True)
class Shape:
    """Of a Vision Transformer."""

    width: int
    depth: int
    mlp_dim: int
    num_heads: int


LARGE = Shape(width=1024, depth=24, mlp_dim=4096, num_heads=16)
TINY = Shape(width=192, depth=12, mlp_dim=768, num_heads=3)


def make_tower(shape: Shape) -> Tower:
    """A ViT of patch size 16 with a class token, as LiT's image towers have it."""
    module = VisionTransformer(
        width=shape.width,
        depth=shape.depth,
        mlp_dim=shape.mlp_dim,
        num_heads=shape.num_heads,
        pool_type="tok",
    )
    image = jnp.zeros((1, SIZE, SIZE, 3))
    shapes = jax.eval_shape(module.init, jax.random.key(0), image)
    rng = np.random.default_rng(0)

    def draw(leaf: jax.ShapeDtypeStruct) -> Any:
        return rng.standard_normal(leaf.shape, np.float32) * np.float32(0.02)

    def apply(params: Any, images: Any) -> jax.Array:
        rows = module.apply(params, images)
        assert isinstance(rows, jax.Array)
        return l2_normalize(rows)

    return Tower(apply, jax.tree.map(draw, shapes))


def make_model(tower: Tower, dim: int) -> ImageTextModel:
    """The tower as `embed_images` takes it; there is nothing for texts."""

    def nothing(*_: object) -> Any:
        raise NotImplementedError

    return ImageTextModel(
        id="ViT",
        card=ModelCard(
            name="ViT", description="", image_tower="", text_tower="", license="", source=None
        ),
        dim=dim,
        scoring=SoftmaxScoring(scale=1),
        tokenizer=SentencePieceTokenizer.__new__(SentencePieceTokenizer),
        preprocessing=Preprocessing(SIZE),
        image_fingerprint="random",
        text_fingerprint="",
        load_image=lambda: tower,
        load_text=nothing,
    )

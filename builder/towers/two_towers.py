"""Two-tower models from big_vision's checkpoints (models/proj/image_text/two_towers.py)."""

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp

from builder.errors import ModelError
from builder.model import Tower, Towers
from builder.params import Params, unflatten_params
from builder.towers.architecture import (
    Architecture,
    BertArchitecture,
    ImageArchitecture,
    TextArchitecture,
    read_architecture,
)
from builder.towers.bert import BertTower
from builder.towers.checkpoint import Checkpoint
from builder.towers.checkpoint_layouts import (
    Part,
    Shape,
    compare_shapes,
    plan_parts,
    read_parts,
    read_scoring,
)
from builder.towers.inference import compare_architectures, infer_architecture
from builder.towers.modules import init_shapes, unit_tower
from builder.towers.text_transformer import TextTransformer
from builder.towers.vit import VisionTransformer

_MAX_POSITIONS = 1 << 16
"""More than any picture or text has, and few enough for any memory."""


def load_towers(path: Path, config: Mapping[str, Any]) -> Towers:
    """Both towers of a checkpoint in any of big_vision's layouts.

    `config` has the keyword arguments of big_vision's `two_towers.Model`; here, `image=None` leaves
    the image tower out. If pictures do not have the size used in training, position embeddings are
    resampled as by big_vision's `resample_posemb`.

    Raises:
        ModelError: if the config does not describe a model; if the file does not hold that model,
            naming every parameter that is missing, left over or of the wrong shape; or if the file
            could do harm.
    """
    with _open(path, config) as model:
        scale, bias = read_scoring(model.file, model.parts)
        image = model.read_image() if model.architecture.image else None
        return Towers(image, model.read_text(), scale, bias)


def load_image_tower(path: Path, config: Mapping[str, Any]) -> Tower:
    """The image tower alone, using memory for nothing else; see `load_towers`."""
    with _open(path, config) as model:
        return model.read_image()


def load_text_tower(path: Path, config: Mapping[str, Any]) -> Tower:
    """The text tower alone, using memory for nothing else; see `load_towers`."""
    with _open(path, config) as model:
        return model.read_text()


@contextmanager
def _open(path: Path, config: Mapping[str, Any]) -> Generator["_Model"]:
    architecture = read_architecture(config)
    with Checkpoint(path) as file:
        yield _Model(file, architecture, path)


class _Model:
    """An open checkpoint whose parameters are those of an architecture."""

    def __init__(self, file: Checkpoint, architecture: Architecture, path: Path):
        self.architecture = architecture
        self.file = file
        self.parts = _plan(file, architecture)
        given = {part.name: part.shape for part in self.parts}
        if misfits := compare_shapes(self.parts, _find_shapes(architecture, given)):
            # Where sizes differ, they say more than all arrays that have them.
            reasons = _explain(architecture, given) or misfits
            lines = [f"{path}: this is not a checkpoint of the given architecture.", *reasons]
            raise ModelError("\n  ".join(lines))

    def read_image(self) -> Tower:
        if self.architecture.image is None:
            raise ModelError("this architecture has no image tower.")
        params = self._read("img/")
        positions = params.get("pos_embedding")
        module = build_image_tower(
            self.architecture.image, None if positions is None else positions.shape[1]
        )
        return unit_tower(module, params)

    def read_text(self) -> Tower:
        return unit_tower(build_text_tower(self.architecture.text), self._read("txt/"))

    def _read(self, prefix: str) -> Params:
        parts = [part for part in self.parts if part.name.startswith(prefix)]
        flat = read_parts(self.file, parts)
        return unflatten_params({name.removeprefix(prefix): leaf for name, leaf in flat.items()})


def build_image_tower(architecture: ImageArchitecture, positions: int | None) -> VisionTransformer:
    """The module, with as many position embeddings as its weights have."""
    matmul = architecture.dtype_mm
    return VisionTransformer(
        num_classes=architecture.num_classes,
        patch_size=architecture.patch_size,
        width=architecture.width,
        depth=architecture.depth,
        mlp_dim=architecture.mlp_dim,
        num_heads=architecture.num_heads,
        posemb=architecture.posemb,
        rep_size=architecture.representation_size,
        pool_type=architecture.pool_type,
        dtype_mm=None if matmul == "float32" else matmul,
        positions=positions,
    )


def build_text_tower(architecture: TextArchitecture) -> TextTransformer | BertTower:
    """The module."""
    if isinstance(architecture, BertArchitecture):
        return BertTower(architecture.num_classes, architecture.config)
    return TextTransformer(**architecture.model_dump())


def _plan(file: Checkpoint, architecture: Architecture) -> list[Part]:
    parts = plan_parts(file.entries)
    if architecture.image is None:
        parts = [part for part in parts if not part.name.startswith("img/")]
    return parts


def _find_shapes(architecture: Architecture, given: Mapping[str, Shape]) -> dict[str, Shape]:
    """The shapes of all parameters; those in the file say how many positions there are."""
    text = build_text_tower(architecture.text)
    length = _count_positions(given.get("txt/pos_embedding"), 1)
    shapes = init_shapes("txt/", text, jax.ShapeDtypeStruct((1, length), jnp.int32))
    if image := architecture.image:
        height, width = image.patch_size
        positions = _count_positions(
            given.get("img/pos_embedding"), (224 // height) * (224 // width)
        )
        # A picture of one row of patches needs no resampling, whatever their number.
        picture = jax.ShapeDtypeStruct((1, height, width * positions, 3), jnp.float32)
        shapes |= init_shapes("img/", build_image_tower(image, positions), picture)
    if image or "t" in given:
        shapes["t"] = (1,)
    if architecture.has_bias:
        shapes["b"] = (1,)
    return shapes


def _explain(architecture: Architecture, given: Mapping[str, Shape]) -> list[str]:
    try:
        found = read_architecture(infer_architecture(given))
    except ModelError:
        return []  # The file is of no architecture, so that only its arrays can be compared.
    return compare_architectures(architecture, found)


def _count_positions(shape: Shape | None, default: int) -> int:
    match shape:
        case (1, n, _) if 0 < n <= _MAX_POSITIONS:
            return n
        case _:
            return default

"""How the folder of a hub's model says that its pictures are to be prepared.

Sources: the image processors of transformers 4.53 and 5.24, with the defaults of their classes;
open_clip 3.3 (transform.py).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import jax
import jax.numpy as jnp
from pydantic import BaseModel, ConfigDict, Field

from builder.errors import ModelError
from builder.model import Filter, Params, Preprocessing, Tower
from builder.options import MAX_RESOLUTION
from builder.towers.architecture import check_table

_Side = Annotated[int, Field(gt=0, le=MAX_RESOLUTION)]
_Colour = tuple[float, float, float]
_Deviation = Annotated[float, Field(gt=0)]
_Deviations = tuple[_Deviation, _Deviation, _Deviation]

_OPENAI_MEAN: _Colour = (0.48145466, 0.4578275, 0.40821073)
_OPENAI_STD: _Deviations = (0.26862954, 0.26130258, 0.27577711)
_HALF: _Colour = (0.5, 0.5, 0.5)

_FILTERS: Mapping[int, Filter] = {
    0: "nearest",
    1: "lanczos",
    2: "bilinear",
    3: "bicubic",
    4: "box",
    5: "hamming",
}
"""Pillow's numbers of its kernels, which transformers writes."""


@dataclass(frozen=True)
class PixelRule:
    """What becomes of the pixels: how they are made, and what is taken from them and divided by.

    `mean` and `std` are for values from 0 to 1, for red, green and blue.
    """

    preprocessing: Preprocessing
    mean: _Colour
    std: _Colour

    def apply_to(self, tower: Tower) -> Tower:
        """The tower for float32[n, size, size, 3] in [-1, 1]."""

        def apply(params: Params, pictures: Any) -> jax.Array:
            pixels = (pictures + 1) / 2
            return tower.apply(params, (pixels - jnp.array(self.mean)) / jnp.array(self.std))

        return Tower(apply, tower.params)


class _Edge(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    shortest_edge: _Side


class _Box(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    height: _Side
    width: _Side


class _Processor(BaseModel):
    """What `preprocessor_config.json` says; what it leaves out has its class's default."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    do_resize: bool = True
    size: _Side | _Edge | _Box
    resample: Literal[0, 1, 2, 3, 4, 5]
    do_center_crop: bool
    crop_size: _Side | _Box | None = None
    do_rescale: Literal[True] = True
    rescale_factor: Annotated[float, Field(gt=0.0039, lt=0.00393)] = 1 / 255
    do_normalize: bool = True
    image_mean: _Colour
    image_std: _Deviations


_CLIP_DEFAULTS: Mapping[str, Any] = {
    "size": {"shortest_edge": 224},
    "resample": 3,
    "do_center_crop": True,
    "crop_size": 224,
    "image_mean": _OPENAI_MEAN,
    "image_std": _OPENAI_STD,
}
_SQUASH_DEFAULTS: Mapping[str, Any] = {
    "size": {"height": 224, "width": 224},
    "do_center_crop": False,
    "image_mean": _HALF,
    "image_std": _HALF,
}
_DEFAULTS: Mapping[str, Mapping[str, Any]] = {
    "CLIP": _CLIP_DEFAULTS,
    "ChineseCLIP": _CLIP_DEFAULTS,
    "Siglip": {**_SQUASH_DEFAULTS, "resample": 3},
    "Siglip2": {**_SQUASH_DEFAULTS, "resample": 2},
    "ViT": {**_SQUASH_DEFAULTS, "resample": 2},
    "DeiT": {
        **_SQUASH_DEFAULTS,
        "size": {"height": 256, "width": 256},
        "resample": 3,
        "do_center_crop": True,
        "crop_size": 224,
        "image_mean": (0.485, 0.456, 0.406),
        "image_std": (0.229, 0.224, 0.225),
    },
}
"""By the class's name, without what follows it: ImageProcessor, ImageProcessorFast and the like."""

_ENDINGS = ("ImageProcessorFast", "ImageProcessorPil", "ImageProcessor", "FeatureExtractor")
_SQUARES = ("Siglip", "Siglip2", "ViT", "DeiT")
"""Classes to which a size that is a number is a square; to the others it is the shorter side."""


def read_transformers_pixels(config: Mapping[str, Any], resolution: int) -> PixelRule:
    """The rule that a `preprocessor_config.json`, or transformers 5's `image_processor`, gives.

    `resolution` is that of the image tower.

    Raises:
        ModelError: if it is of another class, or the pictures do not become what the tower reads.
    """
    kind = _kind_of(config)
    given = {key: value for key, value in config.items() if value is not None}
    settings = check_table(_Processor, {**_DEFAULTS[kind], **given}, "the image processor")
    if not settings.do_resize:
        raise ModelError(
            "do_resize = false: pictures of any size would reach the tower.",
            "Set do_resize and size as the model was trained.",
        )
    fit, edge = _read_size(settings.size, squares=kind in _SQUARES)
    size = _square(settings.crop_size, "crop_size") if settings.do_center_crop else edge
    if size is None:
        raise ModelError("do_center_crop is set, but not crop_size.")
    if fit == "crop" and not settings.do_center_crop:
        raise ModelError(
            "size.shortest_edge without do_center_crop: pictures would not be square.",
            "Set do_center_crop and crop_size as the model was trained.",
        )
    _check_size(size, resolution)
    return PixelRule(
        Preprocessing(
            size, _FILTERS[settings.resample], fit, "transformers", edge if edge != size else None
        ),
        settings.image_mean if settings.do_normalize else (0.0, 0.0, 0.0),
        settings.image_std if settings.do_normalize else (1.0, 1.0, 1.0),
    )


def _kind_of(config: Mapping[str, Any]) -> str:
    name = str(config.get("image_processor_type") or config.get("feature_extractor_type"))
    for ending in _ENDINGS:
        if (kind := name.removesuffix(ending)) != name and kind in _DEFAULTS:
            return kind
    raise ModelError(
        f"image_processor_type {name!r} is not one that can be read.",
        f"Those are {', '.join(f'{kind}ImageProcessor' for kind in _DEFAULTS)}.",
    )


def _read_size(size: int | _Edge | _Box, *, squares: bool) -> tuple[Literal["crop", "squash"], int]:
    if isinstance(size, _Edge):
        return "crop", size.shortest_edge
    if isinstance(size, int) and not squares:
        return "crop", size
    side = _square(size, "size")
    assert side is not None
    return "squash", side


def _square(size: int | _Box | None, name: str) -> int | None:
    if not isinstance(size, _Box):
        return size
    if size.height != size.width:
        raise ModelError(
            f"{name} is {size.width} x {size.height}: only square pictures can be shown."
        )
    return size.height


def _check_size(size: int, resolution: int) -> None:
    if size != resolution:
        raise ModelError(
            f"pictures become {size} x {size} pixels, but the image tower reads {resolution}."
        )


class _OpenClipPreprocessing(BaseModel):
    """`preprocess_cfg` of an `open_clip_config.json`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    size: _Side | tuple[_Side, _Side] | None = None
    mode: Literal["RGB"] = "RGB"
    mean: _Colour = _OPENAI_MEAN
    std: _Deviations = _OPENAI_STD
    interpolation: Literal["bicubic", "bilinear", "random"] = "bicubic"
    resize_mode: Literal["shortest", "longest", "squash"] = "shortest"
    fill_color: Literal[0] = 0


_FITS: Mapping[str, Literal["crop", "pad", "squash"]] = {
    "shortest": "crop",
    "longest": "pad",
    "squash": "squash",
}


def read_open_clip_pixels(config: Mapping[str, Any], resolution: int) -> PixelRule:
    """The rule that a config's `preprocess_cfg` gives, with the defaults of open_clip.

    `resolution` is that of the image tower, which open_clip takes whatever `size` says.

    Raises:
        ModelError: if something in it is not possible.
    """
    settings = check_table(
        _OpenClipPreprocessing, config.get("preprocess_cfg") or {}, "preprocess_cfg"
    )
    # At random is only how pictures for training are resized.
    kernel = "bicubic" if settings.interpolation == "random" else settings.interpolation
    return PixelRule(
        Preprocessing(resolution, kernel, _FITS[settings.resize_mode], "open_clip"),
        settings.mean,
        settings.std,
    )

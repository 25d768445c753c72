"""Models in the author's own JAX code, which a function returns as a `TwoTowerModel`."""

import math
import numbers
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, get_args

import jax
import jax.numpy as jnp
import numpy as np

from builder.author_code import author_code, load_function
from builder.cache import digest
from builder.errors import ModelError, NumberError, show
from builder.fingerprint import tower_code
from builder.manifest import Scoring, SigmoidScoring, SoftmaxScoring
from builder.model import ImageTextModel, ModelCard, Params, Preprocessing, Tower
from builder.options import MAX_RESOLUTION
from builder.params import find_non_finite
from builder.spec.models import Resize
from builder.spec.types import Target
from builder.text.shippable import check_shippable
from builder.text.tokenizer import Tokenizer
from builder.towers.layers import l2_normalize


@dataclass(frozen=True)
class TwoTowerModel:
    """An image/text model in JAX, returned by the function that `towers = "module:function"` names.

    `image.apply` takes parameters and pictures, float32[n, size, size, 3] in [-1, 1]; `text.apply`
    takes parameters and token rows, int32[n, tokenizer.layout.max_length]. Both return rows [n, d],
    which are then normalised. Their results may depend on nothing but the parameters and the input.

    A cosine times `scale` is the logit of a softmax over the prompts; with a `bias`, that of a
    sigmoid for each prompt. `size` is the side of a picture in pixels. `resize` is how pictures are
    brought to it: by Pillow's bicubic filter or TensorFlow's bilinear one. The rest is what a
    visitor reads.
    """

    image: Tower
    text: Tower
    tokenizer: Tokenizer
    scale: float
    bias: float | None = None
    size: int = 224
    resize: Resize = "bicubic"
    name: str | None = None
    description: str = "A model of the author's own."
    image_tower: str = "Image tower"
    text_tower: str = "Text tower"
    license: str = "Not stated"
    source: str | None = None


def load_author_model(target: Target, model_id: str) -> ImageTextModel:
    """Call the author's function, and check what it returns.

    Raises:
        BuilderError: if the function fails, with its message, file and line.
        ModelError: if it does not return a `TwoTowerModel` whose towers fit together.
    """
    function = load_function(target)
    with author_code(target):
        model = function()
    if not isinstance(model, TwoTowerModel):
        raise ModelError(f"{target}: returned {type(model).__name__}, not a builder.TwoTowerModel.")
    with author_code(target):
        return as_image_text_model(model, model_id)


def as_image_text_model(model: TwoTowerModel, model_id: str) -> ImageTextModel:
    """The model as the pipeline needs it.

    Raises:
        ModelError: if a field is not what it should be, a parameter is NaN or infinite, or the
            towers return anything but rows of equal width.
    """
    _check_fields(model, model_id)
    pictures = jax.ShapeDtypeStruct((2, model.size, model.size, 3), jnp.float32)
    tokens = jax.ShapeDtypeStruct((2, model.tokenizer.layout.max_length), jnp.int32)
    dim, text_dim = _width_of("image", model.image, pictures), _width_of("text", model.text, tokens)
    if dim != text_dim:
        raise ModelError(
            f"{model_id}: image rows have {dim} columns and text rows {text_dim}, so they cannot be"
            " compared."
        )
    image, text = _with_unit_rows(model.image), _with_unit_rows(model.text)
    return ImageTextModel(
        id=model_id,
        card=ModelCard(
            name=model.name or model_id,
            description=model.description,
            image_tower=model.image_tower,
            text_tower=model.text_tower,
            license=model.license,
            source=model.source,
        ),
        dim=dim,
        scoring=_scoring_of(model),
        tokenizer=model.tokenizer,
        preprocessing=Preprocessing(model.size, model.resize),
        image_fingerprint=_fingerprint(image, pictures),
        text_fingerprint=_fingerprint(text, tokens),
        load_image=lambda: image,
        load_text=lambda: text,
        space=digest(*_describe_arrays(jax.tree.leaves(image.params))),
    )


def _is_number(value: Any) -> bool:
    return isinstance(value, numbers.Real) or (hasattr(value, "item") and np.ndim(value) == 0)


def _is_address(value: Any) -> bool:
    return isinstance(value, str) and re.fullmatch(r"https?://\S+", value) is not None


_FIELDS: tuple[tuple[str, str, Callable[[Any], bool]], ...] = (
    ("image", "a builder.Tower", lambda value: isinstance(value, Tower)),
    ("text", "a builder.Tower", lambda value: isinstance(value, Tower)),
    ("tokenizer", "a tokenizer, as of builder.load_tokenizer", lambda v: hasattr(v, "layout")),
    ("scale", "a number", _is_number),
    ("bias", "a number or None", lambda value: value is None or _is_number(value)),
    (
        "size",
        f"a side in pixels, from 1 to {MAX_RESOLUTION}",
        lambda value: type(value) is int and 0 < value <= MAX_RESOLUTION,
    ),
    ("resize", " or ".join(get_args(Resize)), lambda value: value in get_args(Resize)),
    ("name", "a text or None", lambda value: value is None or isinstance(value, str)),
    *(
        (name, "a text", lambda value: isinstance(value, str))
        for name in ("description", "image_tower", "text_tower", "license")
    ),
    ("source", "a web address or None", lambda value: value is None or _is_address(value)),
)
"""What the fields of a `TwoTowerModel` must be, in words and as a test."""


def _check_fields(model: TwoTowerModel, model_id: str) -> None:
    for name, wanted, is_right in _FIELDS:
        if not is_right(value := getattr(model, name)):
            raise ModelError(f"{model_id}: {name} = {show(value)} is not {wanted}.")
    try:
        check_shippable(model.tokenizer)
    except ModelError as error:
        raise ModelError(f"{model_id}: {error.message}", error.remedy) from error
    for name in ("scale", "bias"):
        if (number := getattr(model, name)) is not None and not math.isfinite(number):
            raise NumberError(f"{model_id}: {name} = {number} is not finite.")
    for kind, tower in (("image", model.image), ("text", model.text)):
        if place := find_non_finite(tower.params):
            raise NumberError(
                f"{model_id}: the parameter {place} of the {kind} tower holds NaN or infinity."
            )


def _width_of(kind: str, tower: Tower, batch: jax.ShapeDtypeStruct) -> int:
    rows = jax.eval_shape(tower.apply, tower.params, batch)
    shapes = [leaf.shape for leaf in jax.tree.leaves(rows)]
    match shapes:
        case [(n, d)] if n == batch.shape[0]:
            return d
        case _:
            n = batch.shape[0]
            raise ModelError(
                f"the {kind} tower returns arrays of {shapes} for a batch of {n}; expected one"
                f" array of ({n}, d)."
            )


def _with_unit_rows(tower: Tower) -> Tower:
    def apply(params: Params, inputs: Any) -> jax.Array:
        return l2_normalize(jnp.asarray(tower.apply(params, inputs), jnp.float32))

    # A table's own function would give rows without what the author made of the tower.
    return replace(tower, apply=apply, table=None)


def _scoring_of(model: TwoTowerModel) -> Scoring:
    if model.bias is None:
        return SoftmaxScoring(scale=float(model.scale))
    return SigmoidScoring(scale=float(model.scale), bias=float(model.bias))


def _fingerprint(tower: Tower, batch: jax.ShapeDtypeStruct) -> str:
    """A hash of what the tower computes, not of how it is written: its program and parameters.

    A closed-over array is part of the program. Different code that gives the same program and the
    same parameters gives the same rows.
    """
    traced = jax.jit(tower.apply).trace(tower.params, batch)
    arrays = (*jax.tree.leaves(tower.params), *traced.jaxpr.consts)
    return digest(tower_code(), traced.lower().as_text(), *_describe_arrays(arrays))


def _describe_arrays(leaves: Iterable[Any]) -> Iterator[str | bytes]:
    for array in map(np.asarray, leaves):
        yield f"{array.dtype}{array.shape}"
        yield array.tobytes()

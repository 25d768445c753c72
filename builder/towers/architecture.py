"""What a two-tower model is made of, in the words of big_vision's configs, checked and complete.

The tables are the keyword arguments of its models: two_towers and text_transformer of
models/proj/image_text, models/vit, and models/proj/flaxformer/bert.
"""

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal, TypeVar

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    FiniteFloat,
    ValidationError,
    field_validator,
    model_validator,
)

from builder.errors import ModelError, show
from builder.options import MAX_RESOLUTION
from builder.validation import explain_errors, mistake

ImagePool = Literal["gap", "tok", "map", "0"]
TextPool = Literal["last", "first", "mean", "gap", "max", "gmp", "map"]
PositionKind = Literal["learn", "sincos2d"]

VARIANTS = {
    name: {"width": width, "depth": depth, "mlp_dim": mlp_dim, "num_heads": num_heads}
    for name, width, depth, mlp_dim, num_heads in (
        ("mu", 32, 1, 128, 2),
        ("Ti", 192, 12, 768, 3),
        ("S", 384, 12, 1536, 6),
        ("M", 512, 12, 2048, 8),
        ("B", 768, 12, 3072, 12),
        ("L", 1024, 24, 4096, 16),
        ("So400m", 1152, 27, 4304, 16),
        ("H", 1280, 32, 5120, 16),
        ("g", 1408, 40, 6144, 16),
        ("g-opt", 1536, 40, 6144, 16),
        ("G", 1664, 48, 8192, 16),
        ("G-opt", 1536, 48, 8192, 16),
        ("e", 1792, 56, 15_360, 16),
    )
}
"""Sizes by name: https://arxiv.org/abs/2106.04560 (table 2) and what came later."""

_OF_TRAINING = {"dropout", "dropout_rate", "head_zeroinit", "remat_policy", "scan"}
"""Keys that change how a model is trained, not what it computes; files tell if they are scanned."""

_Width = Annotated[int, Field(gt=0, le=1 << 16)]
_Wide = Annotated[int, Field(gt=0, le=1 << 20)]
_Depth = Annotated[int, Field(gt=0, le=1000)]
_Side = Annotated[int, Field(gt=0, le=MAX_RESOLUTION)]
_Tokens = Annotated[int, Field(gt=0, le=1 << 24)]
"""Limits that are ten or more times what any model has, so that none takes all memory or time."""

_Columns = Annotated[int, Field(ge=0, le=1 << 20)] | None
"""Columns of a head, which None and 0 leave out."""


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _without_training(cls, table: Any) -> Any:
        if not isinstance(table, Mapping):
            return table
        return {key: value for key, value in table.items() if key not in _OF_TRAINING}


def check_heads(width: int, heads: int) -> None:
    """Refuse a number of heads that does not divide the width, in a validator of a table."""
    if width % heads:
        raise mistake(
            f"{heads} heads cannot share a width of {width}",
            "Their number must divide the width.",
        )


class _Transformer(_Table):
    num_classes: _Columns = None
    width: _Width
    depth: _Depth
    mlp_dim: _Wide | None
    """None is four times the width."""
    num_heads: _Width

    @model_validator(mode="before")
    @classmethod
    def _with_variant(cls, table: Any) -> Any:
        """A variant such as "B/16" or "Ti" gives sizes that other keys may overrule."""
        rest = dict(table)
        if (variant := rest.pop("variant", None)) is None:
            return rest
        size, _, patch = str(variant).partition("/")
        if size not in VARIANTS or (patch and not re.fullmatch("[0-9]{1,9}", patch)):
            raise mistake(
                f"there is no variant {show(variant)}",
                f"Sizes: {', '.join(VARIANTS)}; images add a patch, as in B/16.",
            )
        patch_size = {"patch_size": (int(patch), int(patch))} if patch else {}
        return {**VARIANTS[size], **patch_size, **rest}

    @model_validator(mode="after")
    def _heads_share_the_width(self) -> "_Transformer":
        check_heads(self.width, self.num_heads)
        return self


class ImageArchitecture(_Transformer):
    """A Vision Transformer (models/vit.py); `patch_size` is height and width in pixels."""

    width: _Width = 768
    depth: _Depth = 12
    mlp_dim: _Wide | None = None
    num_heads: _Width = 12
    patch_size: tuple[_Side, _Side] = (16, 16)
    posemb: PositionKind = "learn"
    rep_size: bool | Annotated[int, Field(ge=0, le=1 << 16)] = False
    """Columns of a layer before the head; True is the width, False and 0 leave it out."""
    pool_type: ImagePool = "gap"
    dtype_mm: Literal["float32", "bfloat16", "float16"] = "float32"

    @property
    def dim(self) -> int:
        """Columns of the output."""
        return self.num_classes or self.representation_size or self.width

    @property
    def representation_size(self) -> int:
        """Columns of the layer before the head, 0 if there is none."""
        return self.width if self.rep_size is True else int(self.rep_size)


class TransformerArchitecture(_Transformer):
    """A text transformer (models/proj/image_text/text_transformer.py)."""

    width: _Width = 512
    depth: _Depth = 12
    mlp_dim: _Wide | None = 2048
    num_heads: _Width = 8
    vocab_size: _Tokens = 32_000
    pool_type: TextPool = "last"

    @property
    def dim(self) -> int:
        """Columns of the output."""
        return self.num_classes or self.width


class BertSize(_Table):
    """Sizes in flaxformer's words; the defaults are BERT base."""

    hidden_size: _Width = 768
    intermediate_dim: _Wide = 3072
    num_hidden_layers: _Depth = 12
    num_attention_heads: _Width = 12
    vocab_size: _Tokens = 30_522
    max_length: _Width = 512
    num_segments: _Width = 2
    layer_norm_epsilon: Annotated[float, Field(gt=0)] = 1e-12

    @model_validator(mode="after")
    def _heads_share_the_width(self) -> "BertSize":
        check_heads(self.hidden_size, self.num_attention_heads)
        return self


BERT_SIZES = {
    "base": BertSize(),
    "large": BertSize(
        hidden_size=1024, intermediate_dim=4096, num_hidden_layers=24, num_attention_heads=16
    ),
}


class BertArchitecture(_Table):
    """BERT (models/proj/flaxformer/bert.py); `config` is "base", "large" or a table of sizes."""

    num_classes: _Columns = None
    config: BertSize

    @field_validator("config", mode="before")
    @classmethod
    def _by_name(cls, config: Any) -> Any:
        if not isinstance(config, str):
            return config
        if config not in BERT_SIZES:
            raise mistake(
                f"there is no BERT '{config}'",
                f"Give {' or '.join(BERT_SIZES)}, or a table of sizes.",
            )
        return BERT_SIZES[config]

    @property
    def dim(self) -> int:
        """Columns of the output."""
        return self.num_classes or self.config.hidden_size


TextArchitecture = TransformerArchitecture | BertArchitecture

BERT = "proj.flaxformer.bert"
"""The `text_model` of a config whose text tower is BERT."""

_TEXT_MODELS: Mapping[str, type[TextArchitecture]] = {
    "proj.image_text.text_transformer": TransformerArchitecture,
    BERT: BertArchitecture,
}


class _TwoTowers(_Table):
    image: dict[str, Any] | None = None
    text: dict[str, Any] | None = None
    image_model: Literal["vit"] = "vit"
    text_model: Literal["proj.image_text.text_transformer", "proj.flaxformer.bert"] = (
        "proj.image_text.text_transformer"
    )
    out_dim: tuple[_Columns, _Columns] = (128, 128)
    """Of the image tower and the text tower."""
    temperature_init: FiniteFloat = 1.0
    bias_init: FiniteFloat | None = None

    @field_validator("out_dim", mode="before")
    @classmethod
    def _one_for_both(cls, out_dim: Any) -> Any:
        return (out_dim, out_dim) if isinstance(out_dim, int) else out_dim


class Architecture(_Table):
    """A two-tower model. `image` is None for a text tower alone; `has_bias` is SigLIP's."""

    image: ImageArchitecture | None
    text: TextArchitecture
    has_bias: bool

    @property
    def dim(self) -> int:
        """Columns of an embedding."""
        return self.text.dim


def read_architecture(config: Mapping[str, Any]) -> Architecture:
    """The architecture that keyword arguments of big_vision's `two_towers.Model` describe.

    They mean what they mean there, except that `image=None` is a model without an image tower.

    Raises:
        ModelError: naming every key that is unknown, and every value that is not possible.
    """
    towers = check_table(_TwoTowers, config)
    dims = towers.out_dim
    image = towers.image
    if image is not None:
        image = check_table(ImageArchitecture, {"num_classes": dims[0], **image}, "image")
    text_table = {"num_classes": dims[1], **(towers.text or {})}
    text = check_table(_TEXT_MODELS[towers.text_model], text_table, "text")
    if image and image.dim != text.dim:
        raise ModelError(
            f"the image tower makes rows of {image.dim} and the text tower rows of {text.dim}, so"
            " they cannot be compared. Give an out_dim that makes them equal."
        )
    return Architecture(image=image, text=text, has_bias=towers.bias_init is not None)


_TableT = TypeVar("_TableT", bound=BaseModel)


def check_table(table: type[_TableT], values: Mapping[str, Any], *place: str) -> _TableT:
    """A table of a config, which is at `place` in it.

    Raises:
        ModelError: naming every key that is unknown, and every value that is not possible.
    """
    try:
        return table.model_validate(dict(values))
    except ValidationError as error:
        known = [*table.model_fields, *(["variant"] if issubclass(table, _Transformer) else [])]
        findings = explain_errors(error.errors(), lambda _: known)
        lines = [
            f"  {'.'.join([*place, *map(str, f.location)])}: {f.message}. {f.remedy}".rstrip()
            for f in findings
        ]
        raise ModelError("\n".join(["this architecture cannot be built:", *lines])) from None

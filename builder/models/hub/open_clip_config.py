"""`open_clip_config.json`, read with the defaults of open_clip's own tables.

Source: open_clip 3.3 (model.py). Drop-out and where weights once came from change nothing of what a
model computes.
"""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from builder.towers.architecture import check_heads
from builder.validation import mistake

_Positive = Annotated[int, Field(gt=0, le=1 << 20)]
_Ratio = Annotated[float, Field(gt=0, le=64)]

EPSILON = 1e-5
"""That of layer norms, if a config has none."""


class _Table(BaseModel):
    # A key that is not known could change what the model computes.
    model_config = ConfigDict(frozen=True, extra="forbid")


class NormOptions(_Table):
    """`norm_kwargs`."""

    eps: Annotated[float, Field(gt=0, lt=1)] = EPSILON


class ActivationOptions(_Table):
    """`act_kwargs`."""

    approximate: Literal["none", "tanh"] = "none"


class _TowerConfig(_Table):
    norm_kwargs: NormOptions = NormOptions()
    act_kwargs: ActivationOptions = ActivationOptions()

    @field_validator("norm_kwargs", "act_kwargs", mode="before")
    @classmethod
    def _without_null(cls, options: Any) -> Any:
        return {} if options is None else options


class ImageConfig(_TowerConfig):
    """`vision_cfg`."""

    image_size: _Positive | tuple[_Positive, _Positive] = 224
    layers: _Positive | tuple[_Positive, _Positive, _Positive, _Positive] = 12
    width: _Positive = 768
    head_width: _Positive = 64
    mlp_ratio: _Ratio = 4.0
    patch_size: _Positive | None = 16
    """None in a ResNet, which has no patches."""
    no_ln_pre: bool = False
    pool_type: Literal["tok", "avg"] = "tok"
    final_ln_after_pool: bool = False
    ls_init_value: None = None
    patch_dropout: float = 0
    timm_model_name: str | None = None
    timm_model_pretrained: bool = False
    timm_pool: str = "avg"
    timm_proj: str | None = "linear"
    timm_proj_bias: bool = False
    timm_drop: float = 0
    timm_drop_path: float | None = None

    @property
    def attention_width(self) -> int:
        """Columns that attention has in open_clip's own towers: in a ResNet, after all stages."""
        return self.width if isinstance(self.layers, int) else 32 * self.width

    @property
    def heads(self) -> int:
        """Heads of attention in open_clip's own towers."""
        return self.attention_width // self.head_width

    @model_validator(mode="after")
    def _heads_share_the_width(self) -> "ImageConfig":
        if self.timm_model_name is None:
            if self.heads < 1:
                raise mistake("head_width is larger than the width", "Download the model again.")
            check_heads(self.attention_width, self.heads)
        return self


class TextConfig(_TowerConfig):
    """`text_cfg`."""

    context_length: _Positive = 77
    vocab_size: _Positive = 49_408
    width: _Positive = 512
    heads: _Positive = 8
    layers: _Positive = 12
    mlp_ratio: _Ratio = 4.0
    ls_init_value: None = None
    pad_id: int = 0
    no_causal_mask: bool = False
    pool_type: Literal["argmax", "first", "last", "eos"] = "argmax"
    eos_id: int = 2
    proj_type: Literal["linear", "none"] = "linear"
    proj_bias: bool = False
    hf_model_name: str | None = None
    hf_model_pretrained: bool = False
    hf_tokenizer_name: str | None = None
    hf_proj_type: Literal["mlp", "linear"] | None = "mlp"
    hf_pooler_type: Literal["mean_pooler", "cls_pooler", "cls_last_hidden_state_pooler"] = (
        "mean_pooler"
    )
    tokenizer_kwargs: dict[str, Any] = {}

    @model_validator(mode="after")
    def _heads_share_the_width(self) -> "TextConfig":
        if self.hf_model_name is None:
            check_heads(self.width, self.heads)
        return self


class OpenClipConfig(_Table):
    """`model_cfg`."""

    embed_dim: _Positive
    vision_cfg: ImageConfig
    text_cfg: TextConfig
    quick_gelu: bool = False
    custom_text: bool = False
    init_logit_scale: float | None = None
    init_logit_bias: float | None = None

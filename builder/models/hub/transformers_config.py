"""`config.json` of transformers, read with the defaults of its classes.

A config leaves out what has the default value of its class, so that the defaults belong to the
format. Source: the configuration classes of transformers 4.53 and 5.24.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from builder.towers.architecture import check_heads

_Positive = Annotated[int, Field(gt=0, le=1 << 20)]
_Epsilon = Annotated[float, Field(gt=0, lt=1)]

HiddenAct = Literal["quick_gelu", "gelu", "gelu_pytorch_tanh", "gelu_new", "relu"]


class _Config(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class _TowerConfig(_Config):
    hidden_size: _Positive = 768
    intermediate_size: _Positive = 3072
    num_hidden_layers: _Positive = 12
    num_attention_heads: _Positive = 12

    @model_validator(mode="after")
    def _heads_share_the_width(self) -> "_TowerConfig":
        check_heads(self.hidden_size, self.num_attention_heads)
        return self


class ImageConfig(_TowerConfig):
    """`vision_config` of CLIP, of models that have CLIP's image tower, and of SigLIP."""

    image_size: _Positive = 224
    patch_size: _Positive = 32
    num_channels: Literal[3] = 3
    hidden_act: HiddenAct = "quick_gelu"
    layer_norm_eps: _Epsilon = 1e-5


class SiglipImageConfig(ImageConfig):
    """`vision_config` of SigLIP."""

    patch_size: _Positive = 16
    hidden_act: HiddenAct = "gelu_pytorch_tanh"
    layer_norm_eps: _Epsilon = 1e-6


class VitConfig(ImageConfig):
    """`vision_config` of a VisionTextDualEncoder with `model_type` "vit"."""

    patch_size: _Positive = 16
    hidden_act: HiddenAct = "gelu"
    layer_norm_eps: _Epsilon = 1e-12
    qkv_bias: Literal[True] = True
    pooler_output_size: _Positive | None = None
    pooler_act: Literal["tanh"] = "tanh"


class ClipTextConfig(_TowerConfig):
    """`text_config` of CLIP."""

    hidden_size: _Positive = 512
    intermediate_size: _Positive = 2048
    num_attention_heads: _Positive = 8
    vocab_size: _Positive = 49_408
    max_position_embeddings: _Positive = 77
    hidden_act: HiddenAct = "quick_gelu"
    layer_norm_eps: _Epsilon = 1e-5
    eos_token_id: int = 49_407


class SiglipTextConfig(_TowerConfig):
    """`text_config` of SigLIP; `projection_size` is the width if it is left out."""

    vocab_size: _Positive = 32_000
    max_position_embeddings: _Positive = 64
    hidden_act: HiddenAct = "gelu_pytorch_tanh"
    layer_norm_eps: _Epsilon = 1e-6
    projection_size: _Positive | None = None


class BertConfig(_TowerConfig):
    """`text_config` of towers like BERT; RoBERTa, XLM-R and AltCLIP differ in defaults."""

    vocab_size: _Positive = 30_522
    max_position_embeddings: _Positive = 512
    type_vocab_size: _Positive = 2
    hidden_act: HiddenAct = "gelu"
    layer_norm_eps: _Epsilon = 1e-12
    pad_token_id: int = 0
    position_embedding_type: Literal["absolute"] = "absolute"


class RobertaConfig(BertConfig):
    """RoBERTa: its positions are counted from the padding's id on."""

    vocab_size: _Positive = 50_265
    pad_token_id: int = 1


class XlmRobertaConfig(RobertaConfig):
    """XLM-R."""

    vocab_size: _Positive = 30_522


class AltTextConfig(RobertaConfig):
    """`text_config` of AltCLIP: XLM-R large and a transformation to `project_dim`."""

    vocab_size: _Positive = 250_002
    hidden_size: _Positive = 1024
    num_hidden_layers: _Positive = 24
    num_attention_heads: _Positive = 16
    intermediate_size: _Positive = 4096
    max_position_embeddings: _Positive = 514
    type_vocab_size: _Positive = 1
    layer_norm_eps: _Epsilon = 1e-5
    project_dim: _Positive = 768


TEXT_TOWERS: Mapping[str, type[BertConfig]] = {
    "bert": BertConfig,
    "roberta": RobertaConfig,
    "xlm-roberta": XlmRobertaConfig,
}
"""The text towers of a VisionTextDualEncoder by their `model_type`."""


class ModelConfig(_Config):
    """What `config.json` says about the model as a whole."""

    model_type: str
    projection_dim: _Positive = 512
    text_config: dict[str, Any] = {}
    vision_config: dict[str, Any] = {}
    text_config_dict: dict[str, Any] | None = None
    vision_config_dict: dict[str, Any] | None = None

    @property
    def text(self) -> dict[str, Any]:
        """The text tower's table; older files have another, which overrules it."""
        return {**self.text_config, **(self.text_config_dict or {})}

    @property
    def image(self) -> dict[str, Any]:
        """The image tower's table, likewise."""
        return {**self.vision_config, **(self.vision_config_dict or {})}

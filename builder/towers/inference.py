"""The architecture of a big_vision checkpoint, from the names and shapes of its parameters.

Shapes tell sizes, heads, patches, class tokens, attention pooling and what makes embeddings. Where
pooling has no parameters, it is taken to be as in LiT and SigLIP: image towers average, text towers
take the last position.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from builder.errors import ModelError, naming
from builder.listing import name_some
from builder.towers.architecture import (
    BERT,
    BERT_SIZES,
    VARIANTS,
    Architecture,
    BertArchitecture,
    BertSize,
    ImageArchitecture,
    TextArchitecture,
)
from builder.towers.checkpoint import Checkpoint
from builder.towers.checkpoint_layouts import Shape, plan_parts

_REMEDY = "Describe it in [models.architecture] if it is one of big_vision's two-tower models."
_OTHER = (
    "Name a checkpoint of big_vision's two-tower models, or, if it is one, describe it in"
    " [models.architecture]. Parameters of a function of yours are for params of [[functions]]."
)
_LISTED = 3
_BIAS = -10.0
"""SigLIP's first bias. A file has its own, but a config says by one that there is any."""

_OTHER_TOWERS = {
    r"img/(MixerBlock_\d+|stem)/.*": "MLP-Mixer",
    r"img/(block\d+|root_block|conv_root|conv_init|ResNet_0)/.*": "ResNet (BiT) or a hybrid of one",
}
"""Image towers that big_vision has and this tool does not, by the names of their parameters."""

_BERT = "txt/BertEncoder_0"
_FIRST_BERT_LAYER = f"{_BERT}/encoder_block/layer_sequence/layers_0"


def infer_architecture(shapes: Mapping[str, Shape]) -> dict[str, Any]:
    """Keyword arguments of big_vision's `two_towers.Model` for parameters of these shapes.

    Names are those that models have today (`checkpoint_layouts.plan_parts`). An image tower may be
    missing.

    Raises:
        ModelError: if the parameters are of another kind of model, or do not tell their sizes.
    """
    if not any(name.startswith("txt/") for name in shapes):
        raise ModelError(
            f"it has no parameters of a text tower (txt/...), but {_list(shapes)}.", _OTHER
        )
    text, text_dim = (_infer_bert if _is_bert(shapes) else _infer_transformer)(shapes)
    image, image_dim = None, None
    if any(name.startswith("img/") for name in shapes):
        image, image_dim = _infer_image(shapes)
    return {
        "image": image,
        "text": text,
        "out_dim": (image_dim, text_dim),
        **({"text_model": BERT} if _is_bert(shapes) else {}),
        **({"bias_init": _BIAS} if "b" in shapes else {}),
    }


def _list(shapes: Mapping[str, Shape]) -> str:
    """Some arrays with their shapes, so that an author knows which file it is."""
    named = [f"{name} {list(shape)}" for name, shape in shapes.items()]
    return name_some(named, _LISTED, last=", ") or "nothing at all"


def infer_checkpoint(path: Path) -> dict[str, Any]:
    """The same for a file in any of big_vision's layouts, of which no array is read.

    Raises:
        ModelError: likewise, or if the file cannot be read or could do harm.
    """
    with Checkpoint(path) as file, naming(path):
        return infer_architecture({part.name: part.shape for part in plan_parts(file.entries)})


def compare_architectures(given: Architecture, found: Architecture) -> list[str]:
    """A sentence for each tower whose sizes are not those that the author gives."""
    if given.image is not None and found.image is None:
        return ["the file has no image tower, but the architecture has one"]
    lines = [_compare("text", given.text, found.text)]
    if given.image is not None and found.image is not None:
        lines.append(_compare("image", given.image, found.image))
    return [line for line in lines if line]


def _compare(
    side: str,
    given: ImageArchitecture | TextArchitecture,
    found: ImageArchitecture | TextArchitecture,
) -> str | None:
    if type(given) is not type(found):
        return f"the file's {side} tower is {_name_kind(found)}, not {_name_kind(given)}"
    theirs, ours = _list_sizes(given), _list_sizes(found)
    differing = [key for key, value in ours.items() if theirs[key] != value]
    variant = next(
        (name for name, sizes in VARIANTS.items() if sizes.items() <= ours.items()), None
    )
    if variant and (typed := [key for key in differing if key in VARIANTS[variant]]):
        # One size is enough to see that it is another variant.
        differing = [typed[0], *(key for key in differing if key not in typed)]
    else:
        variant = None
    words = [f"{key} {_show(ours[key])}, not {_show(theirs[key])}" for key in differing]
    if variant:
        key = differing[0]
        words[0] = f"{key} {ours[key]}: variant {variant}, not {key} {theirs[key]}"
    return f"the file's {side} tower has {'; '.join(words)}" if words else None


def _name_kind(tower: ImageArchitecture | TextArchitecture) -> str:
    return "BERT" if isinstance(tower, BertArchitecture) else "big_vision's own transformer"


def _list_sizes(tower: ImageArchitecture | TextArchitecture) -> dict[str, Any]:
    """The sizes that shapes tell, without two ways to say the same."""
    if isinstance(tower, BertArchitecture):
        return tower.config.model_dump(exclude={"layer_norm_epsilon"})
    sizes = tower.model_dump(include={*VARIANTS["B"], "vocab_size", "patch_size"})
    return {**sizes, "mlp_dim": tower.mlp_dim or 4 * tower.width}


def _show(value: Any) -> str:
    match value:
        case (height, width):
            return f"{height} x {width}"
        case _:
            return str(value)


def _infer_image(shapes: Mapping[str, Shape]) -> tuple[dict[str, Any], int | None]:
    for pattern, kind in _OTHER_TOWERS.items():
        if any(re.fullmatch(pattern, name) for name in shapes):
            raise ModelError(
                f"its image tower is {kind}, which this tool does not have.",
                "Give the model as JAX code: towers = 'module:function'.",
            )
    height, width, _, columns = _find(shapes, "img/embedding/kernel", 4)
    rep_size = shapes.get("img/pre_logits/bias", (0,))[0]
    has_token = "img/cls" in shapes
    image: dict[str, Any] = {
        **_infer_blocks(shapes, "img/Transformer", columns),
        "patch_size": (height, width),
        "pool_type": _infer_pool(shapes, "img", "tok" if has_token else "gap"),
        "posemb": "learn" if "img/pos_embedding" in shapes else "sincos2d",
        "rep_size": rep_size,
    }
    return image, _infer_head(shapes, "img")


def _infer_transformer(shapes: Mapping[str, Shape]) -> tuple[dict[str, Any], int | None]:
    vocab_size, width = _find(shapes, "txt/Embed_0/embedding", 2)
    text: dict[str, Any] = {
        **_infer_blocks(shapes, "txt/Encoder_0", width),
        "vocab_size": vocab_size,
        "pool_type": _infer_pool(shapes, "txt", "last"),
    }
    return text, _infer_head(shapes, "txt")


def _infer_blocks(shapes: Mapping[str, Shape], encoder: str, width: int) -> dict[str, int]:
    first = f"{encoder}/encoderblock_0"
    _, heads, _ = _find(shapes, f"{first}/MultiHeadDotProductAttention_0/query/kernel", 3)
    _, mlp_dim = _find(shapes, f"{first}/MlpBlock_0/Dense_0/kernel", 2)
    depth = _count(shapes, rf"{encoder}/encoderblock_(\d{{1,4}})/.*")
    return {"width": width, "depth": depth, "mlp_dim": mlp_dim, "num_heads": heads}


def _infer_pool(shapes: Mapping[str, Shape], side: str, otherwise: str) -> str:
    return "map" if any(name.startswith(f"{side}/MAPHead_0/") for name in shapes) else otherwise


def _infer_head(shapes: Mapping[str, Shape], side: str) -> int | None:
    return _find(shapes, f"{side}/head/kernel", 2)[1] if f"{side}/head/kernel" in shapes else None


def _is_bert(shapes: Mapping[str, Shape]) -> bool:
    return any(name.startswith(f"{_BERT}/") for name in shapes)


def _infer_bert(shapes: Mapping[str, Shape]) -> tuple[dict[str, Any], int | None]:
    embedders = f"{_BERT}/embedder/embedders"
    vocab_size, width = _find(shapes, f"{embedders}_token_ids/embedding", 2)
    max_length, _ = _find(shapes, f"{embedders}_position_ids/embedding", 2)
    num_segments, _ = _find(shapes, f"{embedders}_segment_ids/embedding", 2)
    _, mlp_dim = _find(shapes, f"{_FIRST_BERT_LAYER}/mlp_block/mlp/dense_layer/kernel", 2)
    sizes = {
        "hidden_size": width,
        "intermediate_dim": mlp_dim,
        "num_hidden_layers": _count(
            shapes, rf"{_BERT}/encoder_block/layer_sequence/layers_(\d{{1,4}})/.*"
        ),
        "vocab_size": vocab_size,
        "max_length": max_length,
        "num_segments": num_segments,
    }
    config = {**sizes, "num_attention_heads": _find_bert_heads(width)}
    return {"config": config}, _infer_head(shapes, "txt")


def _find_bert_heads(width: int) -> int:
    """Those of BERT base or large; kernels of flaxformer do not tell."""
    known: Iterator[BertSize] = (s for s in BERT_SIZES.values() if s.hidden_size == width)
    if (size := next(known, None)) is None:
        raise ModelError(
            f"its text tower is BERT of width {width}, whose number of heads no shape tells.",
            "Give [models.architecture] with text.config and its num_attention_heads.",
        )
    return size.num_attention_heads


def _find(shapes: Mapping[str, Shape], name: str, axes: int) -> Shape:
    shape = shapes.get(name)
    if shape is None:
        raise ModelError(f"it has no {name!r}, which would tell its sizes.", _REMEDY)
    if len(shape) != axes or not all(shape):
        raise ModelError(f"{name} {shape} should have {axes} axes.", _REMEDY)
    return shape


def _count(shapes: Mapping[str, Shape], pattern: str) -> int:
    return len({found[1] for name in shapes if (found := re.fullmatch(pattern, name))})

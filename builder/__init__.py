"""LiT demo builder: static sites in which an image/text model runs on the visitor's device."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from builder.errors import (
    BuilderError,
    ExportError,
    ImageError,
    ModelError,
    ParityError,
    SiteError,
    SpecError,
)
from builder.version import __version__

if TYPE_CHECKING:
    from builder.conversion.convert_jax import convert_jax
    from builder.conversion.predict import get_tfjs_predict_fn, tfjs_predict_fn
    from builder.model import Tower
    from builder.models.author import TwoTowerModel
    from builder.models.towers import load_towers
    from builder.notebook.demo import Demo
    from builder.notebook.functions import FunctionDemo
    from builder.text.load import load_tokenizer

__all__ = [
    "BuilderError",
    "Demo",
    "ExportError",
    "FunctionDemo",
    "ImageError",
    "ModelError",
    "ParityError",
    "SiteError",
    "SpecError",
    "Tower",
    "TwoTowerModel",
    "__version__",
    "convert_jax",
    "get_tfjs_predict_fn",
    "load_tokenizer",
    "load_towers",
    "tfjs_predict_fn",
]

_MODULES = {
    "Demo": "builder.notebook.demo",
    "FunctionDemo": "builder.notebook.functions",
    "Tower": "builder.model",
    "TwoTowerModel": "builder.models.author",
    "convert_jax": "builder.conversion.convert_jax",
    "get_tfjs_predict_fn": "builder.conversion.predict",
    "load_tokenizer": "builder.text.load",
    "load_towers": "builder.models.towers",
    "tfjs_predict_fn": "builder.conversion.predict",
}


def __getattr__(name: str) -> Any:
    """Public names, imported on first use, since most of them import JAX."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_MODULES[name]), name)

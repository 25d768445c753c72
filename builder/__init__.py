"""LiT demo builder: static sites in which an image/text model runs on the visitor's device."""

from importlib import import_module
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from builder.notebook import Demo
    from builder.text.vocabulary import load_tokenizer
    from builder.tfjs.convert import convert_jax, tfjs_predict_fn
    from builder.towers.author import TwoTowerModel
    from builder.towers.base import Tower
    from builder.towers.two_towers import load_towers

__all__ = [
    "Demo",
    "Tower",
    "TwoTowerModel",
    "__version__",
    "convert_jax",
    "load_tokenizer",
    "load_towers",
    "tfjs_predict_fn",
]

__version__ = version("lit-demo-builder")

_MODULES = {
    "Demo": "builder.notebook",
    "Tower": "builder.towers.base",
    "TwoTowerModel": "builder.towers.author",
    "convert_jax": "builder.tfjs.convert",
    "load_tokenizer": "builder.text.vocabulary",
    "load_towers": "builder.towers.two_towers",
    "tfjs_predict_fn": "builder.tfjs.convert",
}


def __getattr__(name: str) -> Any:
    """Public names, imported when first used, since most bring in JAX."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_MODULES[name]), name)

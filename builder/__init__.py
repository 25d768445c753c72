"""LiT demo builder: static sites in which an image/text model runs on the visitor's device."""

from importlib import import_module
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from builder.tfjs.convert import convert_jax, tfjs_predict_fn

__all__ = ["__version__", "convert_jax", "tfjs_predict_fn"]

__version__ = version("lit-demo-builder")


def __getattr__(name: str) -> Any:
    """Public functions, imported when first used, since they bring in JAX."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module("builder.tfjs.convert"), name)

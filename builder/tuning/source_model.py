"""The model whose joint space a text tower is made for."""

from builder.cache import Cache
from builder.errors import BuilderError
from builder.evaluation.models import find_specs
from builder.model import ImageTextModel
from builder.models.fetch import fetch_missing
from builder.models.load import load_model
from builder.progress import Progress
from builder.spec.models import id_of_source


def load_source_model(name: str, *, cache: Cache, progress: Progress) -> ImageTextModel:
    """The model of that name with its own text tower, whatever a `demo.toml` puts in its place.

    Raises:
        BuilderError: if there is no such model, it cannot be used, or the name stands for several.
    """
    specs = find_specs(name)
    if len(specs) > 1:
        ids = ", ".join(f"{name}#{spec.id or id_of_source(spec)}" for spec in specs)
        raise BuilderError(f"{name}: has {len(specs)} models. Name one of {ids}.")
    spec = specs[0].model_copy(update={"text_tower": None})
    fetch_missing([spec], cache.folder, progress)
    return load_model(spec, cache.folder)

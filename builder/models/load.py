"""The model that a table of `demo.toml` describes, wherever it comes from."""

from dataclasses import replace
from pathlib import Path

from builder.errors import ModelError
from builder.model import ImageTextModel
from builder.models.checkpoint import load_own_model, load_published_model
from builder.models.default import DEFAULT_MODELS
from builder.models.hub.store import find_hub_folder
from builder.models.published import find_published, require_published, suggest
from builder.models.text_tower import replace_text_tower
from builder.spec.hub_name import HubName, is_hub_name
from builder.spec.models import ModelSpec, Resize, id_of_source


def load_model(spec: ModelSpec, cache_folder: Path | None = None) -> ImageTextModel:
    """The model that a demo asks for; published ones must be in the cache folder.

    Raises:
        BuilderError: if there is none, its files are missing or unreadable, or its code fails.
    """
    model = _load_source(spec, spec.id or id_of_source(spec), cache_folder)
    if spec.text_tower:
        model = replace_text_tower(model, spec.text_tower)
    if spec.resize:
        model = _resize_with(model, spec.resize)
    return model


def _resize_with(model: ImageTextModel, resize: Resize) -> ImageTextModel:
    tower = model.page_tower
    if tower is not None:
        seen = replace(tower.preprocessing, resize=resize)
        tower = replace(tower, preprocessing=seen)
    preprocessing = replace(model.preprocessing, resize=resize)
    return replace(model, preprocessing=preprocessing, page_tower=tower)


def _load_source(spec: ModelSpec, model_id: str, cache_folder: Path | None) -> ImageTextModel:
    if spec.checkpoint and spec.is_folder:
        from builder.models.hub.model import load_hub_model

        return load_hub_model(spec.checkpoint, spec, model_id)
    if spec.checkpoint:
        return load_own_model(spec.checkpoint, spec, model_id)
    if spec.towers:
        # The author's code brings in JAX, which other models may not need.
        from builder.models.author import load_author_model

        return load_author_model(spec.towers, model_id)
    if spec.precomputed:
        raise ModelError(
            f"{spec.precomputed}: has rows but no towers, so it cannot embed anything else."
        )
    assert spec.name, "every model has a source"
    require_known(spec.name)
    if is_hub_name(spec.name):
        from builder.models.hub.model import load_hub_model

        name = HubName.parse(spec.name)
        return load_hub_model(find_hub_folder(name, cache_folder), spec, model_id, name)
    if load := DEFAULT_MODELS.get(spec.name):
        return replace(load(), id=model_id)
    return load_published_model(require_published(spec.name), model_id, cache_folder)


def require_known(name: str) -> None:
    """Make sure that a name is one of a hub's, or that of a model that `lit-demo models` lists.

    Raises:
        ModelError: naming the one that was perhaps meant.
    """
    if not (is_hub_name(name) or name in DEFAULT_MODELS or find_published(name)):
        raise ModelError(f"there is no model '{name}'. {suggest(name, tuple(DEFAULT_MODELS))}")

"""The models that are compared, and how large they are."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from builder.cache import Cache
from builder.errors import BuilderError
from builder.model import ImageTextModel, Tower
from builder.models.fetch import fetch_missing
from builder.models.load import load_model
from builder.progress import Progress
from builder.spec.demo import load_models_spec, read_table
from builder.spec.hub_name import is_hub_name
from builder.spec.models import ModelSpec, id_of_source


@dataclass(frozen=True)
class ScoredModel:
    """A model as listed in a table of scores; sizes are numbers of parameters."""

    id: str
    image_tower: str
    image_parameters: int
    text_tower: str
    text_parameters: int


def load_models(names: Sequence[str], *, cache: Cache, progress: Progress) -> list[ImageTextModel]:
    """The models of these names; a name ending in `.toml` means all models of that demo.

    `demo.toml#ID` is one of them, and a folder is a checkpoint as a hub has it. Published ones are
    downloaded into the cache if they are not there yet.

    Raises:
        BuilderError: if there is no such model or file, or it cannot be used.
    """
    specs = [spec for name in dict.fromkeys(names) for spec in find_specs(name)]
    fetch_missing(specs, cache.folder, progress)
    return [load_model(spec, cache.folder) for spec in specs]


def find_specs(name: str) -> Sequence[ModelSpec]:
    """The tables of `demo.toml` that a name on the command line stands for.

    Raises:
        BuilderError: if it names a file or an id that is not there.
    """
    file, _, wanted = name.partition("#")
    if file.endswith(".toml"):
        specs = load_models_spec(Path(file)).models
        by_id = {spec.id or id_of_source(spec): spec for spec in specs}
        if not wanted:
            return specs
        if wanted not in by_id:
            raise BuilderError(f"{file}: has no model '{wanted}', but {', '.join(by_id)}.")
        return (by_id[wanted],)
    if not is_hub_name(name) and Path(name).is_dir():
        return (read_table(ModelSpec, {"checkpoint": Path(name)}, name),)
    return (read_table(ModelSpec, {"name": name}, name),)


def describe_model(model: ImageTextModel, cache: Cache) -> ScoredModel:
    """The model with the sizes of its towers, which are counted once and kept."""
    return ScoredModel(
        id=model.id,
        image_tower=model.card.image_tower,
        image_parameters=_count(model.image_fingerprint, model.load_image, cache),
        text_tower=model.card.text_tower,
        text_parameters=_count(model.text_fingerprint, lambda: model.text_tower, cache),
    )


def _count(fingerprint: str, load: Callable[[], Tower], cache: Cache) -> int:
    if kept := cache.load("parameters", fingerprint):
        return int(kept)
    import jax

    count = sum(leaf.size for leaf in jax.tree.leaves(load().params))
    cache.store("parameters", fingerprint, str(count).encode())
    return count

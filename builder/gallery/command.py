"""What `lit-demo embed` does: the gallery of a `demo.toml`, with an engine."""

import functools
from dataclasses import dataclass
from pathlib import Path

from builder.cache import Cache
from builder.embedding.local import embed_locally
from builder.embedding.pictures import Engine
from builder.errors import BuilderError
from builder.gallery.embed import EmbeddedGallery, embed_gallery
from builder.gallery.sources import EXTRA, find_stored
from builder.model import ImageTextModel
from builder.models.fetch import fetch_missing
from builder.models.load import load_model
from builder.parquet import import_parquet
from builder.progress import Progress
from builder.spec.demo import find_spec, load_models_spec


@dataclass(frozen=True)
class EmbedWish:
    """What the options of the command say; `address` is that of a Ray cluster."""

    spec: Path
    out: Path
    shard_size: int
    on_ray: bool = False
    address: str | None = None


def embed_demo(wish: EmbedWish, *, cache: Cache, progress: Progress) -> EmbeddedGallery:
    """Write the rows of the gallery of a `demo.toml`, embedded with its first model.

    Raises:
        BuilderError: for anything that the author can fix; finished shards are kept.
    """
    path = find_spec(wish.spec)
    spec = load_models_spec(path)
    if not (gallery := spec.gallery):
        raise BuilderError(
            f'{path}: has no [gallery]. Add one: [gallery] with pictures = "photos/**/*.jpg".'
        )
    if wish.address and not wish.on_ray:
        raise BuilderError(f"--address {wish.address}: is for Ray. Add --engine ray.")
    import_parquet(wish.out, EXTRA)
    fetch_missing(spec.models[:1], cache.folder, progress)
    model = load_model(spec.models[0], cache.folder)
    return embed_gallery(
        functools.partial(find_stored, gallery.pictures, gallery.folder, cache),
        model,
        wish.out,
        _choose_engine(wish, model, gallery.has_own_thumbnails, progress),
        shard_size=wish.shard_size,
        max_failures=gallery.max_failures,
        thumbnails=gallery.has_own_thumbnails,
        progress=progress,
    )


def _choose_engine(
    wish: EmbedWish, model: ImageTextModel, thumbnails: bool, progress: Progress
) -> Engine:
    if not wish.on_ray:
        return functools.partial(embed_locally, model, thumbnails=thumbnails, progress=progress)
    from builder.embedding.on_ray import embed_on_ray

    return functools.partial(embed_on_ray, model, thumbnails=thumbnails, address=wish.address)

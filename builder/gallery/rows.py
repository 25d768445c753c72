"""The rows that a site's gallery is built from: given, or computed by the build if they are few."""

import functools
from dataclasses import dataclass
from pathlib import Path

from builder.cache import Cache, digest
from builder.embedding.local import embed_locally
from builder.errors import BuilderError
from builder.gallery.embed import EmbeddedGallery, embed_gallery
from builder.gallery.shards import find_shards, fingerprint_of, read_about
from builder.gallery.sources import EXTRA, find_stored
from builder.model import ImageTextModel
from builder.parquet import import_parquet
from builder.progress import Progress
from builder.spec.gallery import GallerySpec

MOST_EMBEDDED = 20_000
"""Pictures that a build embeds by itself."""

_BESIDE = "rows"
"""The folder that `lit-demo embed` writes to if nobody says otherwise."""
_SHARD_SIZE = 1024
"""Of shards in the cache: no more is lost when a build is interrupted."""


@dataclass(frozen=True)
class GalleryRows:
    """A folder of shards that are all there, and how many pictures they have."""

    folder: Path
    shard_size: int
    embedded: EmbeddedGallery


def find_rows(
    gallery: GallerySpec,
    model: ImageTextModel,
    folder: Path | None,
    *,
    cache: Cache,
    progress: Progress,
) -> GalleryRows:
    """The rows of a gallery in `folder`, in `rows/` beside its `demo.toml`, or in the cache.

    Those that are missing are computed, if they are not too many.

    Raises:
        BuilderError: if they are, if the folder has none, or those of another model; or for what
            `embed_gallery` raises.
    """
    import_parquet(gallery.pictures, EXTRA)
    found = _choose_folder(gallery, model, folder, cache)
    shards = find_shards(found)
    size = read_about(next(iter(shards.values()))).shard_size if shards else _SHARD_SIZE
    thumbnails = gallery.has_own_thumbnails
    embedded = embed_gallery(
        functools.partial(find_stored, gallery.pictures, gallery.folder, cache),
        model,
        found,
        functools.partial(embed_locally, model, thumbnails=thumbnails, progress=progress),
        shard_size=size,
        max_failures=gallery.max_failures,
        thumbnails=thumbnails,
        most=MOST_EMBEDDED,
        progress=progress,
    )
    return GalleryRows(found, size, embedded)


def _choose_folder(
    gallery: GallerySpec, model: ImageTextModel, folder: Path | None, cache: Cache
) -> Path:
    if folder is not None:
        if not find_shards(folder):
            raise BuilderError(
                f"{folder}: there are no rows in it. `lit-demo embed -o {folder}` computes them."
            )
        return folder
    if find_shards(beside := gallery.folder / _BESIDE):
        return beside
    place = str(gallery.folder.resolve())
    return cache.use_gallery(digest(fingerprint_of(model), place, gallery.pictures))

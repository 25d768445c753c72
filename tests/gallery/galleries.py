"""Small galleries of one-coloured pictures, and what is read back of their rows."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as parquet
import pytest
from numpy.typing import NDArray
from rich.console import Console

from builder.cache import Cache
from builder.embedding.local import embed_locally
from builder.embedding.pictures import Engine, StoredPicture
from builder.gallery.build import build_gallery
from builder.gallery.built import BuiltGallery
from builder.gallery.embed import EmbeddedGallery, embed_gallery
from builder.gallery.index import bank
from builder.gallery.sources import find_stored
from builder.model import ImageTextModel
from builder.progress import Progress
from builder.replacement import Kept
from builder.site.bundle import to_json
from builder.site.folder import write_site
from builder.site.own_files import MANIFEST
from builder.spec.gallery import GallerySpec
from builder.stored_files import JoinedFiles
from tests.evaluation.colours import make_colour_model, paint
from tests.site.sites import FILES, PICTURE, small_manifest

QUIET = Progress(Console(quiet=True))


def paint_many(folder: Path, count: int) -> list[str]:
    """So many pictures of different colours, in folders of ten; returns their ids."""
    names = [f"{number // 10:03}/{number:04}.png" for number in range(count)]
    for number, name in enumerate(names):
        paint(folder / name, (number % 256, 255 - number % 256, number * 37 % 256))
    return names


@dataclass
class Gallery:
    """Pictures in a folder, and what embeds them: locally, with a toy model, ten a shard."""

    folder: Path
    pictures: str = "photos/**/*.png"
    model: ImageTextModel = field(default_factory=make_colour_model)
    engine: Engine | None = None
    max_failures: int = 100
    shard_size: int = 10
    thumbnails: bool = True
    progress: Progress = QUIET
    name: str = "rows"

    @property
    def out(self) -> Path:
        """Where the rows are."""
        return self.folder / self.name

    def find(self) -> Iterator[StoredPicture]:
        """All pictures."""
        return find_stored(self.pictures, self.folder, Cache(self.folder / "cache"))

    def embed(self) -> EmbeddedGallery:
        """Compute the rows that are missing."""
        return embed_gallery(
            self.find,
            self.model,
            self.out,
            self.engine
            or partial(
                embed_locally,
                self.model,
                thumbnails=self.thumbnails,
                progress=self.progress,
            ),
            shard_size=self.shard_size,
            max_failures=self.max_failures,
            thumbnails=self.thumbnails,
            progress=self.progress,
        )

    def read(self, column: str) -> list[Any]:
        """A column of all shards."""
        tables = [parquet.read_table(path) for path in sorted(self.out.glob("*.parquet"))]
        return [value for table in tables for value in table[column].to_pylist()]

    def rows(self) -> NDArray[np.float32]:
        """Rows of all pictures that could be read."""
        return np.array([row for row in self.read("row") if row is not None], np.float32)

    def times(self) -> Sequence[int]:
        """When each shard was written."""
        return [path.stat().st_mtime_ns for path in sorted(self.out.glob("*.parquet"))]


def build(folder: Path, rows: Path | None = None, **keys: Any) -> BuiltGallery:
    """A site's gallery of the pictures in `photos/`, or of other keys, for a toy model."""
    spec = {"pictures": "photos/**/*.png", **keys}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bank, "_LEAST", 40)
        patch.setattr(bank, "_PER_ROOT", 0)
        patch.setattr(bank, "_HELD_OUT", 10)
        return build_gallery(
            GallerySpec.model_validate(spec, context=folder),
            make_colour_model(),
            rows,
            prompts=(),
            where=_name_key,
            cache=Cache(folder / "cache"),
            progress=QUIET,
        )


def _name_key(key: str) -> str:
    return f"demo.toml: gallery.{key}"


def write_gallery_site(out: Path, folder: Path) -> Kept:
    """Write the small site with a gallery of the pictures in `photos/` of a folder."""
    built = build(folder)
    files = {**FILES, "i.jpg": PICTURE, "t.jpg": PICTURE}
    manifest = small_manifest(files).model_copy(update={"gallery": built.part})
    return write_site(JoinedFiles(files, built.files, {MANIFEST: to_json(manifest)}), out)

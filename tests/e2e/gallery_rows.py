"""The rows of a gallery, and what an exact scan of them finds."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from builder.cache import Cache
from builder.gallery.index.exact import read_exact_rows
from builder.gallery.index.files import ROOT, list_urls
from builder.gallery.rows import find_rows
from builder.gallery.shards import find_shards, read_columns, rows_of
from builder.gallery_manifest import ExactIndex, Gallery, GalleryRecords
from builder.manifest import GallerySiteManifest
from builder.models.load import load_model
from builder.site.folder import load_any_manifest
from builder.spec.demo import load_models_spec
from builder.spec.models import ModelSpec
from tests.gallery.galleries import QUIET


def embed_texts(model: str, texts: Sequence[str]) -> NDArray[np.float32]:
    """The unit rows, float32[n, dim], that JAX computes for sentences."""
    loaded = load_model(ModelSpec(name=model))
    return np.asarray(loaded.text_tower(loaded.tokenizer(texts)))


def find_best(
    rows: NDArray[np.float32], query: NDArray[np.float32], count: int, among: Sequence[int]
) -> list[int]:
    """The best of the rows with these numbers: what an exact scan finds."""
    scores = rows @ query
    return sorted(among, key=lambda number: -scores[number])[:count]


def read_gallery(site: Path) -> Gallery:
    """What a site says of the gallery that is its page."""
    manifest = load_any_manifest(site)
    assert isinstance(manifest, GallerySiteManifest)
    return manifest.gallery


def read_shipped_rows(site: Path) -> NDArray[np.float32]:
    """float32[pictures, dim], by position: the rows that a page scans, of eight bits a number."""
    gallery = read_gallery(site)
    assert isinstance(gallery.index, ExactIndex)
    paths = (site / ROOT / "rows").iterdir()
    files = {path.relative_to(site).as_posix(): path.read_bytes() for path in paths}
    return read_exact_rows(gallery.index, files, gallery.dim)


def read_own_rows(spec: Path, cache: Path) -> tuple[list[str], NDArray[np.float32]]:
    """The ids of an author's pictures, and their rows as they were embedded for a build.

    They are float16 there, float32[pictures, dim] here.
    """
    demo = load_models_spec(spec)
    assert demo.gallery
    model = load_model(demo.models[0])
    found = find_rows(demo.gallery, model, None, cache=Cache(cache), progress=QUIET)
    assert found.embedded.written == 0, "the build has left all rows in the cache"
    tables = [read_columns(path, "id", "row") for path in find_shards(found.folder).values()]
    rows = np.concatenate([rows_of(table, model.dim) for table in tables])
    ids = [each for table in tables for each in table["id"].to_pylist()]
    return ids, rows.astype(np.float32)


def read_records(site: Path) -> list[GalleryRecords]:
    """What a site says of its pictures, by position."""
    records = read_gallery(site).records
    urls = list_urls(records, (site / records.url).read_bytes())
    return [GalleryRecords.model_validate_json((site / url).read_bytes()) for url in urls]


def read_ids(site: Path) -> list[str]:
    """The ids of a site's pictures, by position."""
    return [each for records in read_records(site) for each in records.id]

"""The page of a gallery that is searched in lists, as those of more than 20,000 pictures are."""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page

from builder.gallery.index import build as index_build
from builder.gallery.shards import find_shards, read_columns, rows_of
from builder.gallery_manifest import ListIndex
from builder.manifest import GallerySiteManifest
from builder.models.load import load_model
from builder.site.folder import load_any_manifest
from builder.spec.models import ModelSpec
from tests.e2e.conftest import build
from tests.e2e.gallery_site import write_gallery
from tests.e2e.host import host
from tests.e2e.test_gallery import context, page, positions, search, visit

__all__ = ["context", "page"]  # fixtures

PICTURES = 600
QUERIES = ("a castle by the water", "a red parrot", "an elephant")


def find_best(rows: np.ndarray, text: str, count: int) -> list[int]:
    """What an exact scan of the author's rows finds, by the number of the picture."""
    model = load_model(ModelSpec(name="mini-tiny"))
    (query,) = np.asarray(model.text_tower(model.tokenizer([text])))
    return np.argsort(-(rows @ query))[:count].tolist()


def read_rows(cache: Path) -> np.ndarray:
    """float32[pictures, dim], of the only gallery of that size in the cache."""
    for folder in (cache / "galleries").iterdir():
        tables = [read_columns(path, "row") for path in find_shards(folder).values()]
        rows = np.concatenate([rows_of(table, 256) for table in tables])
        if len(rows) == PICTURES:
            return rows.astype(np.float32)
    raise AssertionError("there are no such rows")


def numbers_of(links: Sequence[int], site: Path) -> list[int]:
    """The pictures at positions, by their number in the author's table."""
    (records,) = (site / "gallery/records").glob("*.json")
    ids = json.loads(records.read_text())["id"]
    return [int(ids[position].removeprefix("picture-")) for position in links]


@pytest.mark.long
def test_lists_find_what_an_exact_scan_does(
    page: Page, tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(index_build, "MOST_EXACT", 100)
    site = build(write_gallery(tmp_path / "project", PICTURES), tmp_path / "site", cache)
    manifest = load_any_manifest(site)
    assert isinstance(manifest, GallerySiteManifest)
    assert isinstance(manifest.gallery.index, ListIndex)
    rows = read_rows(cache)
    with host(site) as served:
        visit(page, served)
        for query in QUERIES:
            search(page, query)
            found = numbers_of(positions(page, 8), site)
            best = find_best(rows, query, 8)
            assert found[0] == best[0]
            assert len(set(found) & set(best)) >= 6, f"{query}: {found}, not {best}"

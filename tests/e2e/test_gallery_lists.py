"""The page of a gallery that is searched in lists, as those of more than 20,000 pictures are."""

from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext

from builder.gallery.index import build as index_build
from builder.gallery_manifest import ListIndex
from tests.e2e.conftest import build
from tests.e2e.gallery_page import positions, search, visit
from tests.e2e.gallery_rows import embed_texts, find_best, read_gallery, read_ids, read_own_rows
from tests.e2e.gallery_site import write_gallery
from tests.e2e.host import host

PICTURES = 600
QUERIES = ("a castle by the water", "a red parrot", "an elephant")


@pytest.mark.long
def test_lists_find_what_an_exact_scan_does(
    context: BrowserContext, tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(index_build, "MOST_EXACT", 100)
    spec = write_gallery(tmp_path / "project", PICTURES)
    site = build(spec, tmp_path / "site", cache)
    gallery = read_gallery(site)
    assert isinstance(gallery.index, ListIndex)
    own, rows = read_own_rows(spec, cache)
    ids = read_ids(site)
    page = context.new_page()
    with host(site) as served:
        visit(page, served)
        for query, row in zip(QUERIES, embed_texts(gallery.model, QUERIES), strict=True):
            search(page, query)
            found = [ids[position] for position in positions(page, 8)]
            numbers = find_best(rows, row, 8, range(PICTURES))
            best = [own[number] for number in numbers]
            assert found[0] == best[0]
            assert len(set(found) & set(best)) >= 6, f"{query}: {found}, not {best}"

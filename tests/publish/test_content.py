"""What of a site's folder is published."""

from pathlib import Path

import pytest

from builder.errors import SiteError
from builder.publish.content import published_files
from tests.site.sites import FILES, write_small_site


def test_the_manifest_and_all_it_names_are_published_and_nothing_else(tmp_path: Path):
    write_small_site(tmp_path / "site")
    (tmp_path / "site" / "report.json").write_text('{"seconds": 1}')
    files = published_files(tmp_path / "site")
    assert list(files) == sorted([*FILES, "manifest.json"])
    assert {url: path.read_bytes() for url, path in files.items() if url in FILES} == FILES


def test_a_site_that_is_not_as_built_is_not_published(tmp_path: Path):
    write_small_site(tmp_path / "site")
    (tmp_path / "site" / "extra.txt").touch()
    with pytest.raises(SiteError, match=r"extra\.txt: is not part of the site"):
        published_files(tmp_path / "site")
    with pytest.raises(SiteError, match="Build the site first"):
        published_files(tmp_path)

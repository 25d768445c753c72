import os
import zipfile
from pathlib import Path

import pytest

from builder.errors import BuilderError, SiteError
from builder.publish.archive import write_zip
from builder.site.folder import check_site
from tests.site.sites import FILES, write_small_site


@pytest.fixture
def site(tmp_path: Path) -> Path:
    write_small_site(tmp_path / "site")
    return tmp_path / "site"


def test_the_unpacked_zip_is_the_site(site: Path, tmp_path: Path):
    assert write_zip(site, tmp_path / "a.zip") == (tmp_path / "a.zip").stat().st_size
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        assert archive.namelist() == sorted([*FILES, "manifest.json"])
        archive.extractall(tmp_path / "unpacked")
    assert check_site(tmp_path / "unpacked") == []


def test_the_same_site_gives_the_same_bytes(site: Path, tmp_path: Path):
    write_zip(site, tmp_path / "a.zip")
    write_small_site(tmp_path / "elsewhere")
    (tmp_path / "elsewhere" / "report.json").write_text('{"seconds": 1}')
    (tmp_path / "elsewhere" / "index.html").chmod(0o600)
    os.utime(tmp_path / "elsewhere" / "index.html", (0, 0))
    write_zip(tmp_path / "elsewhere", tmp_path / "b.zip")
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()


def test_anyone_may_read_the_files(site: Path, tmp_path: Path):
    write_zip(site, tmp_path / "a.zip")
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        assert {oct(entry.external_attr >> 16) for entry in archive.infolist()} == {"0o100644"}
    assert oct((tmp_path / "a.zip").stat().st_mode) == "0o100644"


def test_an_interrupted_zip_leaves_the_old_one(
    site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    write_zip(site, tmp_path / "a.zip")
    before = (tmp_path / "a.zip").read_bytes()

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(zipfile.ZipFile, "writestr", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_zip(site, tmp_path / "a.zip")
    assert (tmp_path / "a.zip").read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.zip", "site"]


def test_a_place_that_cannot_hold_the_zip_is_refused(site: Path, tmp_path: Path):
    with pytest.raises(BuilderError, match="is inside the site"):
        write_zip(site, site / "a.zip")
    with pytest.raises(BuilderError, match="is a folder"):
        write_zip(site, tmp_path)
    with pytest.raises(BuilderError, match=r"a\.zip: cannot be written: No such file"):
        write_zip(site, tmp_path / "none" / "a.zip")


def test_a_site_that_is_not_whole_is_refused(site: Path, tmp_path: Path):
    (site / "a.js").write_text("changed")
    with pytest.raises(SiteError, match=r"a\.js: has 7 bytes, not 4"):
        write_zip(site, tmp_path / "a.zip")
    assert not (tmp_path / "a.zip").exists()

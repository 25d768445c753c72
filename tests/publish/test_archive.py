"""A site as a ZIP, and what that may replace."""

import os
import random
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest

from builder.errors import BuilderError, SiteError
from builder.publish.archive import write_zip
from builder.site.bundle import to_json
from builder.site.check import check_site
from builder.site.files import refer
from tests.publish.repositories import change_the_site
from tests.site.sites import FILES, small_manifest, write_small_site


def identity_of(path: Path) -> tuple[int, ...]:
    """Everything that replacing or writing a file would change; reading it moves its atime."""
    status = path.lstat()
    return status.st_ino, status.st_mode, status.st_size, status.st_mtime_ns


@pytest.fixture
def site(tmp_path: Path) -> Path:
    write_small_site(tmp_path / "site")
    return tmp_path / "site"


def test_the_unpacked_zip_is_the_site(site: Path, tmp_path: Path):
    assert write_zip(site, tmp_path / "a.zip").bytes == (tmp_path / "a.zip").stat().st_size
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


def test_only_the_site_s_own_files_are_in_it(site: Path, tmp_path: Path):
    (site / ".git").mkdir()
    (site / ".git" / "config").write_text("s3cr3t")
    archive = write_zip(site, tmp_path / "a.zip")
    assert archive.notes == ("Left out, since the site did not come with it: .git/.",)
    assert b"s3cr3t" not in (tmp_path / "a.zip").read_bytes()


def test_a_zip_of_a_site_is_replaced_by_another_one(site: Path, tmp_path: Path):
    change_the_site(site)
    write_zip(site, tmp_path / "a.zip")
    before = (tmp_path / "a.zip").read_bytes()
    write_small_site(tmp_path / "other")
    write_zip(tmp_path / "other", tmp_path / "a.zip")
    assert (tmp_path / "a.zip").read_bytes() != before


def zip_of(path: Path, **files: str) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in files.items():
            archive.writestr(name.replace("_", "."), text)


def test_nothing_but_a_zip_of_a_site_is_replaced(site: Path, tmp_path: Path):
    manifest = (site / "manifest.json").read_text()
    out = tmp_path / "out"
    out.mkdir()
    (out / "text.zip").write_text("years of work")
    (out / "empty.zip").touch()
    zip_of(out / "other.zip", thesis_tex="years")
    zip_of(out / "extension.zip", manifest_json='{"manifest_version": 3}')
    zip_of(out / "more.zip", manifest_json=manifest, thesis_tex="years")
    write_zip(site, out / "whole.zip")
    whole = (out / "whole.zip").read_bytes()
    for position in (1, 100, len(whole) // 2, len(whole) - 30, len(whole) - 2):
        (out / f"cut-{position}.zip").write_bytes(whole[:position])
    (out / "link.zip").symlink_to("whole.zip")
    (out / "loop.zip").symlink_to("loop.zip")
    (out / "nowhere.zip").symlink_to("none")
    (out / "folder.zip").mkdir()
    os.mkfifo(out / "pipe.zip")
    for path in sorted(out.iterdir()):
        if path.name == "whole.zip":
            continue
        before = identity_of(path)
        with pytest.raises(BuilderError, match=f"{path.name}: is .* so it is not replaced"):
            write_zip(site, path)
        assert identity_of(path) == before
    with pytest.raises(BuilderError, match="null: is not a ZIP of a site"):
        write_zip(site, Path("/dev/null"))
    assert Path("/dev/null").is_char_device()
    assert not [path for path in out.iterdir() if path.name.startswith(".")]


def test_a_damaged_zip_is_refused_whatever_its_reader_raises(site: Path, tmp_path: Path):
    write_zip(site, tmp_path / "a.zip")
    whole = (tmp_path / "a.zip").read_bytes()
    rng = random.Random(0)
    for _ in range(100):
        damaged = bytearray(whole)
        for _ in range(rng.randint(1, 8)):
            damaged[rng.randrange(len(damaged))] = rng.randrange(256)
        (tmp_path / "a.zip").write_bytes(damaged)
        with suppress(BuilderError):
            write_zip(site, tmp_path / "a.zip")
        assert (tmp_path / "a.zip").read_bytes() in (damaged, whole)


def test_a_place_that_cannot_hold_the_zip_is_refused(site: Path, tmp_path: Path):
    with pytest.raises(BuilderError, match="is inside the site"):
        write_zip(site, site / "a.zip")
    with pytest.raises(BuilderError, match="is a folder"):
        write_zip(site, tmp_path)
    with pytest.raises(BuilderError, match=r"a\.zip: cannot be written: No such file"):
        write_zip(site, tmp_path / "none" / "a.zip")
    with pytest.raises(BuilderError, match="cannot be written: File name too long"):
        write_zip(site, tmp_path / ("a" * 300))
    (tmp_path / "file").touch()
    with pytest.raises(BuilderError, match="cannot be written: Not a directory"):
        write_zip(site, tmp_path / "file" / "x.zip")


@pytest.mark.parametrize("url", ["..\\x", "C:/x", "/x", "../x", "a\\b", "C:x"])
def test_no_entry_leaves_the_folder_it_is_unpacked_in(site: Path, tmp_path: Path, url: str):
    ref = refer("x", b"").model_copy(update={"url": url})
    manifest = small_manifest().model_copy(update={"files": (ref,)})
    (site / "manifest.json").write_bytes(to_json(manifest))
    with pytest.raises(SiteError, match=r"manifest\.json: files\.0\.url"):
        write_zip(site, tmp_path / "a.zip")


def test_a_site_that_is_not_whole_is_refused(site: Path, tmp_path: Path):
    (site / "a.js").write_text("changed")
    with pytest.raises(SiteError, match=r"a\.js: has 7 bytes, not 4"):
        write_zip(site, tmp_path / "a.zip")
    assert not (tmp_path / "a.zip").exists()

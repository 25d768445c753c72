import errno
import os
from pathlib import Path

import pytest

from builder.errors import BuilderError, SiteError
from builder.site.bundle import to_json
from builder.site.check import check_site
from builder.site.files import refer
from builder.site.folder import check_target, write_site
from builder.site.own_files import MANIFEST, REPORT
from tests.site.manifests import load_manifest
from tests.site.sites import FILES, content, small_manifest, write_small_site

RESULT = b'{"budget": {}, "step_seconds": {}, "total_bytes": 1}'


def test_a_site_is_written_and_checks_out(tmp_path: Path):
    out = tmp_path / "deep" / "site"
    write_small_site(out)
    assert check_site(out) == []
    assert to_json(load_manifest(out)) == to_json(small_manifest())
    assert list(out.parent.iterdir()) == [out], "nothing is left beside it"


def test_what_a_site_does_not_name_is_kept(tmp_path: Path):
    out = tmp_path / "site"
    write_small_site(out)
    (out / ".git").mkdir()
    (out / ".git" / "HEAD").write_text("ref: refs/heads/main")
    (out / "CNAME").write_text("example.org")
    kept = write_small_site(out)
    assert kept.paths == (".git/", "CNAME")
    assert (out / ".git" / "HEAD").read_text() == "ref: refs/heads/main"
    assert (out / "CNAME").read_text() == "example.org"
    assert check_site(out) == []


def test_a_file_of_the_old_site_goes_with_it(tmp_path: Path):
    out = tmp_path / "site"
    manifest = small_manifest()
    stale = manifest.model_copy(update={"files": (*manifest.files, refer("stale.js", b"old"))})
    write_site({**FILES, "stale.js": b"old", MANIFEST: to_json(stale), REPORT: RESULT}, out)
    write_small_site(out)
    assert content(out).keys() == {*FILES, MANIFEST}


def test_a_file_of_the_site_that_somebody_changed_is_kept_under_another_name(tmp_path: Path):
    out = tmp_path / "site"
    write_small_site(out)
    (out / "index.html").write_text("improved by hand")
    (out / MANIFEST).write_bytes((out / MANIFEST).read_bytes().replace(b"A title", b"B title"))
    kept = write_small_site(out)
    assert kept.changed == {"index.html": "index.html.kept", MANIFEST: "manifest.json.kept"}
    assert (out / "index.html.kept").read_text() == "improved by hand"
    assert b"B title" in (out / "manifest.json.kept").read_bytes()
    assert check_site(out) == []


@pytest.mark.parametrize(
    "manifest",
    [b"", b'{"manifest_version": 3, "name": "An extension"}', b'{"name": "A PWA"}', b"[]"],
)
def test_other_programs_folders_with_a_manifest_are_not_replaced(tmp_path: Path, manifest: bytes):
    (tmp_path / MANIFEST).write_bytes(manifest)
    (tmp_path / "background.js").write_text("an extension")
    with pytest.raises(SiteError, match="is not empty and holds no site"):
        write_small_site(tmp_path)
    assert content(tmp_path) == {MANIFEST: manifest, "background.js": b"an extension"}


def test_a_report_of_someone_elses_is_not_replaced(tmp_path: Path):
    out = tmp_path / "site"
    write_small_site(out)
    (out / REPORT).write_text('{"quarter": 3}')
    with pytest.raises(BuilderError, match=r"report\.json: was not written by this program"):
        write_site({**FILES, MANIFEST: to_json(small_manifest()), REPORT: RESULT}, out)
    assert (out / REPORT).read_text() == '{"quarter": 3}'


def test_a_folder_that_is_no_site_is_not_replaced(tmp_path: Path):
    (tmp_path / "thesis.tex").write_text("years of work")
    with pytest.raises(SiteError, match="is not empty and holds no site"):
        write_small_site(tmp_path)
    assert content(tmp_path) == {"thesis.tex": b"years of work"}


def test_the_root_of_the_file_system_is_refused():
    with pytest.raises(SiteError, match=r"^/: is the root of the file system"):
        check_target(Path("/"))


def test_a_mount_point_is_refused_since_it_has_no_second_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def always(self: Path) -> bool:
        return True

    monkeypatch.setattr(Path, "is_mount", always)
    with pytest.raises(SiteError, match=r"is a mount point.*Name a folder in it, such as .*/site"):
        check_target(tmp_path)


def test_a_file_in_the_way_is_not_replaced(tmp_path: Path):
    (tmp_path / "site").write_text("a file")
    with pytest.raises(SiteError, match="is not a folder"):
        write_small_site(tmp_path / "site")


def test_a_place_where_no_folder_can_be_is_refused_at_once(tmp_path: Path):
    (tmp_path / "file").write_text("a file")
    with pytest.raises(SiteError, match=r"below/site: cannot be created in .*file. Name another"):
        check_target(tmp_path / "file" / "below" / "site")


def test_a_refusal_of_the_system_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def refuse(handle: int):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(BuilderError, match=r"site: cannot be written: No space left.*with -o"):
        write_small_site(tmp_path / "site")
    assert list(tmp_path.iterdir()) == []

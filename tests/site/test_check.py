from pathlib import Path

import pytest
from rich.console import Console

from builder.errors import SiteError
from builder.progress import Progress
from builder.site.bundle import to_json
from builder.site.check import check_site, require_whole_site
from builder.site.files import refer
from builder.site.folder import write_site
from builder.site.own_files import MANIFEST
from tests.site.sites import FILES, PICTURE, small_manifest, write_small_site


def require(folder: Path):
    return require_whole_site(folder, Progress(Console(quiet=True)))


def test_a_whole_site_is_told_with_what_is_beside_it(tmp_path: Path):
    write_small_site(tmp_path / "site", PICTURE)
    (tmp_path / "site" / ".git").mkdir()
    (tmp_path / "site" / ".git" / "HEAD").write_text("")
    (tmp_path / "site" / "CNAME").write_text("example.org")
    whole = require(tmp_path / "site")
    assert (whole.files, whole.others) == (len(FILES), (".git/", "CNAME"))


def test_a_picture_that_hides_something_is_told(tmp_path: Path):
    write_small_site(tmp_path / "site", PICTURE + b"a secret")
    assert check_site(tmp_path / "site") == []
    with pytest.raises(SiteError, match=r"i\.jpg: holds .*bytes after"):
        require(tmp_path / "site")


def test_every_difference_from_the_manifest_is_found(tmp_path: Path):
    out = tmp_path / "site"
    write_small_site(out)
    (out / "a.js").write_bytes(b"A.js")
    (out / "z.bin").write_bytes(b"longer than before")
    (out / "w.bin").unlink()
    found = {problem.where: problem.message for problem in check_site(out)}
    assert found == {
        "a.js": "differs from the file that was built",
        "z.bin": "has 18 bytes, not 5",
        "w.bin": "is missing",
    }


def test_a_manifest_cannot_point_outside_the_site(tmp_path: Path):
    (tmp_path / "secret").write_bytes(b"s")
    outside = refer("secret", b"s").model_copy(update={"url": "../secret"})
    manifest = small_manifest().model_copy(update={"files": (outside,)})
    write_site({**FILES, MANIFEST: to_json(manifest)}, tmp_path / "site")
    with pytest.raises(SiteError, match=r"files\.0\.url: '\.\./secret' has the part '\.\.'"):
        check_site(tmp_path / "site")


@pytest.mark.parametrize("text", ["", "{}", '{"schemaVersion": 99}', "[]"])
def test_a_manifest_that_is_not_understood_is_refused(tmp_path: Path, text: str):
    (tmp_path / "manifest.json").write_text(text)
    with pytest.raises(SiteError, match=r"manifest\.json.*Build the site again"):
        check_site(tmp_path)


def test_without_a_manifest_there_is_no_site(tmp_path: Path):
    with pytest.raises(SiteError, match="Build the site first"):
        check_site(tmp_path)


def test_a_manifest_that_cannot_be_read_is_named(tmp_path: Path):
    (tmp_path / MANIFEST).mkdir()
    with pytest.raises(SiteError, match=r"manifest\.json: is a folder, not a file"):
        check_site(tmp_path)

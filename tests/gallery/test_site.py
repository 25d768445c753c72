"""The files of a gallery in a site's folder, in its ZIP, on its branch, and on the web."""

import zipfile
from pathlib import Path

import pytest
from rich.console import Console

from builder.progress import Progress
from builder.publish.archive import write_zip
from builder.publish.content import load_content
from builder.publish.deployed import check_deployment
from builder.publish.serve import make_server, running
from builder.publish.served_files import ServedFolder
from builder.site.check import check_site, require_whole_site
from builder.site.own_files import find_own_files
from tests.evaluation.colours import paint
from tests.gallery.galleries import QUIET, paint_many, write_gallery_site
from tests.publish.repositories import Repositories, git, use_own_settings
from tests.site.sites import content


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A site with a gallery of twelve pictures."""
    paint_many(tmp_path / "photos", 12)
    write_gallery_site(tmp_path / "site", tmp_path)
    return tmp_path / "site"


def thumbnails(site: Path) -> set[str]:
    return {f"gallery/thumbnails/{path.name}" for path in site.glob("gallery/thumbnails/*.jpg")}


def remove_pictures(folder: Path) -> None:
    """Leave ten of the twelve."""
    for name in ("010", "011"):
        (folder / f"photos/001/0{name}.png").unlink()


def test_all_files_are_the_site_s_own(site: Path):
    assert check_site(site) == []
    assert find_own_files(site).keys() == content(site).keys()
    whole = require_whole_site(site, QUIET)
    assert (whole.files, whole.others) == (len(content(site)) - 1, ())
    assert load_content(site).files.keys() == content(site).keys()
    assert all(ServedFolder(site).is_own(url) for url in thumbnails(site))


def test_a_rebuild_removes_what_the_gallery_no_longer_has(site: Path, tmp_path: Path):
    (site / "gallery/thumbnails/mine.txt").write_text("mine")
    before = thumbnails(site)
    remove_pictures(tmp_path)
    kept = write_gallery_site(site, tmp_path)
    assert kept.paths == ("gallery/thumbnails/mine.txt",)
    assert check_site(site) == []
    assert thumbnails(site) < before
    assert (len(before), len(thumbnails(site))) == (12, 10)


def test_a_thumbnail_that_somebody_changed_is_kept(site: Path, tmp_path: Path):
    changed = min(thumbnails(site))
    (site / changed).write_bytes(b"retouched")
    kept = write_gallery_site(site, tmp_path)
    assert kept.changed == {changed: f"{changed}.kept"}
    assert (site / f"{changed}.kept").read_bytes() == b"retouched"
    assert check_site(site) == []


@pytest.mark.parametrize("kind", ["thumbnails", "records", "rows"])
def test_a_file_that_is_missing_or_altered_is_named(site: Path, kind: str):
    path = next(path for path in (site / "gallery" / kind).iterdir() if path.suffix != ".list")
    url = path.relative_to(site).as_posix()
    path.write_bytes(path.read_bytes()[:-1] + b"!")
    (problem,) = check_site(site)
    assert (problem.where, problem.message) == (url, "differs from the file that was built")
    path.unlink()
    (problem,) = check_site(site)
    assert (problem.where, problem.message) == (url, "is missing")


def test_a_zip_has_all_files_and_replaces_that_of_an_earlier_site(site: Path, tmp_path: Path):
    for _ in range(2):
        write_zip(site, tmp_path / "site.zip")
        with zipfile.ZipFile(tmp_path / "site.zip") as archive:
            assert {*archive.namelist()} == content(site).keys()
        if (tmp_path / "photos/001/0011.png").exists():
            remove_pictures(tmp_path)
            write_gallery_site(site, tmp_path)


def test_a_branch_keeps_the_files_of_one_publication_for_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    use_own_settings(tmp_path, monkeypatch)
    repositories = Repositories(tmp_path)
    site = repositories.site
    paint_many(tmp_path / "photos", 12)
    write_gallery_site(site, tmp_path)
    repositories.publish(subdir="")
    first = thumbnails(site)

    def published() -> set[str]:
        paths = git(repositories.hub, "ls-tree", "-r", "--name-only", "gh-pages").splitlines()
        return {path for path in paths if path.startswith("gallery/thumb") and ".jpg" in path}

    assert published() == first
    remove_pictures(tmp_path)
    write_gallery_site(site, tmp_path)
    assert repositories.publish(subdir="").kept == ()
    second = thumbnails(site)
    assert (published(), len(first - second)) == (first, 2)
    paint(tmp_path / "photos/000/0000.png", (200, 0, 200))
    write_gallery_site(site, tmp_path)
    repositories.publish(subdir="")
    assert published() == second | thumbnails(site)


def test_a_deployed_gallery_is_compared_file_by_file(site: Path):
    progress = Progress(Console(quiet=True))
    with running(make_server(site, port=0, host="127.0.0.1", base_path="/")) as port:
        address = f"http://127.0.0.1:{port}/"
        found = check_deployment(address, progress)
        assert found.problems == ()
        assert found.files == len(content(site)) - 1
        changed = min(thumbnails(site))
        (site / changed).write_bytes(b"another")
        (problem,) = check_deployment(address, progress).problems
        assert (problem.where, problem.message) == (changed, "differs from the file that was built")
        (site / changed).unlink()
        (problem,) = check_deployment(address, progress).problems
        assert "the server answered 404" in problem.message

import errno
from pathlib import Path

import pytest

from builder.errors import BuilderError, SiteError
from builder.site.bundle import refer, to_json
from builder.site.folder import check_site, check_target, write_site
from tests.site.manifests import load_manifest
from tests.site.sites import FILES, content, small_manifest, write_small_site


def test_a_site_is_written_and_checks_out(tmp_path: Path):
    out = tmp_path / "deep" / "site"
    write_small_site(out)
    assert check_site(out) == []
    assert to_json(load_manifest(out)) == to_json(small_manifest())
    assert list(out.parent.iterdir()) == [out], "nothing is left beside it"


def test_the_old_site_is_replaced_whole(tmp_path: Path):
    out = tmp_path / "site"
    write_small_site(out)
    (out / "stale.js").write_text("old")
    write_small_site(out)
    assert "stale.js" not in content(out)


@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError, MemoryError])
@pytest.mark.parametrize("step", ["write_bytes", "rename"])
def test_an_interrupted_build_leaves_the_old_site(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: type[BaseException], step: str
):
    out = tmp_path / "site"
    write_small_site(out)
    before = content(out)
    real = getattr(Path, step)
    calls = 0

    def fail(self: Path, argument: object) -> object:
        nonlocal calls
        calls += 1
        if step == "write_bytes" or calls == 2:
            raise error
        return real(self, argument)

    monkeypatch.setattr(Path, step, fail)
    with pytest.raises(BuilderError if error is OSError else error):
        write_small_site(out)
    monkeypatch.undo()
    assert content(out) == before
    assert list(tmp_path.iterdir()) == [out], "nothing is left beside it"


def test_a_folder_that_is_no_site_is_not_replaced(tmp_path: Path):
    (tmp_path / "thesis.tex").write_text("years of work")
    with pytest.raises(SiteError, match="is not empty and holds no site"):
        write_small_site(tmp_path)
    assert content(tmp_path) == {"thesis.tex": b"years of work"}


def test_a_file_in_the_way_is_not_replaced(tmp_path: Path):
    (tmp_path / "site").write_text("a file")
    with pytest.raises(SiteError, match="is not a folder"):
        write_small_site(tmp_path / "site")


def test_a_place_where_no_folder_can_be_is_refused_at_once(tmp_path: Path):
    (tmp_path / "file").write_text("a file")
    with pytest.raises(SiteError, match=r"below/site: cannot be created in .*file. Name another"):
        check_target(tmp_path / "file" / "below" / "site")


def test_a_refusal_of_the_system_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def refuse(self: Path, data: bytes):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", refuse)
    with pytest.raises(BuilderError, match=r"site: cannot be written: No space left.*with -o"):
        write_small_site(tmp_path / "site")
    assert list(tmp_path.iterdir()) == []


def test_a_manifest_that_cannot_be_read_is_named(tmp_path: Path):
    (tmp_path / "manifest.json").mkdir()
    with pytest.raises(SiteError, match=r"manifest\.json: cannot be read: Is a directory"):
        check_site(tmp_path)


def test_every_difference_from_the_manifest_is_found(tmp_path: Path):
    out = tmp_path / "site"
    write_small_site(out)
    (out / "a.js").write_bytes(b"A.js")
    (out / "z.bin").write_bytes(b"longer than before")
    (out / "w.bin").unlink()
    (out / "extra.txt").write_bytes(b"")
    found = {problem.where: problem.message for problem in check_site(out)}
    assert found == {
        "a.js": "differs from the file that was built",
        "z.bin": "has 18 bytes, not 5",
        "w.bin": "is missing",
        "extra.txt": "is not part of the site",
    }


def test_a_manifest_cannot_point_outside_the_site(tmp_path: Path):
    (tmp_path / "secret").write_bytes(b"s")
    manifest = small_manifest().model_copy(update={"files": (refer("../secret", b"s"),)})
    write_site({**FILES, "manifest.json": to_json(manifest)}, tmp_path / "site")
    problems = [str(problem) for problem in check_site(tmp_path / "site")]
    assert any(text.startswith("../secret: is outside") for text in problems)


@pytest.mark.parametrize("text", ["", "{}", '{"schemaVersion": 99}', "[]"])
def test_a_manifest_that_is_not_understood_is_refused(tmp_path: Path, text: str):
    (tmp_path / "manifest.json").write_text(text)
    with pytest.raises(SiteError, match=r"manifest\.json.*Build the site again"):
        check_site(tmp_path)


def test_without_a_manifest_there_is_no_site(tmp_path: Path):
    with pytest.raises(SiteError, match="Build the site first"):
        check_site(tmp_path)

import os
import shutil
import stat
from collections.abc import Mapping
from pathlib import Path

import pytest

from builder import replacement
from builder.errors import BuilderError
from builder.replacement import replace_folder
from tests.site.sites import content


def owning(*names: str):
    """Finds these files in any folder, whatever is in them."""

    def find_own(folder: Path) -> Mapping[str, str | None]:
        return {name: None for name in names if (folder / name).is_file()}

    return find_own


@pytest.fixture
def out(tmp_path: Path) -> Path:
    folder = tmp_path / "out"
    replace_folder(folder, {"page": b"1", "data/rows": b"1"}, owning())
    return folder


def test_files_are_replaced_and_nothing_is_left_beside(out: Path):
    replace_folder(out, {"page": b"2", "more/rows": b"2"}, owning("page", "data/rows"))
    assert content(out) == {"page": b"2", "more/rows": b"2"}
    assert not (out / "data").exists()
    assert list(out.parent.iterdir()) == [out]


def test_whatever_else_is_there_is_kept_as_it_was(out: Path, tmp_path: Path):
    (out / "data" / "mine").write_text("kept")
    (out / "folder" / "empty").mkdir(parents=True)
    (out / "folder" / "empty").chmod(0o700)
    (out / "link").symlink_to("nowhere")
    (out / "to-a-folder").symlink_to(tmp_path)
    os.mkfifo(out / "pipe")
    locked_folder = out / "read-only"
    locked_folder.mkdir()
    (locked_folder / "file").write_text("kept")
    (locked_folder / "file").chmod(0o400)
    locked_folder.chmod(0o500)
    before = (out / "data" / "mine").stat()
    kept = replace_folder(out, {"page": b"2"}, owning("page", "data/rows"))
    assert kept.paths == ("data/mine", "folder/", "link", "pipe", "read-only/", "to-a-folder")
    assert (out / "page").read_bytes() == b"2"
    assert not (out / "data" / "rows").exists()
    after = (out / "data" / "mine").stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert stat.S_IMODE((out / "folder" / "empty").stat().st_mode) == 0o700
    assert (out / "link").readlink() == Path("nowhere")
    assert (out / "to-a-folder").readlink() == tmp_path
    assert stat.S_ISFIFO((out / "pipe").stat().st_mode)
    assert stat.S_IMODE((out / "read-only").stat().st_mode) == 0o500
    assert stat.S_IMODE((out / "read-only" / "file").stat().st_mode) == 0o400
    assert list(out.parent.iterdir()) == [out]


@pytest.mark.parametrize("foreign", ["mine", "mine/file", "page/file"])
def test_a_foreign_file_in_the_way_is_refused_by_name(tmp_path: Path, foreign: str):
    (tmp_path / foreign).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / foreign).write_text("kept")
    wanted = {"mine": b"", "page": b""} if foreign != "mine" else {"mine/deep/file": b""}
    with pytest.raises(BuilderError, match=f"{foreign}: was not written by this program"):
        replace_folder(tmp_path, wanted, owning())
    assert content(tmp_path) == {foreign: b"kept"}


def test_a_changed_file_gets_a_name_that_nothing_has(out: Path):
    (out / "page.kept").write_text("an earlier one")

    def find_own(folder: Path) -> Mapping[str, str | None]:
        return {"page": "0" * 64, "data/rows": "0" * 64}

    kept = replace_folder(out, {"page": b"2"}, find_own)
    assert kept.changed == {"page": "page.kept-2", "data/rows": "data/rows"}
    assert content(out) == {
        "page": b"2",
        "page.kept": b"an earlier one",
        "page.kept-2": b"1",
        "data/rows": b"1",
    }


def test_files_that_cannot_be_linked_are_copied(out: Path, monkeypatch: pytest.MonkeyPatch):
    (out / "mine").write_text("kept")

    def refuse(*_: object, **__: object):
        raise OSError

    monkeypatch.setattr(os, "link", refuse)
    replace_folder(out, {"page": b"2"}, owning("page", "data/rows"))
    assert content(out) == {"page": b"2", "mine": b"kept"}


def test_a_system_that_cannot_exchange_names_renames_twice(
    out: Path, monkeypatch: pytest.MonkeyPatch
):
    (out / "mine").write_text("kept")

    def offer_nothing(one: Path, two: Path) -> bool:
        return False

    monkeypatch.setattr(replacement, "exchange", offer_nothing)
    replace_folder(out, {"page": b"2"}, owning("page", "data/rows"))
    assert content(out) == {"page": b"2", "mine": b"kept"}
    assert list(out.parent.iterdir()) == [out]


def test_a_file_that_arrives_during_the_replacement_is_not_lost(
    out: Path, monkeypatch: pytest.MonkeyPatch
):
    real = replacement.exchange

    def write_first(fresh: Path, target: Path) -> bool:
        (target / "late").write_text("kept")
        (target / "folder").mkdir()
        (target / "folder" / "later").write_text("kept")
        return real(fresh, target)

    monkeypatch.setattr(replacement, "exchange", write_first)
    replace_folder(out, {"page": b"2"}, owning("page", "data/rows"))
    assert content(out) == {"page": b"2", "late": b"kept", "folder/later": b"kept"}


def test_the_working_folder_may_be_the_one_that_is_replaced(
    out: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(out / "data")
    (out / "data" / "mine").write_text("kept")
    replace_folder(Path(".."), {"page": b"2"}, owning("page", "data/rows"))
    assert Path("mine").read_text() == "kept"
    assert Path("../page").read_bytes() == b"2"


def test_a_name_as_long_as_names_may_be_is_possible(tmp_path: Path):
    out = tmp_path / ("n" * 255)
    for number in (b"1", b"2"):
        replace_folder(out, {"page": number}, owning("page"))
    assert content(out) == {"page": b"2"}


def test_a_folder_that_went_after_a_kill_does_not_stop_the_next_replacement(
    out: Path, monkeypatch: pytest.MonkeyPatch
):
    (out / "mine").write_text("kept")

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(replacement, "_clear", die)
    with pytest.raises(KeyboardInterrupt):
        replace_folder(out, {"page": b"2"}, owning("page", "data/rows"))
    monkeypatch.undo()
    shutil.rmtree(out)
    replace_folder(out, {"page": b"3"}, owning("page", "data/rows"))
    assert content(out) == {"page": b"3", "mine": b"kept"}
    assert list(out.parent.iterdir()) == [out]


def test_of_a_half_removed_folder_the_next_replacement_keeps_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def read_list(folder: Path) -> Mapping[str, str | None]:
        listed = folder / "list"
        return owning("list", *listed.read_text().split())(folder) if listed.is_file() else {}

    def remove_the_list_and_die(tree: Path) -> None:
        (tree / "list").unlink()
        raise KeyboardInterrupt

    out = tmp_path / "out"
    replace_folder(out, {"list": b"rows", "rows": b"1"}, read_list)
    with monkeypatch.context() as dying:
        dying.setattr(shutil, "rmtree", remove_the_list_and_die)
        with pytest.raises(KeyboardInterrupt):
            replace_folder(out, {"list": b"others", "others": b"2"}, read_list)
    replace_folder(out, {"list": b"others", "others": b"3"}, read_list)
    assert content(out) == {"list": b"others", "others": b"3"}
    assert list(tmp_path.iterdir()) == [out]

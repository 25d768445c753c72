import hashlib
from pathlib import Path

from builder.listing import find_others, is_unchanged


def test_others_are_told_in_as_few_names_as_possible(tmp_path: Path):
    for name in ("page", "data/rows", "data/mine", ".git/HEAD", ".git/objects/1", "notes/a/b"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("")
    (tmp_path / "empty").mkdir()
    others = find_others(tmp_path, ["page", "data/rows"])
    assert others == (".git/", "data/mine", "empty/", "notes/")


def test_a_file_is_unchanged_if_it_has_its_hash(tmp_path: Path):
    (tmp_path / "page").write_bytes(b"1")
    (tmp_path / "link").symlink_to("page")
    sha256 = hashlib.sha256(b"1").hexdigest()
    assert is_unchanged(tmp_path / "page", sha256)
    assert is_unchanged(tmp_path / "page", None)
    assert not is_unchanged(tmp_path / "page", "0" * 64)
    assert not is_unchanged(tmp_path / "link", None)
    assert not is_unchanged(tmp_path / "absent", None)

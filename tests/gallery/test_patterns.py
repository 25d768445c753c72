"""Which files a pattern stands for, and which folders have to be watched for them."""

import shutil
from pathlib import Path

import pytest

from builder.errors import BuilderError
from builder.gallery.patterns import Pattern


def parse(folder: Path, text: str) -> Pattern:
    return Pattern.parse(f"{folder}/{text}")


@pytest.mark.parametrize(
    ("text", "base", "rest"),
    [
        ("photos/**/*.jpg", "photos", "**/*.jpg"),
        ("a/b/c.tar", "a/b", "c.tar"),
        ("*.jpg", "", "*.jpg"),
        ("/a/[bc]/d.jpg", "/a", "[bc]/d.jpg"),
    ],
)
def test_the_base_is_all_before_the_first_wildcard(text: str, base: str, rest: str):
    assert Pattern.parse(text) == Pattern(base, rest)


def test_two_stars_beside_other_characters_are_refused():
    with pytest.raises(BuilderError, match=r"photos/\*\*\.jpg: .* between slashes: a/"):
        Pattern.parse("photos/**.jpg")


def test_files_count_that_match_and_are_not_hidden(tmp_path: Path):
    pattern = parse(tmp_path, "photos/**/*.jpg")
    for name in ("photos/a.jpg", "photos/2019/May/a.jpg"):
        assert tmp_path / name in pattern, name
    (tmp_path / "photos").mkdir()
    for name in ("a.jpg", "photos/a.txt", "photos/.a.jpg", "photos/.trash/a.jpg", "other/a.jpg"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
        assert tmp_path / name not in pattern, name


def test_folders_count_in_which_such_files_may_be(tmp_path: Path):
    (tmp_path / "photos/2019/May").mkdir(parents=True)
    assert tmp_path / "photos/2019" in parse(tmp_path, "photos/**/*.jpg")
    assert tmp_path / "photos/2019" in parse(tmp_path, "photos/*/*.jpg")
    assert tmp_path / "photos/2019/May" not in parse(tmp_path, "photos/*/*.jpg")
    assert tmp_path / "photos/2019" not in parse(tmp_path, "photos/*.jpg")
    shutil.rmtree(tmp_path / "photos")
    for folder in ("photos", "photos/2019"):
        assert tmp_path / folder in parse(tmp_path, "photos/**/*.jpg")


def test_folders_to_watch_are_as_deep_as_the_pattern(tmp_path: Path):
    for name in ("2019/May", "2020", ".trash/old"):
        (tmp_path / "photos" / name).mkdir(parents=True)
    photos = tmp_path / "photos"

    def watched(text: str) -> set[Path]:
        return set(parse(tmp_path, text).folders)

    assert watched("photos/*.jpg") == {photos}
    assert watched("photos/*/*.jpg") == {photos, photos / "2019", photos / "2020"}
    assert watched("photos/**/*.jpg") == watched("photos/*/*.jpg") | {photos / "2019/May"}
    assert watched("missing/*.jpg") == {tmp_path}

"""The data of an original LiT demo becomes a project."""

from collections.abc import Callable
from pathlib import Path

import pytest

from builder.errors import BuilderError
from builder.models.importer import import_demo
from tests.models.original_demo import (
    IMAGES,
    replace_text,
    truncate,
    write_original_demo,
)


def test_an_import_keeps_prompts_credits_and_towers(tmp_path: Path):
    source = write_original_demo(tmp_path / "original")
    done = import_demo(source, tmp_path / "project")
    text = done.spec.read_text(encoding="utf-8")
    assert (done.images, done.models) == (len(IMAGES), ("nano",))
    for line in (
        'image_tower = "ViT-N"',
        'text_tower = "Vit-P"',
        'prompts = [\n  "a dog",\n  "a cat",\n  "Red  square",\n]',
        'license = "CC0"\nsource = "https://example.org/1"',
    ):
        assert line in text
    assert text.count("license =") == 1
    assert any("1 of 2 pictures do not state a licence" in note for note in done.notes)


def test_the_smallest_encoder_comes_first(tmp_path: Path):
    source = write_original_demo(tmp_path / "original", "plain", name="a")
    write_original_demo(source, name="b")
    assert import_demo(source / "data", tmp_path / "project").models == ("b", "a")


def test_what_has_no_row_is_left_out_with_a_note(tmp_path: Path):
    source = write_original_demo(tmp_path / "original")
    replace_text("two dogs", "a bird")(source / "data" / "images" / "info.json")
    replace_text("1\n", "one\n")(source / "data" / "models" / "nano" / "zimgs.txt")
    done = import_demo(source, tmp_path / "project")
    assert done.images == 1
    assert any("1.jpg: left out; nano has no row for it" in note for note in done.notes)
    assert any("the prompt 'a bird' was left out" in note for note in done.notes)


@pytest.mark.parametrize(
    ("name", "spoil", "message"),
    [
        ("images/info.json", Path.unlink, "holds images/info.json and models/"),
        ("images/info.json", truncate, "Invalid JSON"),
        ("images/info.json", replace_text('"prompts"', '"texts"'), "0.prompts: Field required"),
        ("images/info.json", replace_text('"2b"', '"../2b"'), "1.id: String should match"),
        ("images/info.json", replace_text('"2b"', '"1."'), "the id '1.' is too similar to another"),
        ("images/1.jpg", Path.unlink, "1.jpg: there is no such file"),
        ("models/nano/def.json", Path.unlink, "holds no model"),
        ("models/nano/zimgs.bin", truncate, "zimgs.bin: has 60 bytes"),
        ("models/nano/zimgs.txt", replace_text("1\n2b", "x\ny"), "no picture has a row"),
    ],
)
def test_a_bad_import_is_refused_and_writes_nothing(
    tmp_path: Path, name: str, spoil: Callable[[Path], None], message: str
):
    source = write_original_demo(tmp_path / "original")
    spoil(source / "data" / name)
    with pytest.raises(BuilderError) as caught:
        import_demo(source, tmp_path / "project")
    assert message in str(caught.value)
    assert [path.name for path in tmp_path.iterdir()] == ["original"]


def test_an_import_replaces_nothing(tmp_path: Path):
    source = write_original_demo(tmp_path / "original")
    (tmp_path / "project").mkdir()
    import_demo(source, tmp_path / "project")
    with pytest.raises(BuilderError, match="already exists"):
        import_demo(source, tmp_path / "project")


def test_a_place_where_no_project_can_be_is_named(tmp_path: Path):
    source = write_original_demo(tmp_path / "original")
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(BuilderError, match=r"file/project: cannot be written: .*with -o"):
        import_demo(source, tmp_path / "file" / "project")

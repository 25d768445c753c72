"""The `[[models]]` of a demo: one source each, and the keys that go with it."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from builder.spec.models import SOURCES, ModelSpec, id_of_model, id_of_source, with_none

CHECKPOINT = {
    "checkpoint": "mine.npz",
    "architecture": {"image": {}, "text": {}, "out_dim": ["none", 8]},
    "tokenizer": {"vocabulary": "words.txt"},
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "mine.npz").touch()
    (tmp_path / "words.txt").touch()
    (tmp_path / "rows").mkdir()
    (tmp_path / "clip").mkdir()
    for name in ("clip/model.safetensors", "weights.bin"):
        (tmp_path / name).touch()
    return tmp_path


def read(table: dict[str, Any], folder: Path) -> ModelSpec:
    return ModelSpec.model_validate(table, context=folder)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("none", None),
        ("None", None),
        ("nonesuch", "nonesuch"),
        ([1, "none", ["none"]], [1, None, [None]]),
        ({"a": "none", "b": {"c": ["none", 2]}}, {"a": None, "b": {"c": [None, 2]}}),
        (0, 0),
    ],
)
def test_none_is_written_as_a_text(value: Any, expected: Any):
    assert with_none(value) == expected


def test_each_source_alone_is_enough(folder: Path):
    tables = [{"name": "mini-tiny"}, CHECKPOINT, {"towers": "mine:make"}, {"precomputed": "rows"}]
    for source, table in zip(SOURCES, tables, strict=True):
        spec = read(table, folder)
        assert [key for key in SOURCES if getattr(spec, key) is not None] == [source]
    assert read(CHECKPOINT, folder).architecture == {"image": {}, "text": {}, "out_dim": [None, 8]}


def test_a_folder_needs_nothing_else(folder: Path):
    assert read({"checkpoint": "clip"}, folder).is_folder
    assert read({"checkpoint": "clip", "max_length": 8}, folder).max_length == 8
    assert not read(CHECKPOINT, folder).is_folder
    assert read({"name": "hf:a/b", "max_length": 8, "card": {"name": "B"}}, folder).card.name == "B"


def test_what_is_not_said_has_its_usual_value(folder: Path):
    spec = read({"name": "mini-tiny"}, folder)
    assert (spec.id, spec.resize, spec.scoring) == (None, None, None)
    assert (spec.converter, spec.quantization) == ("native", None)


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({}, "nothing says which model this is. Give one of name, checkpoint, towers, precomputed"),
        ({"name": "a", "towers": "b:c"}, "both name and towers are given. Keep one"),
        ({"name": "a", "scoring": "softmax"}, "'scoring' cannot be given with name. Remove it"),
        ({"precomputed": "rows", "quantization": "uint8"}, "'quantization' cannot be given with"),
        (
            {"precomputed": "rows", "image_encoder": "on-device"},
            "'image_encoder' cannot be given with precomputed. Remove it",
        ),
        ({"towers": "b:c", "card": {}}, "'card' cannot be given with towers"),
        ({"checkpoint": "mine.npz"}, r"a checkpoint needs a table \[models.tokenizer\]"),
        (
            {key: CHECKPOINT[key] for key in ("checkpoint", "architecture")},
            r"needs a table \[models.tokenizer\]. For example: vocabulary = ",
        ),
        ({"checkpoint": "absent"}, "there is no file or folder .*absent"),
        ({"checkpoint": "weights.bin"}, r"is a pickle, .*model\.save_pretrained\(FOLDER\)"),
        ({"checkpoint": "clip/model.safetensors"}, r"Name its folder, .* = \"clip\""),
        (
            {"checkpoint": "clip", "resolution": 224},
            "'resolution' cannot be given with a checkpoint that is a folder. Remove it",
        ),
        (
            {"name": "hf:a/b", "resize": "bicubic"},
            "'resize' cannot be given with a name on the hub",
        ),
        ({**CHECKPOINT, "max_length": 8}, "'max_length' cannot be given with checkpoint"),
        ({**CHECKPOINT, "resolution": 0}, "greater than 0"),
        ({"name": "a", "quantization": "int3"}, "quantization"),
    ],
)
def test_keys_that_do_not_go_together_are_refused(
    folder: Path, table: dict[str, Any], message: str
):
    with pytest.raises(ValidationError, match=message):
        read(table, folder)


def test_a_default_that_is_written_out_is_still_refused_with_another_source(folder: Path):
    with pytest.raises(ValidationError, match="'converter' cannot be given with precomputed"):
        read({"precomputed": "rows", "converter": "native"}, folder)


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        ({"id": "mine", "name": "mini-tiny"}, "mine"),
        ({"name": "SigLIP B/16 224"}, "siglip-b-16-224"),
        ({"name": "hf:google/siglip2-base-patch16-224"}, "siglip2-base-patch16-224"),
        ({"name": "hf:laion/CLIP-ViT-B-16@refs/pr/1"}, "clip-vit-b-16"),
        ({"checkpoint": "models/My LiT.npz"}, "my-lit"),
        ({"towers": "package.module:make_towers"}, "make-towers"),
        ({"checkpoint": "models/CLIP-ViT.B/"}, "clip-vit-b"),
        ({"precomputed": "data/models/tiny"}, "tiny"),
        ({"name": 3}, None),
        ({}, None),
    ],
)
def test_the_id_is_made_of_the_source(table: dict[str, Any], expected: str | None):
    assert id_of_model(table) == expected


def test_the_id_of_a_model_that_was_read_is_the_same(folder: Path):
    assert id_of_source(read(CHECKPOINT, folder)) == "mine"
    assert id_of_source(read({"towers": "mine:Make_It"}, folder)) == "make-it"
    assert id_of_source(read({"precomputed": "rows"}, folder)) == "rows"


@pytest.mark.parametrize(
    "table",
    [
        {"languages": ["en", "de"]},
        {"corpus": "words.txt"},
        {"pieces": 3000},
        {"languages": ["en"], "corpus": "words.txt", "pieces": 3000},
    ],
)
def test_a_vocabulary_is_cut_to_languages_texts_or_a_number(folder: Path, table: dict[str, Any]):
    spec = read({"checkpoint": "clip", "vocabulary": table}, folder)
    assert spec.vocabulary
    assert spec.vocabulary.model_fields_set == set(table)


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({}, "nothing says what is to stay"),
        ({"languages": []}, "nothing says what is to stay"),
        ({"languages": ["English"]}, "languages"),
        ({"pieces": 0}, "pieces"),
        ({"corpus": "none.txt"}, "there is no file"),
        ({"sizes": 3}, "sizes"),
    ],
)
def test_what_cannot_be_cut_to_is_refused(folder: Path, table: dict[str, Any], message: str):
    with pytest.raises(ValidationError, match=message):
        read({"checkpoint": "clip", "vocabulary": table}, folder)


def test_rows_have_no_vocabulary(folder: Path):
    with pytest.raises(ValidationError, match="'vocabulary' cannot be given with precomputed"):
        read({"precomputed": "rows", "vocabulary": {"pieces": 9}}, folder)

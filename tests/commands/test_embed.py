"""`lit-demo embed`, as a user runs it."""

from pathlib import Path

import numpy as np
import pyarrow.parquet as parquet
import pytest

from builder.cache import Cache
from builder.embedding.embed import embed_images
from builder.evaluation.data import make_inputs
from builder.models.load import load_model
from builder.spec.demo import load_models_spec
from tests.commands.run import run
from tests.conftest import DEMO, MakeDemo, gradient
from tests.gallery.galleries import QUIET

GALLERY = """\
title = "Many pictures"
description = "A gallery."

[[models]]
name = "mini-tiny"

[gallery]
pictures = "images/*.png"
"""


@pytest.mark.slow
def test_rows_are_those_that_a_build_would_compute(make_demo: MakeDemo, tmp_path: Path):
    spec = make_demo(GALLERY)
    gradient(300, 200, 7).save(spec.parent / "images" / "also.png")
    (spec.parent / "images" / "broken.png").write_bytes(b"GIF89a")
    words = ["embed", spec, "-o", tmp_path / "rows", "--cache-dir", tmp_path / "cache"]
    code, said = run(*words)
    assert code == 0, said
    assert "4 pictures are in 1 files" in said
    assert "Note: 1 could not be read: see" in said
    table = parquet.read_table(tmp_path / "rows" / "rows-00000.parquet")
    assert table["id"].to_pylist() == ["also.png", "blue.png", "broken.png", "red.png"]
    stored = np.array([row for row in table["row"].to_pylist() if row], np.float32)
    model = load_model(load_models_spec(spec).models[0])
    files = [spec.parent / "images" / f"{name}.png" for name in ("also", "blue", "red")]
    inputs = make_inputs(files, [model.preprocessing], QUIET)[model.preprocessing]
    expected = embed_images(model, inputs, cache=Cache(tmp_path / "other"), progress=QUIET)
    cosines = np.sum(stored * expected, axis=1) / np.linalg.norm(stored, axis=1)
    assert cosines.min() > 1 - 1e-6
    code, said = run(*words)
    assert (code, "0 of them new" in said) == (0, True)


@pytest.mark.parametrize(
    ("text", "words", "message"),
    [
        (DEMO, (), "demo.toml: has no [gallery]. Add one: [gallery] with pictures ="),
        (GALLERY.replace("*.png", "*.gif"), (), "images/*.gif: there are no pictures. Name a"),
        (GALLERY, ("--address", "h:1"), "--address h:1: is for Ray. Add --engine ray."),
        (GALLERY.replace("images/", "photos/"), (), "photos/*.png: cannot be read: No such file"),
    ],
)
def test_what_cannot_be_embedded_is_refused_with_a_remedy(
    make_demo: MakeDemo, tmp_path: Path, text: str, words: tuple[str, ...], message: str
):
    out = tmp_path / "rows"
    code, said = run("embed", make_demo(text), "-o", out, "--cache-dir", tmp_path / "c", *words)
    assert code == 2
    assert message in said
    assert not out.exists()


def test_a_command_that_needs_images_says_that_there_is_only_a_gallery(make_demo: MakeDemo):
    code, said = run("suggest", make_demo(GALLERY))
    assert code == 2
    assert "demo.toml: has only a [gallery]. Add [[images]] with prompts." in said

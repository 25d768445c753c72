"""The command tune: a text tower learns what a locked image tower sees."""

import json
import random
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

from builder.cache import Cache
from builder.model import ImageTextModel
from builder.models.text_tower import replace_text_tower
from builder.progress import Progress
from builder.tuning import student, tune
from builder.tuning.training import Training
from tests.commands.run import run
from tests.evaluation.colours import COLOURS, make_colour_model, paint
from tests.site.manifests import load_manifest, read_rows
from tests.tuning.shapes import Scene, write_pairs


def figures(out: Path) -> dict[str, float]:
    """Those of the last step."""
    return json.loads((out / "history.json").read_text())[-1]


@pytest.fixture
def colours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Pictures of three colours with captions, and a model whose image tower sees colours."""
    monkeypatch.setitem(student.SIZES, "tiny", (24, 1, 32, 2))  # pyright: ignore[reportArgumentType]

    def load(*_: object, **__: object) -> ImageTextModel:
        return make_colour_model()

    monkeypatch.setattr(tune, "load_source_model", load)
    lines = ["file,caption1,caption2"]
    for number in range(24):
        name, colour = list(COLOURS.items())[number % 3]
        paint(tmp_path / f"{number}.png", colour)
        lines.append(f"{number}.png,a {name} thing,something {name}")
    path = tmp_path / "pairs.csv"
    path.write_text("\n".join(lines))
    return path


@pytest.mark.parametrize(("loss", "steps"), [("softmax", 100), ("sigmoid", 200)])
def test_a_tower_learns_the_words_for_colours(tmp_path: Path, colours: Path, loss: str, steps: int):
    classes = tmp_path / "classes"
    for name, colour in COLOURS.items():
        paint(classes / name / "a.png", colour)
    templates = tmp_path / "templates.txt"
    templates.write_text("something {}\na {} thing")
    out = tmp_path / "tower"
    words = ["tune", "--model", "any", "--pairs", colours, "--loss", loss, "--classes", classes]
    words += [
        "--templates",
        templates,
        "--held-out",
        "4",
        "--steps",
        str(steps),
        "--batch",
        "16",
        "--learning-rate",
        "0.01",
    ]
    words += ["--vocabulary", "400", "-o", out, "--cache-dir", tmp_path / "cache"]
    code, printed = run(*words)
    assert code == 0, printed
    assert figures(out)["zero-shot"] == 1
    model = replace_text_tower(make_colour_model(), out)
    ztxt = model.text_tower(model.tokenizer(["something red", "a blue thing"]))
    np.testing.assert_array_equal(ztxt.argmax(1), [0, 2])
    assert model.scoring.kind == loss
    assert model.scoring.scale > 1
    card = (out / "README.md").read_text(encoding="utf-8")
    assert "4 held-out pictures, 8 captions" in card
    assert "25.0% at 1" in card
    assert "by chance 33.3 of 3 classes" in card
    assert f"--loss {loss}" in card
    assert not (tmp_path / "tower.training").exists()


def test_a_tower_goes_on_from_another(tmp_path: Path, colours: Path):
    cache, progress = Cache(tmp_path / "cache"), Progress(Console(quiet=True))

    def make(name: str, steps: int, begin: str | None = None) -> Path:
        wanted = tune.Tuning(
            "any",
            tmp_path / name,
            Training(steps, batch=16, warmup=1, learning_rate=0.01, report_steps=steps),
            pairs=(str(colours),),
            held_out=4,
            vocabulary=400,
            begin=tmp_path / begin if begin else None,
        )
        assert tune.tune(wanted, cache=cache, progress=progress)
        return tmp_path / name

    first = make("first", 40)
    second = make("second", 1, begin="first")
    assert figures(second)["loss"] < figures(make("scratch", 1))["loss"] - 0.1
    assert (second / "tokenizer.model").read_bytes() == (first / "tokenizer.model").read_bytes()
    scales = [replace_text_tower(make_colour_model(), f).scoring.scale for f in (first, second)]
    assert scales[1] == pytest.approx(scales[0], rel=0.05)


def test_mistakes_are_told_in_a_sentence(tmp_path: Path, colours: Path):
    for words, message in (
        (["--held-out", "20"], "too few to hold out 20"),
        (["--pairs", tmp_path / "absent.csv"], "there is no such file"),
        (["--from", tmp_path], "there is no such file"),
        (["--classes", tmp_path / "absent"], "absent"),
        (["-o", colours], "is a file, not a folder"),
    ):
        options = {"--pairs": colours, "--held-out": "4", "-o": tmp_path / "tower"}
        options |= dict(zip(words[::2], words[1::2], strict=True))
        given = [word for pair in options.items() for word in pair]
        code, printed = run("tune", "--model", "x", *given, "--cache-dir", tmp_path / "cache")
        assert code == 2, printed
        assert message in printed


DEMO = """
title = "Shapes"
description = "Drawn."

[[models]]
name = "mini-tiny"
text_tower = "tower"

[[images]]
file = "picture.png"
description = "A shape."
prompts = ["a red circle on a white ground", "a blue star on a white ground"]
"""


def build_demo(folder: Path) -> float:
    """Build a demo with the tower; the probability of the right prompt of its picture."""
    picture = Scene("circle", "red", "white").draw(random.Random(1))
    picture.save(folder / "picture.png")
    (folder / "demo.toml").write_text(DEMO)
    site = folder / "site"
    code, printed = run("build", folder / "demo.toml", "-o", site, "--cache-dir", folder / "c")
    assert code == 0, printed
    model = load_manifest(site).models[0]
    rows = [read_rows(site, ref) for ref in (model.image_embeddings, model.prompt_embeddings)]
    ids = [prompt.id for prompt in load_manifest(site).images[0].prompts]
    ztxt = rows[1][[model.prompt_embeddings.rows.index(id) for id in ids]]
    exp = np.exp(model.scoring.scale * ztxt @ rows[0][0])
    return float(exp[0] / exp.sum())


@pytest.mark.long
def test_a_tower_learns_shapes_and_colours_from_5000_pictures(tmp_path: Path):
    """The command and its figures are in docs/how-to/tune.md."""
    pairs, out = write_pairs(tmp_path / "pairs", 5000), tmp_path / "tower"
    words = ["tune", "--model", "mini-tiny", "--pairs", pairs, "--held-out", "336"]
    words += ["--vocabulary", "500", "--steps", "300", "--batch", "256"]
    code, printed = run(*words, "-o", out, "--cache-dir", tmp_path / "c")
    assert code == 0, printed
    assert figures(out)["recall@1"] > 100 / 336
    assert build_demo(tmp_path) > 0.8

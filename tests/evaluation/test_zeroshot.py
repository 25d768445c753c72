"""Zero-shot classification, with a model that knows three colours."""

import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rich.console import Console

from builder.errors import SpecError
from builder.evaluation.data import load_labelled_images
from builder.evaluation.score_table import write_json
from builder.evaluation.scores import wilson_share
from builder.evaluation.zeroshot import embed_classes, evaluate_zero_shot
from tests.evaluation.colours import make_colour_model


def test_accuracy_is_counted_over_images_and_by_class(classes: Path, tools: dict[str, Any]) -> None:
    data = load_labelled_images(classes)
    scores = evaluate_zero_shot([make_colour_model()], data, ["a {}", "the {}"], **tools)
    assert (scores.images, scores.classes, scores.templates) == (6, 3, ("a {}", "the {}"))
    (row,) = scores.models
    assert list(row.accuracy) == ["top-1"], "the first five of three would always be right"
    assert row.accuracy["top-1"] == wilson_share(5 / 6, 6)
    by_class = {score.name: score for score in row.classes}
    assert by_class["blue"].top1 == wilson_share(1, 2)
    assert by_class["blue"].mistaken_for is None
    assert by_class["red"].images == 3
    assert by_class["red"].top1 == wilson_share(2 / 3, 3)
    assert by_class["red"].mistaken_for == "blue"
    assert (row.model.image_parameters, row.model.text_parameters) == (3, 12)


def test_a_class_is_the_mean_of_its_sentences_normalised_again(tools: dict[str, Any]) -> None:
    zclass = embed_classes(make_colour_model(), ["red", "none"], ["a {}", "green {}"], **tools)
    red, green, grey = np.eye(3)[0], np.eye(3)[1], np.ones(3) / 3**0.5
    sums = np.stack([red + red, grey + green])
    np.testing.assert_allclose(
        zclass, sums / np.linalg.norm(sums, axis=1, keepdims=True), atol=1e-6
    )


def test_an_evaluation_is_shown_side_by_side_and_written_as_json(
    classes: Path, tmp_path: Path, tools: dict[str, Any]
) -> None:
    models = [make_colour_model("first"), make_colour_model("second")]
    scores = evaluate_zero_shot(models, load_labelled_images(classes), ["a {}"], **tools)
    console = Console(record=True, width=120, file=io.StringIO())
    scores.show(console)
    text = console.export_text()
    assert "6 images of 3 classes, 1 template" in text
    for name in ("first", "second"):
        line = next(line for line in text.splitlines() if line.startswith(name))
        assert line.split() == [name, "0.0", "M", "0.0", "M", "83.3", "(43.6-97.0)"]
    hardest = text.splitlines().index(next(li for li in text.splitlines() if "Class " in li)) + 1
    assert text.splitlines()[hardest].startswith("red")
    write_json(scores, tmp_path / "scores.json")
    read = json.loads((tmp_path / "scores.json").read_text(encoding="utf-8"))
    assert [model["model"]["id"] for model in read["models"]] == ["first", "second"]
    assert read["models"][1]["accuracy"]["top-1"]["value"] == pytest.approx(5 / 6)


def test_a_damaged_picture_is_named(classes: Path, tools: dict[str, Any]) -> None:
    (classes / "red" / "a.png").write_bytes(b"no picture")
    with pytest.raises(SpecError, match=r"red/a\.png: not a picture in a format"):
        evaluate_zero_shot([make_colour_model()], load_labelled_images(classes), ["a {}"], **tools)

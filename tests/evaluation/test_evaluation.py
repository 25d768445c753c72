"""Scores: their arithmetic, test sets and what is wrong with them, and whole evaluations."""

import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import jax.numpy as jnp
import numpy as np
import pytest
from click.testing import CliRunner
from numpy.typing import NDArray
from PIL import Image
from rich.console import Console

from builder.cache import Cache
from builder.cli import main
from builder.errors import BuilderError, SpecError
from builder.evaluation.data import load_captioned_images, load_labelled_images
from builder.evaluation.models import load_models
from builder.evaluation.retrieval import evaluate_retrieval
from builder.evaluation.score_table import format_share, write_json
from builder.evaluation.scores import Share, rank_captions, rank_classes, rank_images, wilson_share
from builder.evaluation.templates import CLIP7, load_templates
from builder.evaluation.zeroshot import embed_classes, evaluate_zero_shot
from builder.manifest import SoftmaxScoring
from builder.model import ImageTextModel, ModelCard, Preprocessing, Tower
from builder.progress import Progress
from builder.resources import data_folder
from tests.conftest import MakeDemo

CAPTIONS = Path(__file__).parents[3] / "shared" / "captions" / "captions.csv"

COLOURS = {"red": (255, 0, 0), "green": (0, 255, 0), "blue": (0, 0, 255)}
"""What the toy model knows: a picture's mean colour, and the first of these in a text."""


class ColourTokenizer:
    """Which of the colours is in a text, the first of them if there are more, 3 (grey) if none."""

    max_length = 1

    def __call__(self, texts: Sequence[str]) -> NDArray[np.int32]:
        rows = [
            [next((i for i, name in enumerate(COLOURS) if name in text.split()), 3)]
            for text in texts
        ]
        return np.array(rows, np.int32)


def normalize(x: Any) -> Any:
    return x / jnp.linalg.norm(x, axis=1, keepdims=True)


def make_colour_model(name: str = "colours") -> ImageTextModel:
    """Knows red, green and blue."""
    table = np.concatenate([np.eye(3), np.ones((1, 3))]).astype(np.float32)
    return ImageTextModel(
        id=name,
        card=ModelCard(
            name=name,
            description="",
            image_tower="mean",
            text_tower="table",
            license="",
            source=None,
        ),
        dim=3,
        scoring=SoftmaxScoring(scale=1),
        tokenizer=ColourTokenizer(),  # pyright: ignore[reportArgumentType]
        preprocessing=Preprocessing(8),
        image_fingerprint="image",
        text_fingerprint=name,
        load_image=lambda: Tower(
            lambda params, x: normalize(x.mean((1, 2)) + params), np.full((1, 3), 1.01, np.float32)
        ),
        load_text=lambda: Tower(lambda params, tokens: normalize(params[tokens[:, 0]]), table),
    )


def paint(path: Path, colour: tuple[int, int, int]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (20, 16), colour).save(path)


@pytest.fixture
def tools(tmp_path: Path) -> dict[str, Any]:
    return {"cache": Cache(tmp_path / "cache"), "progress": Progress(Console(quiet=True))}


@pytest.fixture
def classes(tmp_path: Path) -> Path:
    """Three reds, one of which is nearly blue, one green, two blues."""
    folder = tmp_path / "classes"
    paint(folder / "red" / "a.png", (255, 0, 0))
    paint(folder / "red" / "deeper" / "b.png", (200, 20, 20))
    paint(folder / "red" / "c.png", (20, 20, 200))
    paint(folder / "dark_green" / "a.png", (0, 99, 0))
    paint(folder / "blue" / "a.png", (0, 0, 255))
    paint(folder / "blue" / "b.png", (9, 9, 200))
    (folder / "red" / ".DS_Store").write_text("not a picture")
    (folder / "README.txt").write_text("not a class")
    return folder


@pytest.mark.parametrize(
    ("right", "count", "low", "high"),
    [(0, 10, 0, 0.2775), (10, 10, 0.7225, 1), (5, 10, 0.2366, 0.7634), (1, 100, 0.0018, 0.0545)],
)
def test_the_interval_is_wilsons(right: int, count: int, low: float, high: float) -> None:
    share = wilson_share(right / count, count)
    assert share.value == right / count
    assert share.low == pytest.approx(low, abs=1e-4)
    assert share.high == pytest.approx(high, abs=1e-4)


def test_ranks_are_those_of_sorted_cosines() -> None:
    rng = np.random.default_rng(0)
    zimg, ztxt = (rng.normal(size=(n, 8)).astype(np.float32) for n in (1500, 40))
    labels = rng.integers(0, 40, 1500)
    order = np.argsort(-(zimg @ ztxt.T), axis=1)
    ranks, nearest = rank_classes(zimg, ztxt, labels)
    np.testing.assert_array_equal(ranks, np.argmax(order == labels[:, None], axis=1))
    np.testing.assert_array_equal(nearest, order[:, 0])


def test_of_several_captions_the_best_counts_and_its_siblings_do_not() -> None:
    zimg = np.array([[1, 0], [0, 1]], np.float32)
    ztxt = np.array([[0.1, 0], [0.9, 0], [0.8, 0.2], [0.5, 0.1]], np.float32)
    image_of = np.array([0, 0, 0, 1])
    # Picture 0 finds 0.9 first; picture 1 finds 0.2 of the other one before its own 0.1.
    np.testing.assert_array_equal(rank_captions(zimg, ztxt, image_of), [0, 1])
    np.testing.assert_array_equal(rank_images(ztxt, zimg, image_of), [0, 0, 0, 1])


def test_a_model_that_cannot_tell_is_never_right() -> None:
    same = np.ones((6, 4), np.float32)
    labels = np.arange(6)
    assert (rank_classes(same, same, labels)[0] == 5).all()
    assert (rank_images(same, same, labels) == 5).all()
    assert (rank_captions(same, same, labels) == 5).all()


@pytest.mark.parametrize(("choice", "count"), [("one", 1), ("clip7", 7), ("clip80", 80)])
def test_templates_come_by_name(choice: str, count: int) -> None:
    templates = load_templates(choice)
    assert len(set(templates)) == count
    assert all(template.count("{}") == 1 for template in templates)
    assert set(CLIP7) < set(load_templates("clip80"))


def test_templates_come_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "templates.txt"
    path.write_text("a {}.\n\nthe {}.\n", encoding="utf-8")
    assert load_templates(str(path)) == ("a {}.", "the {}.")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, "Templates are one, clip7, clip80, or a text file"),
        ("", "there is no template in it"),
        ("a {}.\nphoto\n{} {}", "templates.txt:2: 'photo' has 0 places"),
        ("a {}.\nphoto\n{} {}", "templates.txt:3: '{} {}' has 2 places"),
    ],
)
def test_bad_templates_are_refused(text: str | None, message: str, tmp_path: Path) -> None:
    path = tmp_path / "templates.txt"
    if text is not None:
        path.write_text(text, encoding="utf-8")
    with pytest.raises(SpecError) as caught:
        load_templates(str(path))
    assert message in str(caught.value)


def test_folders_are_classes(classes: Path) -> None:
    data = load_labelled_images(classes)
    assert data.classes == ("blue", "dark green", "red")
    names = [file.relative_to(classes).as_posix() for file in data.files]
    assert names[:3] == ["blue/a.png", "blue/b.png", "dark_green/a.png"]
    assert names[3:] == ["red/a.png", "red/c.png", "red/deeper/b.png"]
    assert data.labels.tolist() == [0, 0, 1, 2, 2, 2]


def test_a_csv_names_classes(classes: Path) -> None:
    path = classes / "test.csv"
    path.write_text("\ufefffile,class\nred/a.png,red\nblue/a.png,blue\n", encoding="utf-8")
    data = load_labelled_images(path)
    assert data.files == (classes / "red/a.png", classes / "blue/a.png")
    assert data.classes == ("blue", "red")
    assert data.labels.tolist() == [1, 0]


def test_captions_stand_in_columns_and_in_rows(tmp_path: Path) -> None:
    for name in ("a.png", "b.png"):
        paint(tmp_path / "images" / name, (1, 2, 3))
    path = tmp_path / "captions.csv"
    path.write_text(
        'file,license,caption1,caption2\na.png,x,"one, two",three\nb.png,x,four,\na.png,x,five,\n'
    )
    data = load_captioned_images(path)
    assert data.files == (tmp_path / "images/a.png", tmp_path / "images/b.png")
    assert data.captions == ("one, two", "three", "five", "four")
    assert data.image_of.tolist() == [0, 0, 0, 1]
    assert load_captioned_images(path, 1).captions == ("one, two", "four")


@pytest.mark.parametrize(
    ("text", "messages"),
    [
        (None, ["test.csv: cannot be read: No such file"]),
        ("", ["test.csv:1: the columns are none", "the columns file and class"]),
        ("name,class\na,b\n", ["test.csv:1: the columns are name, class"]),
        ("file,class\n", ["test.csv: has no pictures"]),
        ("file,class\nred/a.png,red\n", ["test.csv: has one class"]),
        ("file,class\nred/a.png,red,blue\n", ["test.csv:2: the row has not 2 cells"]),
        ("file,class\nred/a.png\n", ["test.csv:2: the row has not 2 cells"]),
        ("file,class\nnone.png,red\nred/a.png,\n", ["test.csv:2: there is no file 'none.png'"]),
        ("file,class\nnone.png,red\nred/a.png,\n", ["test.csv:3: there is no class"]),
        ("file,class\nred/a.png,red\nred/a.png,blue\n", ["one picture is of 'blue' and 'red'"]),
        ('file,class\n"red/a.png,red\n', ["test.csv: not a csv in UTF-8: "]),
    ],
)
def test_a_csv_that_cannot_be_used_says_where_and_why(
    text: str | None, messages: list[str], classes: Path
) -> None:
    path = classes / "test.csv"
    if text is not None:
        path.write_text(text, encoding="utf-8")
    with pytest.raises(SpecError) as caught:
        load_labelled_images(path)
    for message in messages:
        assert message in str(caught.value)


def test_folders_without_pictures_or_with_one_class_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match="has no pictures in folders of classes"):
        load_labelled_images(tmp_path)
    paint(tmp_path / "red" / "a.png", (1, 2, 3))
    with pytest.raises(SpecError, match="has one class"):
        load_labelled_images(tmp_path)


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


def test_recall_is_counted_both_ways(tmp_path: Path, tools: dict[str, Any]) -> None:
    lines = ["file,caption"]
    for name, colour in COLOURS.items():
        paint(tmp_path / f"{name}.png", colour)
        lines.append(f"{name}.png,something {name}")
    lines.append("red.png,a green mistake")
    path = tmp_path / "captions.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    scores = evaluate_retrieval([make_colour_model()], load_captioned_images(path), **tools)
    assert (scores.images, scores.captions) == (3, 4)
    (row,) = scores.models
    assert row.text_to_image == {"R@1": wilson_share(3 / 4, 3)}
    # The green picture finds its own caption and the mistake at the same cosine: a tie.
    assert row.image_to_text == {"R@1": wilson_share(2 / 3, 3)}


def test_a_damaged_picture_is_named(classes: Path, tools: dict[str, Any]) -> None:
    (classes / "red" / "a.png").write_bytes(b"no picture")
    with pytest.raises(SpecError, match=r"red/a\.png: not a picture in a format"):
        evaluate_zero_shot([make_colour_model()], load_labelled_images(classes), ["a {}"], **tools)


def test_models_come_by_name_and_from_a_demo(make_demo: MakeDemo, tools: dict[str, Any]) -> None:
    names = ["mini-small", str(make_demo())]
    assert [model.id for model in load_models(names, **tools)] == ["mini-small", "mini-tiny"]
    with pytest.raises(BuilderError, match="there is no model 'nothing'"):
        load_models(["nothing"], **tools)


def test_a_share_is_shown_in_per_cent() -> None:
    assert format_share(Share(0.7213, 0.7171, 0.7249)) == "72.1 (71.7-72.5)"


def test_a_report_that_cannot_be_written_is_an_error_in_words(tmp_path: Path) -> None:
    with pytest.raises(BuilderError, match=r"missing/scores\.json: cannot be written"):
        write_json(Share(1, 1, 1), tmp_path / "missing" / "scores.json")


def test_the_command_scores_real_pictures(tmp_path: Path) -> None:
    lines = ["file,class"]
    pictures = {"kitten.jpg": "kitten", "hammer.jpg": "hammer"}
    lines += [f"{data_folder() / 'images' / file},{name}" for file, name in pictures.items()]
    path = tmp_path / "test.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    words = ["eval", "zeroshot", str(path), "--model", "mini-tiny", "--templates", "clip7"]
    words += ["--cache-dir", str(tmp_path / "cache"), "--json", str(tmp_path / "scores.json")]
    result = CliRunner().invoke(main, words, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    assert "2 images of 2 classes, 7 templates" in result.output
    scores = json.loads((tmp_path / "scores.json").read_text(encoding="utf-8"))
    assert scores["models"][0]["accuracy"]["top-1"]["value"] == 1


@pytest.mark.skipif(not CAPTIONS.is_file(), reason="../shared/captions is not here")
def test_the_default_models_score_as_their_model_card_says(tools: dict[str, Any]) -> None:
    models = load_models(["mini-tiny", "mini-small"], **tools)
    scores = evaluate_retrieval(models, load_captioned_images(CAPTIONS, 1), **tools)
    found = {
        row.model.id: [round(share.value, 3) for share in (*row.text_to_image.values(),)]
        for row in scores.models
    }
    assert found == {"mini-tiny": [0.49, 0.902, 0.941], "mini-small": [0.51, 0.863, 0.902]}

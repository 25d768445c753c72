"""The command distil, on a small model: a folder of a tower, which a demo then names."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

from builder.cache import Cache
from builder.embedding.embed import embed_texts
from builder.errors import BuilderError
from builder.models.load import load_model
from builder.progress import Progress, Watch
from builder.spec.demo import load_spec
from builder.tuning import student
from builder.tuning.distil import Distillation, distil
from builder.tuning.training import Training
from tests.commands.run import run
from tests.shared import HUB_GOLDENS, needs
from tests.tuning.sentences import make_sentences
from tests.tuning.towers import TEXTS, describe_model, load_small, write_demo

TINY = student.SIZES["tiny"]
TRAINING = Training(steps=4, batch=8, warmup=1, report_steps=2)


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Towers that compile in no time."""
    monkeypatch.setitem(student.SIZES, "tiny", (24, 1, 32, 2))  # pyright: ignore[reportArgumentType]


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    path = tmp_path / "texts.txt"
    path.write_text("\n".join(TEXTS), encoding="utf-8")
    return path


@pytest.fixture
def wanted(tmp_path: Path, texts: Path) -> Distillation:
    demo = write_demo(tmp_path / "demo")
    out = tmp_path / "tower"
    options = {"built_in": False, "demo": demo, "vocabulary": 400, "max_length": 12}
    return Distillation(str(demo), out, TRAINING, texts=(texts,), **options)  # pyright: ignore[reportArgumentType]


class Interrupting(Progress):
    """Presses Ctrl-C at the first report of the training."""

    @contextmanager
    def step(self, title: str, total: int) -> Generator[Watch]:
        with super().step(title, total) as advance:

            def interrupt(count: int, note: str = "") -> None:
                advance(count, note)
                if title.startswith("Distil"):
                    raise KeyboardInterrupt

            yield interrupt


def make(wanted: Distillation, cache: Cache, kind: type[Progress] = Progress) -> None:
    assert distil(wanted, cache=cache, progress=kind(Console(quiet=True)))


def weights(out: Path) -> dict[str, np.ndarray]:
    with np.load(out / "text.npz") as file:
        return dict(file)


def test_a_tower_is_made_and_a_demo_names_it(tmp_path: Path, texts: Path):
    spec = write_demo(tmp_path / "demo")
    csv = tmp_path / "captions.csv"
    csv.write_text("file,caption\ndemo/red.png,a red cat in the garden\ndemo/blue.png,something\n")
    out = tmp_path / "demo" / "tower"
    words = ["distil", "--model", f"{spec}#lit", "--texts", texts, "--no-built-in"]
    words += ["--demo", spec, "--captions", csv, "--vocabulary", "400", "-o", out]
    words += ["--steps", "4", "--batch", "8", "--cache-dir", tmp_path / "cache"]
    code, printed = run(*words)
    assert code == 0, printed
    assert "80 texts" in printed
    assert {path.name for path in out.iterdir()} == {
        *("README.md", "config.json", "curves.svg", "history.json"),
        *("text.npz", "tokenizer.model"),
    }
    assert not (tmp_path / "demo" / "tower.training").exists()
    card = (out / "README.md").read_text(encoding="utf-8")
    for words in (
        "distilled from the text tower of lit (Transformer, 2 layers, width 32, ",
        "on 2 unseen texts: ",
        "of the demo's 2 pictures",
        "| lit (teacher) |",
        "| lit (student) |",
        "1 of these captions were also among the training texts",
        "--steps 4 --batch 8",
        "the demo's prompts | 3 | 20 |",
    ):
        assert words in card
    history = json.loads((out / "history.json").read_text())
    assert [entry["step"] for entry in history] == [1, 2, 3, 4]
    assert all(entry["loss"] > 0 for entry in history)
    table = describe_model(more='text_tower = "tower"')
    model = load_model(load_spec(write_demo(tmp_path / "demo", table)).models[0])
    cache, progress = Cache(tmp_path / "cache"), Progress(Console(quiet=True))
    teacher = load_small(tmp_path / "demo")
    rows, expected = (
        embed_texts(m, TEXTS[:2], cache=cache, progress=progress) for m in (model, teacher)
    )
    assert rows.shape == expected.shape
    assert (rows != expected).any()


@pytest.mark.slow
def test_what_is_not_the_source_of_a_tower_is_not_its_teacher(tmp_path: Path, texts: Path):
    """A demo that names the tower still has the model's own one as teacher."""
    spec = write_demo(tmp_path / "demo", describe_model(more='text_tower = "."'))
    words = ["distil", "--model", spec, "--texts", texts, "--no-built-in", "--steps", "1"]
    code, printed = run(*words, "-o", tmp_path / "tower", "--cache-dir", tmp_path / "cache")
    assert code == 0, printed


@pytest.mark.slow
def test_an_interrupted_run_goes_on_and_makes_the_same_tower(tmp_path: Path, wanted: Distillation):
    cache = Cache(tmp_path / "cache")
    whole = replace(wanted, out=tmp_path / "whole")
    make(whole, cache)
    with pytest.raises(KeyboardInterrupt):
        make(wanted, cache, Interrupting)
    assert not wanted.out.exists()
    work = tmp_path / "tower.training"
    assert work.is_dir()
    with pytest.raises(BuilderError, match=r"holds a training with other seed, .*--restart"):
        make(replace(wanted, training=replace(TRAINING, seed=1)), cache)
    make(wanted, cache)
    assert not work.exists()
    for name, leaf in weights(whole.out).items():
        np.testing.assert_array_equal(weights(wanted.out)[name], leaf, err_msg=name)


@pytest.mark.slow
def test_pictures_change_what_is_learned(tmp_path: Path, wanted: Distillation):
    cache = Cache(tmp_path / "cache")
    towers: list[dict[str, np.ndarray]] = []
    for agreement in (0.0, 5.0):
        make(replace(wanted, agreement=agreement), cache)
        towers.append(weights(wanted.out))
    name = "txt/head/kernel"
    assert (towers[0][name] != towers[1][name]).any()


@pytest.mark.long
@needs(HUB_GOLDENS)
def test_a_siglip_with_random_weights_is_matched_on_unseen_texts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """The command and its time are in docs/how-to/distil.md."""
    monkeypatch.setitem(student.SIZES, "tiny", TINY)  # pyright: ignore[reportArgumentType]
    path = tmp_path / "texts.txt"
    path.write_text("\n".join(make_sentences(20_000)))
    words = ["distil", "--model", HUB_GOLDENS / "siglip", "--texts", path, "--no-built-in"]
    words += ["--vocabulary", "1000", "--steps", "600", "-o", tmp_path / "tower"]
    code, printed = run(*words, "--cache-dir", tmp_path / "cache")
    assert code == 0, printed
    history = json.loads((tmp_path / "tower" / "history.json").read_text())
    assert history[-1]["cosine"] >= 0.95


@pytest.mark.long
def test_two_hosts_make_the_tower_that_one_makes(
    tmp_path: Path, texts: Path, monkeypatch: pytest.MonkeyPatch
):
    """Those of the loop itself are in test_training."""
    monkeypatch.setitem(student.SIZES, "tiny", TINY)  # pyright: ignore[reportArgumentType]
    spec = write_demo(tmp_path / "demo")
    words = ["distil", "--model", spec, "--texts", texts, "--no-built-in", "--vocabulary", "400"]
    words += ["--demo", spec, "--steps", "4", "--batch", "8"]
    one, two = tmp_path / "one", tmp_path / "two"
    code, printed = run(*words, "-o", one, "--cache-dir", tmp_path / "cache")
    assert code == 0, printed
    with socket.socket() as free:
        free.bind(("localhost", 0))
        address = f"localhost:{free.getsockname()[1]}"
    hosts = [
        subprocess.Popen(
            [
                *(sys.executable, "-m", "builder", *words, "-o", two, "--hosts", "2"),
                *("--cache-dir", tmp_path / f"cache-{i}"),
                *("--coordinator", address, "--host", str(i)),
            ],
            env={**os.environ, "JAX_PLATFORMS": "cpu"},
        )
        for i in range(2)
    ]
    try:
        assert [host.wait(timeout=600) for host in hosts] == [0, 0]
    finally:
        for host in hosts:
            host.kill()
    for name, leaf in weights(one).items():
        np.testing.assert_allclose(weights(two)[name], leaf, atol=5e-3, err_msg=name)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--texts", "absent.txt"], "absent.txt: there is no such file"),
        (["--model", "mini-tony"], "Did you mean 'mini-tiny'"),
        (["--pictures", "."], "has no pictures"),
        (["--pictures", "absent"], "absent: there is no such"),
        (["--captions", "texts.txt"], "columns"),
        (["--demo", "texts.txt"], "texts.txt"),
        (["--host", "1"], "several hosts need all of --coordinator, --hosts and --host"),
        (["-o", "texts.txt"], "texts.txt: is a file, not a folder"),
    ],
)
def test_mistakes_are_told_in_a_sentence(
    tmp_path: Path, texts: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], message: str
):
    monkeypatch.chdir(tmp_path)
    options = {"--model": "mini-tiny", "--texts": "texts.txt", "-o": "tower"}
    options |= dict(zip(words[::2], words[1::2], strict=True))
    given = [word for pair in options.items() for word in pair]
    code, printed = run("distil", *given, "--no-built-in", "--steps", "1", "--cache-dir", "cache")
    assert code == 2, printed
    assert message in printed
    assert not (tmp_path / "tower").exists()


def test_a_demo_of_several_models_needs_a_choice(tmp_path: Path):
    spec = write_demo(tmp_path, describe_model("one"), describe_model("two"))
    code, printed = run("distil", "--model", spec, "-o", tmp_path / "tower")
    assert code == 2
    assert f"Name one of {spec}#one, {spec}#two" in printed.replace("\n", " ")

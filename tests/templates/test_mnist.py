"""The project that `lit-demo new --template mnist` writes, as its author runs it."""

import gzip
import http.server
import json
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from builder.project import create_project
from builder.publish.serve import running
from builder.resources import template_folder
from builder.spec.demo import load_any_spec

SOURCES = template_folder() / "mnist" / "project"

# Few digits, so that a training takes seconds; enough of them for batches and validation.
TRAINED, TESTED = 300, 60


def read_digits(name: str, count: int) -> bytes:
    """Some of the project's digits, of every kind, as they lie in an uncompressed file."""
    data = gzip.decompress((SOURCES / "digits" / f"{name}-ubyte.gz").read_bytes())
    dims = data[3]
    shape = np.frombuffer(data, ">i4", dims, offset=4)
    array = np.frombuffer(data, np.uint8, offset=4 + 4 * dims).reshape(shape)
    chosen = array[np.linspace(0, len(array) - 1, count).astype(int)]
    return data[:4] + np.array(chosen.shape, ">i4").tobytes() + chosen.tobytes()


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with MNIST's four files, short ones, some of them compressed."""
    folder = tmp_path_factory.mktemp("few")
    for split, count in (("train", TRAINED), ("t10k", TESTED)):
        images = gzip.compress(read_digits(f"{split}-images-idx3", count))
        (folder / f"{split}-images-idx3-ubyte.gz").write_bytes(images)
        (folder / f"{split}-labels-idx1-ubyte").write_bytes(
            read_digits(f"{split}-labels-idx1", count)
        )
    return folder


def run_python(folder: Path, *words: str | Path) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, *map(str, words)],
        cwd=folder,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    return done.returncode, done.stdout


def train(folder: Path, *words: str | Path) -> tuple[int, str]:
    return run_python(folder, "train.py", *words)


def load(folder: Path, source: str) -> tuple[int, str]:
    """Load digits as train.py does first, without the network, which takes seconds to import."""
    return run_python(
        folder, "-c", f"import dataset; print(*map(len, dataset.load_digits({source!r})))"
    )


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory, few: Path) -> tuple[Path, str]:
    """A project after two epochs, and what its training printed."""
    folder = tmp_path_factory.mktemp("trained") / "digits"
    create_project(folder, "mnist")
    code, text = train(folder, "--data", few, "--epochs", "2")
    assert code == 0, text
    return folder, text


@pytest.mark.slow
def test_a_training_tells_how_it_goes(trained: tuple[Path, str]):
    _, text = trained
    assert text.count("Epoch 1/2: loss ") == text.count("Epoch 2/2: loss ") == 1
    assert "validation" in text
    assert f"of {TESTED} test digits. Now run: lit-demo build" in text


@pytest.mark.slow
def test_a_training_leaves_what_the_page_needs(trained: tuple[Path, str]):
    folder, _ = trained
    load_any_spec(folder / "demo.toml")
    with np.load(folder / "params.npz") as params:
        assert params["Dense_0/kernel"].shape == (7 * 7 * 64, 256)
    with np.load(folder / "samples.npz") as samples:
        assert samples["image"].shape == (8, 28, 28)
        assert 0 <= samples["image"].min() < samples["image"].max() <= 1
    result = json.loads((folder / "mistakes.json").read_bytes())
    wrong = round((1 - result["accuracy"]) * result["tested"])
    assert len(result["mistakes"]) == min(wrong, 24)
    assert all(mistake["label"] != mistake["guess"] for mistake in result["mistakes"])


@pytest.mark.slow
def test_a_training_leaves_pictures_of_itself(trained: tuple[Path, str]):
    folder, _ = trained
    for name in ("confusion.png", "curves.png"):
        with Image.open(folder / name) as picture:
            assert picture.format == "PNG"
            assert len(picture.convert("RGB").getcolors(1 << 24) or ()) > 10


@pytest.mark.slow
def test_a_resumed_training_is_the_one_that_was_not_interrupted(
    trained: tuple[Path, str], tmp_path: Path, few: Path
):
    create_project(tmp_path / "mine", "mnist")
    script = (tmp_path / "mine" / "train.py").read_text()
    halted = script.replace(
        "        training.save(CHECKPOINT)\n",
        "        training.save(CHECKPOINT)\n        raise KeyboardInterrupt\n",
    )
    assert halted != script
    (tmp_path / "mine" / "train.py").write_text(halted)
    assert train(tmp_path / "mine", "--data", few, "--epochs", "2")[0] != 0
    assert not (tmp_path / "mine" / "params.npz").exists()
    (tmp_path / "mine" / "train.py").write_text(script)
    code, text = train(tmp_path / "mine", "--data", few, "--epochs", "2")
    assert code == 0, text
    assert "Going on after epoch 1" in text
    assert "Epoch 1/2" not in text
    with (
        np.load(trained[0] / "params.npz") as whole,
        np.load(tmp_path / "mine" / "params.npz") as resumed,
    ):
        for name in whole.files:
            np.testing.assert_allclose(resumed[name], whole[name], atol=1e-6)


@contextmanager
def serve(folder: Path) -> Generator[str]:
    """The address of a server of a folder."""

    class Handler(http.server.SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:
            """Nothing."""

    handler = partial(Handler, directory=str(folder))
    with running(http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)) as port:
        yield f"http://127.0.0.1:{port}"


def test_digits_are_downloaded_once(tmp_path: Path):
    create_project(tmp_path, "mnist")
    with serve(SOURCES / "digits") as address:
        code, text = load(tmp_path, address)
    assert (code, text.count("Downloading"), text.splitlines()[-1]) == (0, 4, "8000 2000")
    assert load(tmp_path, address) == (0, "8000 2000\n")


def test_a_file_that_an_address_has_not_is_named(tmp_path: Path, few: Path):
    create_project(tmp_path, "mnist")
    with serve(few) as address:
        code, text = load(tmp_path, address)
    assert code == 1
    assert f"{address}/train-labels-idx1-ubyte.gz: HTTP Error 404" in text
    assert [path.name for path in (tmp_path / "mnist").iterdir()] == ["train-images-idx3-ubyte.gz"]


def test_a_folder_without_the_files_is_named(tmp_path: Path):
    create_project(tmp_path, "mnist")
    code, text = load(tmp_path, "nowhere")
    assert code == 1
    assert "nowhere/train-images-idx3-ubyte.gz: there is no such file" in text
    assert "Traceback" not in text


def test_digits_come_with_the_project_and_from_files_of_either_kind(tmp_path: Path, few: Path):
    create_project(tmp_path, "mnist")
    assert load(tmp_path, "digits") == (0, "8000 2000\n")
    assert load(tmp_path, str(few)) == (0, f"{TRAINED} {TESTED}\n")


def test_without_tensorflow_datasets_the_author_is_told_so(tmp_path: Path):
    create_project(tmp_path, "mnist")
    code, text = load(tmp_path, "tfds")
    assert code == 1
    assert "pip install tensorflow-datasets" in text


def test_a_file_that_is_cut_off_is_named(tmp_path: Path, few: Path):
    create_project(tmp_path, "mnist")
    for path in few.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    cut = tmp_path / "t10k-images-idx3-ubyte.gz"
    cut.write_bytes(cut.read_bytes()[:1000])
    code, text = load(tmp_path, ".")
    assert code == 1
    assert "t10k-images-idx3-ubyte.gz: is no IDX file, or is cut off" in text
    assert "Traceback" not in text

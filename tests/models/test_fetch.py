import hashlib
import io
import threading
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

from builder.download import address
from builder.errors import ModelError
from builder.models.fetch import fetch_missing, fetch_model
from builder.models.published import PublishedModel, checkpoint_folder, find_file, require_published
from builder.progress import Progress
from builder.publish.serve import running
from builder.spec.models import ModelSpec


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def mirror(tmp_path: Path) -> Iterator[str]:
    """A server with LiT-L16Ti in the folders that Google Storage has."""
    folder = tmp_path / "mirror" / "vit_models" / "lit"
    folder.mkdir(parents=True)
    np.savez(folder / "LiT-L16Ti.npz", t=np.zeros(1))
    (folder / "LiT-L16Ti.model").write_bytes(b"a vocabulary")
    handler = partial(_Quiet, directory=str(tmp_path / "mirror"))
    with running(ThreadingHTTPServer(("127.0.0.1", 0), handler)) as port:
        yield f"http://127.0.0.1:{port}/"


@pytest.fixture
def said() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def progress(said: io.StringIO) -> Progress:
    return Progress(Console(file=said))


def test_a_model_is_fetched_with_its_vocabulary(
    tmp_path: Path, mirror: str, progress: Progress, said: io.StringIO
):
    fetch_model("lit-l16ti", tmp_path, progress=progress, mirror=mirror)
    folder = checkpoint_folder(tmp_path)
    assert (folder / "LiT-L16Ti.model").read_bytes() == b"a vocabulary"
    assert np.load(folder / "LiT-L16Ti.npz")["t"] == 0
    url = f"{mirror}vit_models/lit/LiT-L16Ti.npz"
    assert f"LiT-L16Ti: downloading {url} (about 1.2 GB) to {folder}" in said.getvalue()


def test_what_is_there_is_checked_and_not_fetched_again(
    tmp_path: Path, mirror: str, progress: Progress, said: io.StringIO
):
    for _ in range(2):
        fetch_model("LiT-L16Ti", tmp_path, progress=progress, mirror=mirror)
    assert said.getvalue().count("downloading") == 2
    assert said.getvalue().count("is already there and unchanged") == 2


@pytest.mark.parametrize("name", ["LiT-L16Ti.npz", "LiT-L16Ti.model"])
def test_what_has_changed_is_fetched_again(
    tmp_path: Path,
    mirror: str,
    progress: Progress,
    said: io.StringIO,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
):
    monkeypatch.setattr(address, "GOOGLE_STORAGE", mirror)
    fetch_model("LiT-L16Ti", tmp_path, progress=progress)
    path, model = checkpoint_folder(tmp_path) / name, require_published("LiT-L16Ti")
    whole = path.read_bytes()
    file = next(file for file in model.files if file.name == name)
    for fetch in (fetch_by_name, fetch_for_a_build):
        path.write_bytes(whole[:-1] + b"?")
        with pytest.raises(ModelError, match="lit-demo models fetch LiT-L16Ti"):
            find_file(file, model.name, tmp_path)
        said.truncate(0)
        fetch(tmp_path, progress)
        assert f"{name}: has changed since it was downloaded" in said.getvalue()
        assert path.read_bytes() == whole
        assert find_file(file, model.name, tmp_path) == path


def fetch_by_name(folder: Path, progress: Progress) -> None:
    fetch_model("LiT-L16Ti", folder, progress=progress)


def fetch_for_a_build(folder: Path, progress: Progress) -> None:
    fetch_missing([ModelSpec(name="LiT-L16Ti")], folder, progress)


def test_offline_a_changed_file_is_an_error(
    tmp_path: Path, mirror: str, progress: Progress, monkeypatch: pytest.MonkeyPatch
):
    fetch_model("LiT-L16Ti", tmp_path, progress=progress, mirror=mirror)
    (checkpoint_folder(tmp_path) / "LiT-L16Ti.model").write_bytes(b"another")
    monkeypatch.setattr(address, "GOOGLE_STORAGE", "https://no-such-host.invalid/")
    with pytest.raises(ModelError, match=r"offline[\s\S]*LiT-L16Ti\.model[\s\S]*is not used"):
        fetch_for_a_build(tmp_path, progress)


def test_pinned_hashes_are_used(
    tmp_path: Path, mirror: str, progress: Progress, monkeypatch: pytest.MonkeyPatch
):
    model = require_published("LiT-L16Ti")

    def pin(sha256: str) -> None:
        pinned = replace(model, vocabulary=replace(model.vocabulary, sha256=sha256))

        def find(name: str) -> PublishedModel:
            return pinned

        monkeypatch.setattr("builder.models.fetch.require_published", find)

    pin(hashlib.sha256(b"another vocabulary").hexdigest())
    monkeypatch.setattr("time.sleep", [].append)
    with pytest.raises(ModelError, match=r"has the SHA-256 .* as published"):
        fetch_model("LiT-L16Ti", tmp_path, progress=progress, mirror=mirror)
    pin(hashlib.sha256(b"a vocabulary").hexdigest())
    fetch_model("LiT-L16Ti", tmp_path, progress=progress, mirror=mirror)


def test_a_password_in_a_mirror_is_not_shown(
    tmp_path: Path, mirror: str, progress: Progress, said: io.StringIO
):
    secret = mirror.replace("//", "//me:secret@")
    fetch_model("LiT-L16Ti", tmp_path, progress=progress, mirror=secret)
    assert "secret" not in said.getvalue()
    assert "//***@127.0.0.1" in said.getvalue()


def test_a_build_fetches_what_it_names_and_says_so(
    tmp_path: Path,
    mirror: str,
    progress: Progress,
    said: io.StringIO,
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(address, "GOOGLE_STORAGE", mirror)
    models = (ModelSpec(name="mini-tiny"), ModelSpec(name="LiT-L16Ti"))
    fetch_missing(models, tmp_path, progress)
    assert "about 1.2 GB" in said.getvalue()
    said.truncate(0)
    fetch_missing(models, tmp_path, progress)
    assert said.getvalue() == ""


def test_what_comes_with_the_program_needs_no_fetching(
    tmp_path: Path, progress: Progress, said: io.StringIO
):
    fetch_model("mini-tiny", tmp_path, progress=progress)
    assert "nothing to fetch" in said.getvalue()


@pytest.mark.parametrize(
    ("name", "mirror", "message"),
    [
        ("LiT-L16Tiny", None, "Did you mean 'LiT-L16Ti'"),
        ("LiT-L16Ti", "C:/mirror", "'C:/mirror' is not a web address"),
        ("LiT-L16Ti", "ftp://me:secret@host", r"'ftp://\*\*\*@host' is not a web address"),
    ],
)
def test_a_wrong_name_or_mirror_is_refused(
    tmp_path: Path, progress: Progress, name: str, mirror: str | None, message: str
):
    with pytest.raises(ModelError, match=message):
        fetch_model(name, tmp_path, progress=progress, mirror=mirror)


def test_two_processes_download_a_file_once(tmp_path: Path, mirror: str, said: io.StringIO):
    def fetch() -> None:
        # With a progress of its own, as another process has.
        fetch_model("LiT-L16Ti", tmp_path, progress=Progress(Console(file=said)), mirror=mirror)

    threads = [threading.Thread(target=fetch) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert said.getvalue().count("downloading") == 2, "the checkpoint and the vocabulary"
    assert said.getvalue().count("is already there and unchanged") == 4

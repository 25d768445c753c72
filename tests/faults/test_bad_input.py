"""Every command with every kind of bad argument: a sentence and exit code 2, never a traceback."""

import os
import signal
import socket
from collections.abc import Generator
from pathlib import Path

import numpy as np
import pytest

from tests.commands.run import run

_HANG_S = 60
"""None of these takes a second; a pipe that is read would take forever."""


class Hang(BaseException):
    """A command waits for what never comes."""


@pytest.fixture(autouse=True)
def end_of_hangs() -> Generator[None]:
    """End a test that waits for a pipe or a device."""

    def end(*_: object) -> None:
        raise Hang

    previous = signal.signal(signal.SIGALRM, end)
    signal.alarm(_HANG_S)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, previous)


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of what is not a file that any command reads."""
    folder = tmp_path_factory.mktemp("places")
    os.mkfifo(folder / "pipe")
    here = Path.cwd()
    os.chdir(folder)
    with socket.socket(socket.AF_UNIX) as opened:
        opened.bind("socket")
    os.chdir(here)
    (folder / "loop").symlink_to("loop")
    (folder / "dangling").symlink_to("nothing")
    (folder / "folder").mkdir()
    (folder / "empty").touch()
    (folder / "text").write_text("hello\n")
    (folder / "bytes").write_bytes(bytes(range(256)) * 20)
    (folder / "utf16").write_text("title = 'x'", encoding="utf-16")
    (folder / "deep").write_text("a = " + "[" * 3000)
    (folder / "digits").write_text("a = " + "1" * 5000)
    (folder / "json").write_text("[" * 200_000)
    with (folder / "huge").open("wb") as file:
        file.truncate(300 * 10**9)
    for holder in ("pipes", "links"):
        (folder / holder / "images").mkdir(parents=True)
    for name in ("manifest.json", "model.json", "images/info.json", "demo.toml"):
        os.mkfifo(folder / "pipes" / name)
        (folder / "links" / name).symlink_to("/dev/zero")
    np.savez(folder / "params.npz", a=np.ones((2, 2), np.float32))
    (folder / "bad_input_module.py").write_text("def f(params, x):\n    return x @ params['a']\n")
    return folder


_NAMES = (
    *("pipe", "socket", "loop", "dangling", "folder", "empty", "text", "bytes", "utf16", "deep"),
    *("digits", "json", "huge", "pipes", "links", "none", "text/below", "x" * 300, "/dev/zero"),
    *("/dev/null", "/", ".", "", "a\x1b[2J", "\udcff.toml", "/".join(["y" * 200] * 30)),
)

_CONVERT = ("--input", "(b, 2):float32", "-o", "out")
_READERS: tuple[tuple[str, ...], ...] = (
    ("build", "{}", "-o", "out"),
    ("check", "{}"),
    ("import", "{}", "-o", "out"),
    ("convert", "bad_input_module:f", "--params", "{}", *_CONVERT),
    ("eval", "zeroshot", "{}", "--model", "none"),
    ("eval", "retrieval", "{}", "--model", "none"),
    ("bench", "{}"),
    ("publish", "zip", "{}", "-o", "out.zip"),
    ("publish", "workflow", "{}", "--repo", "."),
    ("publish", "workflow", "demo.toml", "--repo", "{}"),
)


@pytest.mark.parametrize("name", _NAMES, ids=lambda name: ascii(name)[1:20])
def test_whatever_a_command_is_given_to_read_is_refused_in_a_sentence(
    places: Path, name: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(places)
    for words in _READERS:
        if (name, words[1]) == ("/", "zeroshot"):
            continue  # reads the whole disk
        code, text = run(*(name if word == "{}" else word for word in words))
        assert (code, text[:7]) in ((2, "Error: "), (2, "Usage: ")), (words, code, text)
        assert "Traceback" not in text
    assert not {"out", "out.zip"} & {path.name for path in places.iterdir()}


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("convert", "m", "--params", "params.npz", *_CONVERT), "'m' does not name a function"),
        (("convert", "m:f:g", "--params", "params.npz", *_CONVERT), "does not name a function"),
        (("convert", "none_such:f", "--params", "params.npz", *_CONVERT), "no module 'none_such'"),
        (("convert", "os:path", "--params", "params.npz", *_CONVERT), "os:path: is not a function"),
        (("convert", "builder:x", "--params", "params.npz", *_CONVERT), "does not define 'x'"),
        (("cache", "prune", "--max-size", "nanMB"), "'nanMB' is not understood"),
        (("cache", "prune", "--max-size", "1e999MB"), "'1e999MB' is not understood"),
        (("cache", "prune", "--older-than", "-3d"), "'-3d' is not understood"),
        (("models", "fetch", "\x1b[2J"), "'\\x1b[2J'"),
        (("serve", "folder", "--port", "65536"), "Invalid value for '--port'"),
        (("bench", "folder", "--backends", "x"), "x"),
        (("none",), "No such command 'none'"),
        (("build", "--none"), "No such option"),
    ],
)
def test_words_that_mean_nothing_are_refused(
    places: Path, words: tuple[str, ...], message: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(places)
    code, text = run(*words)
    assert code == 2
    assert message in text


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--input", "(b, 2"), "is not understood"),
        (("--input", "(b, 2):float33"), "there is no dtype 'float33'"),
        (("--input", "(b, 2):O"), "there is no dtype 'O'"),
        (("--input", "(b, 2):datetime64"), "there is no dtype 'datetime64'"),
        (("--input", "(b, 2):U5"), "there is no dtype 'U5'"),
        (("--input", f"({'1,' * 1000}):float32"), "has more than 32 axes"),
        (("--input", "(100000000000, 2):float32"), "is too large: at most 134,217,728 numbers"),
        (("--input", "(__import__('os'), 2):float32"), "is not a shape"),
        (("--input", "(b, 2):float32", "--min-cosine", "nan"), "nan is not a cosine"),
        (("--input", "(b, 2):float32", "--max-bytes", "-1"), "Invalid value for '--max-bytes'"),
    ],
)
def test_inputs_that_no_function_has_are_refused(
    places: Path, options: tuple[str, ...], message: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(places)
    code, text = run(
        *("convert", "bad_input_module:f", "--params", "params.npz", "-o", "out", *options)
    )
    assert (code, message in text) == (2, True), text

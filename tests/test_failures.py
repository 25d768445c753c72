"""How the command line ends, whatever ends it."""

import errno
import os
import re
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from builder.cli import main
from builder.failures import BUG, printable

_ROOT = Path(__file__).parents[1]


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> dict[str, BaseException]:
    """A command `fail` that raises what is put in here."""
    raised: dict[str, BaseException] = {}

    @click.command("fail")
    def fail() -> None:
        raise raised["error"]

    monkeypatch.setitem(main.commands, "fail", fail)
    return raised


def run_failing() -> tuple[int, str]:
    result = CliRunner().invoke(main, ["fail"], catch_exceptions=False)
    return result.exit_code, result.output


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "No space left on device. Free some"),
        (FileNotFoundError(errno.ENOENT, "No such file", "a.txt"), "a.txt: No such file. Check"),
        (PermissionError(errno.EACCES, "Permission denied", b"\xff"), "denied. Change its perm"),
        (OSError(errno.ENAMETOOLONG, "File name too long", "x" * 300), "long. Use a shorter name"),
        (OSError(errno.ELOOP, "Too many levels of links", "x"), "x: Too many levels of links. Co"),
        (OSError("odd"), "Error: odd. Check"),
        (MemoryError(), "this needs more memory than there is. Close other programs"),
    ],
    ids=["space", "absent", "denied", "long", "loop", "odd", "memory"],
)
def test_what_the_system_refuses_is_the_users_to_correct(
    failing: dict[str, BaseException], error: Exception, message: str
):
    failing["error"] = error
    code, text = run_failing()
    assert code == 2
    assert text.startswith("Error: ")
    assert message in text


@pytest.mark.parametrize("error", [ZeroDivisionError("x"), RecursionError(), KeyError("a")])
def test_a_bug_of_ours_is_told_as_such_with_how_to_report_it(
    failing: dict[str, BaseException],
    error: Exception,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    failing["error"] = error
    code, text = run_failing()
    assert code == BUG == 70
    assert text.startswith("This is a bug in lit-demo, not a mistake of yours:")
    assert type(error).__name__ in text
    assert "test_failures.py:" in text
    assert "Please report it" in text
    assert "Traceback" not in text
    (kept,) = re.findall(r"The traceback is in (.+)\.\n", text)
    assert "Traceback (most recent call last)" in Path(kept).read_text()


def test_a_traceback_that_cannot_be_kept_is_shown_on_demand(
    failing: dict[str, BaseException], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("tempfile.tempdir", "/nonexistent")
    failing["error"] = KeyError("a")
    assert "run it again with LIT_DEMO_DEBUG=1" in run_failing()[1]
    monkeypatch.setenv("LIT_DEMO_DEBUG", "1")
    assert "Traceback (most recent call last)" in run_failing()[1]


def test_a_message_does_not_move_the_cursor():
    assert printable("a\x1b[2Jb\rc\x9bd\ne") == "a\\x1b[2Jb\\x0dc\\x9bd\ne"


def run(command: str, folder: Path) -> "subprocess.CompletedProcess[bytes]":
    """Run a line of shell, in which $lit is the program."""
    full = f"lit='{sys.executable} -m builder'; {command}"
    variables = {**os.environ, "PYTHONPATH": str(_ROOT), "LC_ALL": "C.UTF-8"}
    return subprocess.run(
        ["bash", "-c", full], cwd=folder, env=variables, capture_output=True, timeout=120
    )


@pytest.mark.parametrize(
    ("command", "code", "message"),
    [
        ("$lit models | head -1; exit ${PIPESTATUS[0]}", None, b""),
        ("$lit --help | true; exit ${PIPESTATUS[0]}", None, b""),
        ("$lit cache info --cache-dir c >&-", 0, b""),
        ("$lit --version <&-", 0, b"lit-demo"),
        ("$lit --version >/dev/full", 2, b"Error: No space left on device"),
        ("$lit --help >/dev/full", 2, b"Error: No space left on device"),
        ("$lit check none >&- 2>&-", 2, b""),
        ("$lit build $'\\xff\\xfe.toml'", 2, b"\\udcff\\udcfe.toml: there is no such file"),
        ("$lit new $'a\\xff' && ls", 0, b"a\\udcff/demo.toml"),
        ("LC_ALL=C PYTHONUTF8=0 PYTHONCOERCECLOCALE=0 $lit build grö.toml", 2, b".toml: there"),
        ("mkdir x; cd x; rmdir ../x; $lit build -o y", 2, b"there is no such file"),
        ("env -u HOME $lit cache info --cache-dir c", 0, b""),
        ("HOME=/dev/null $lit cache prune --max-size 1GB", 2, b"Name a writable folder"),
    ],
)
def test_odd_streams_and_places_end_in_a_sentence(
    command: str, code: int | None, message: bytes, tmp_path: Path
):
    done = run(command, tmp_path)
    printed = done.stdout + done.stderr
    assert b"Traceback" not in printed
    assert b"Exception ignored" not in printed
    assert message in printed
    assert done.returncode == code if code is not None else done.returncode in (0, 1)


TWICE = """
import signal
from builder.failures import stopping_at_second_interrupt

# Whoever started the tests may have had it ignored.
signal.signal(signal.SIGINT, signal.default_int_handler)

with stopping_at_second_interrupt():
    try:
        signal.raise_signal(signal.SIGINT)
    except KeyboardInterrupt:
        print("swallowed", flush=True)
    signal.raise_signal(signal.SIGINT)
    print("still here")
"""


def test_a_second_ctrl_c_ends_what_has_swallowed_the_first():
    done = subprocess.run([sys.executable, "-c", TWICE], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (130, "swallowed\n")
    assert done.stderr == "Interrupted; existing files are unchanged.\n"


COLLECTING = """
import gc, os, signal, time
from builder.failures import stopping_at_second_interrupt

signal.signal(signal.SIGINT, signal.default_int_handler)

def interrupt(phase, info):
    if phase == "start":
        os.kill(os.getpid(), signal.SIGINT)
        print("collecting", flush=True)

with stopping_at_second_interrupt():
    gc.disable()
    gc.callbacks.append(interrupt)
    gc.collect()
    gc.callbacks.clear()
    try:
        time.sleep(20)
        print("lost")
    except KeyboardInterrupt:
        print("interrupted")
"""


def test_ctrl_c_is_not_lost_while_garbage_is_collected():
    done = subprocess.run([sys.executable, "-c", COLLECTING], capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "collecting\ninterrupted\n", "")

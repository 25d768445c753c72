"""Processes that want the same file at once: one downloads it, and all find it whole."""

import contextlib
import subprocess
import sys
import threading
import time
from collections.abc import Generator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest

from builder.publish.serve import running

CONTENT = np.random.default_rng(0).bytes(400_000)

DOWNLOAD = """
import sys
from pathlib import Path
from rich.console import Console
from builder.download.transfer import Wanted, download
from builder.progress import Progress

download(Wanted(sys.argv[1]), Path(sys.argv[2]), progress=Progress(Console()))
"""


class Slow:
    """A server that takes half a second for a file; it notes what was asked for."""

    def __init__(self) -> None:
        self.url = ""
        self.asked: list[str] = []
        self.begun = threading.Event()


@pytest.fixture
def slow() -> Generator[Slow]:
    state = Slow()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            state.asked.append(self.path)
            self.send_response(200)
            self.send_header("Content-Length", str(len(CONTENT)))
            self.end_headers()
            # A process that is killed leaves.
            with contextlib.suppress(ConnectionError):
                for start in range(0, len(CONTENT), 20_000):
                    self.wfile.write(CONTENT[start : start + 20_000])
                    state.begun.set()
                    time.sleep(0.025)

        def log_message(self, format: str, *args: object) -> None:
            pass

    with running(ThreadingHTTPServer(("127.0.0.1", 0), Handler)) as port:
        state.url = f"http://127.0.0.1:{port}/"
        yield state


def start(*arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=Path(__file__).parents[2],
    )


def wait_for(processes: list[subprocess.Popen[str]]) -> list[str]:
    said = [process.communicate(timeout=60)[0] for process in processes]
    assert [process.returncode for process in processes] == [0] * len(processes), said
    return said


def test_two_downloads_of_a_file_do_not_mix(slow: Slow, tmp_path: Path):
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    targets = [tmp_path / "real" / "a.bin", tmp_path / "link" / "a.bin"]
    wait_for([start("-c", DOWNLOAD, f"{slow.url}a.bin", str(target)) for target in targets * 2])
    assert (tmp_path / "real" / "a.bin").read_bytes() == CONTENT
    assert slow.asked == ["/a.bin"]


def test_models_that_share_a_vocabulary_fetch_it_once(slow: Slow, tmp_path: Path):
    # The vocabulary takes the place of the checkpoint too, so each wants it twice.
    names = ["SigLIP-B16-224", "SigLIP-B16-256"]
    script = """
import sys
from pathlib import Path
from rich.console import Console
from builder.models.fetch import _fetch
from builder.models.published import require_published
from builder.progress import Progress
from dataclasses import replace

model = require_published(sys.argv[1])
model = replace(model, checkpoint=model.vocabulary)
_fetch(model, Path(sys.argv[2]), sys.argv[3], Progress(Console()), thorough=True)
"""
    said = wait_for([start("-c", script, name, str(tmp_path), slow.url) for name in names])
    assert slow.asked == ["/t5-data/vocabs/cc_en.32000/sentencepiece.model"]
    assert (tmp_path / "checkpoints" / "cc_en.32000.model").read_bytes() == CONTENT
    assert "".join(said).count("already there and unchanged") == 3


def test_a_process_that_is_killed_leaves_a_part_and_no_lock(slow: Slow, tmp_path: Path):
    target = tmp_path / "a.bin"
    killed = start("-c", DOWNLOAD, f"{slow.url}a.bin", str(target))
    assert slow.begun.wait(60)
    killed.kill()
    killed.communicate(timeout=60)
    assert not target.exists()
    wait_for([start("-c", DOWNLOAD, f"{slow.url}a.bin", str(target))])
    assert target.read_bytes() == CONTENT

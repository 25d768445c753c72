"""`lit-demo dev` as an author runs it: in a process of its own."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Dev:
    """A running `lit-demo dev`, the demo that it watches, and where it serves it."""

    process: subprocess.Popen[str]
    spec: Path
    url: str

    def change(self, old: str, new: str) -> None:
        """Replace a part of demo.toml, as an editor does."""
        text = self.spec.read_text(encoding="utf-8")
        assert old in text
        self.spec.write_text(text.replace(old, new, 1), encoding="utf-8")


@contextmanager
def running_dev(spec: Path, *options: str | Path, **variables: str) -> Generator[Dev]:
    """Run it on any port, with variables in its environment, until the block ends."""
    environment: Mapping[str, str] = {**os.environ, "PYTHONUNBUFFERED": "1", **variables}
    command = [sys.executable, "-m", "builder", "dev", spec, "--port", "0", *options]
    with _hearing_ctrl_c():
        started = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
    with started as process:
        try:
            assert process.stdout is not None
            address = re.search(r"http://\S+", process.stdout.readline())
            assert address is not None
            yield Dev(process, spec, address[0])
        finally:
            process.kill()


@contextmanager
def _hearing_ctrl_c() -> Generator[None]:
    """Whoever started the tests may have had it ignored, as shells do in the background.

    Processes that are started meanwhile do not inherit that.
    """
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)

"""`make bench-rebuild`: measures rebuilds of the default demo and writes docs/rebuilding.md.

Each is a whole process, `lit-demo build`, from its start to its end.
"""

import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path

from builder.resources import data_folder

RUNS = 7
PAGE = Path(__file__).parents[3] / "docs" / "rebuilding.md"
PROMPT = "a prompt that nobody has written before"

_PAGE = """\
# Rebuilding

Written by `make bench-rebuild`; do not edit.

Seconds that `lit-demo build` takes for the default demo ({images} pictures, two models), as a whole
process: the first time, when nothing has changed, and when one prompt has. Median of {runs} runs,
with the least and the greatest. A changed prompt is embedded by JAX and compared in TensorFlow.js
for both models; no encoder is exported again.

| build | seconds | least | greatest |
| --- | --- | --- | --- |
{rows}

Machine: {machine}. {versions}.
"""


def main() -> None:
    """Build once, then again and again."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        demo = folder / "demo"
        demo.mkdir()
        shutil.copytree(data_folder() / "images", demo / "images")
        text = (data_folder() / "demo.toml").read_text(encoding="utf-8")
        first = time_build(folder, text)
        unchanged = [time_build(folder, text) for _ in range(RUNS)]
        # Each with another prompt, so that none is known; the one before stays.
        changed = [time_build(folder, add_prompt(text, f"{PROMPT} {i}")) for i in range(RUNS + 1)]
    series = {
        "the first": [first],
        "nothing changed": unchanged,
        "one prompt changed": changed[1:],
    }
    images = text.count("[[images]]")
    page = _PAGE.format(
        images=images,
        runs=RUNS,
        rows="\n".join(row(name, seconds) for name, seconds in series.items()),
        machine=f"{os.cpu_count()} cores, {platform.machine()}",
        versions=f"Python {platform.python_version()}, jax {metadata.version('jax')}",
    )
    PAGE.write_text(page, encoding="utf-8")
    print(page)


def add_prompt(text: str, prompt: str) -> str:
    """The spec with another prompt for its first picture."""
    return text.replace("prompts = [", f'prompts = [\n  "{prompt}",', 1)


def time_build(folder: Path, text: str) -> float:
    """Seconds of one build."""
    spec = folder / "demo" / "demo.toml"
    spec.write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "builder", "build", str(spec), "-o", str(folder / "site")]
    started = time.perf_counter()
    subprocess.run(
        [*command, "--cache-dir", str(folder / "cache")], check=True, stdout=subprocess.DEVNULL
    )
    return time.perf_counter() - started


def row(name: str, seconds: Sequence[float]) -> str:
    """A line of the table."""
    figures = (statistics.median(seconds), min(seconds), max(seconds))
    return f"| {name} | {' | '.join(f'{figure:.2f}' for figure in figures)} |"


if __name__ == "__main__":
    main()

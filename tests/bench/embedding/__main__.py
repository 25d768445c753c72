"""`make bench-embedding`: measures and writes docs/embedding.md."""

import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import jax
import numpy as np
from rich.console import Console

from builder.cache import Cache
from builder.embedding import devices
from builder.embedding.embed import Input, embed_images
from builder.evaluation.data import make_inputs
from builder.progress import Progress
from builder.resources import data_folder
from tests.bench.embedding.pytorch import TorchTransformer, import_torch
from tests.bench.embedding.report import BATCH, EMBEDDED, TORCH, Report, bare, write_report
from tests.bench.embedding.tower import LARGE, SIZE, TINY, make_model, make_tower

ROUNDS = 5
BARE_BATCHES = (1, 4, 8, 16)
IMAGES = 16
MEMORY_COUNTS = (200, 1000)
DOCS = Path(__file__).parents[3] / "docs"


def main() -> None:
    """Measure everything; with a number, only the peak memory of embedding so many images."""
    if len(sys.argv) > 1:
        embed_repeated(int(sys.argv[1]))
        print(read_peak())
        return
    with tempfile.TemporaryDirectory() as folder:
        # Each call compiles its tower, which is not what is measured here.
        jax.config.update("jax_compilation_cache_dir", folder)
        rates, torch_version = measure_rates()
    peaks = {count: measure_peak(count) for count in MEMORY_COUNTS}
    loading = measure_loading()
    write_report(Report(rates, IMAGES, loading, peaks, torch_version), DOCS / "embedding.md")


def measure_rates() -> tuple[dict[str, list[float]], str | None]:
    """Images per second of each way, one figure per round; all ways take turns in a round."""
    tower = make_tower(LARGE)
    forward = jax.jit(tower.apply)
    params = jax.device_put(tower.params)
    torch = import_torch()
    transformer = TorchTransformer(torch, LARGE, SIZE) if torch else None
    rates: dict[str, list[float]] = defaultdict(list)
    for size in BARE_BATCHES:
        time_forward(forward, params, size)  # compiles
    for round_ in range(ROUNDS):
        measured = {
            bare(size): size / time_forward(forward, params, size)
            for size in BARE_BATCHES
            if size != BATCH
        }
        # Before and after, since a machine that others use is now faster, now slower.
        around = time_forward(forward, params, BATCH, IMAGES // BATCH)
        measured[EMBEDDED] = IMAGES / time_embedding(tower, IMAGES)
        around += time_forward(forward, params, BATCH, IMAGES // BATCH)
        measured[bare(BATCH)] = 2 * IMAGES / around
        if transformer:
            measured[TORCH] = BATCH / transformer.time(BATCH)
        print(round_, {name: round(rate, 3) for name, rate in measured.items()}, flush=True)
        for name, rate in measured.items():
            rates[name].append(rate)
    return rates, torch and torch.__version__


def time_forward(forward: Any, params: Any, size: int, batches: int = 1) -> float:
    """Seconds of some batches whose images are already on the device."""
    images = jax.device_put(np.zeros((size, SIZE, SIZE, 3), np.float32))
    start = time.perf_counter()
    for _ in range(batches):
        forward(params, images).block_until_ready()
    return time.perf_counter() - start


def time_embedding(tower: Any, count: int) -> float:
    """Seconds from the compiled tower to the last stored row: reading, decoding, resizing too."""
    compiled = 0.0
    place_tower = devices.place_tower

    def place_and_note(*arguments: Any) -> devices.PlacedTower:
        nonlocal compiled
        start = time.perf_counter()
        placed = place_tower(*arguments)
        compiled = time.perf_counter() - start
        return placed

    model = make_model(tower, LARGE.width)
    progress = Progress(Console(quiet=True))
    devices.place_tower = place_and_note
    try:
        with tempfile.TemporaryDirectory() as folder:
            start = time.perf_counter()
            inputs = make_inputs(find_photos(count), [model.preprocessing], progress)
            embed_images(
                model, inputs[model.preprocessing], cache=Cache(Path(folder)), progress=progress
            )
            return time.perf_counter() - start - compiled
    finally:
        devices.place_tower = place_tower


def measure_loading() -> float:
    """Seconds that one thread takes to decode, crop and resize one photograph."""
    model = make_model(make_tower(TINY), TINY.width)
    inputs = make_inputs(find_photos(IMAGES), [model.preprocessing], Progress(Console(quiet=True)))
    start = time.perf_counter()
    for item in inputs[model.preprocessing]:
        item.load()
    return (time.perf_counter() - start) / IMAGES


def measure_peak(count: int) -> float:
    """Peak memory in MB of a process that embeds so many images with ViT-Ti/16."""
    words = [sys.executable, "-m", "tests.bench.embedding", str(count)]
    done = subprocess.run(words, check=True, capture_output=True, text=True)
    return float(done.stdout)


def read_peak() -> float:
    """Peak memory of this process in MB. `getrusage` would include its parent's, on Linux."""
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    (line,) = (line for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) * 1024 / 1e6


def embed_repeated(count: int) -> None:
    """Embed photographs again and again, as if each time they were others."""
    model = make_model(make_tower(TINY), TINY.width)
    progress = Progress(Console(quiet=True))
    photos = find_photos(54)
    once = make_inputs(photos, [model.preprocessing], progress)[model.preprocessing]
    loads = [once[i % len(once)].load for i in range(count)]
    inputs = [Input(str(i), str(i), load) for i, load in enumerate(loads)]
    with tempfile.TemporaryDirectory() as folder:
        embed_images(model, inputs, cache=Cache(Path(folder)), progress=progress)


def find_photos(count: int) -> Sequence[Path]:
    """Photographs of the default demo."""
    return sorted((data_folder() / "images").iterdir())[:count]


if __name__ == "__main__":
    main()

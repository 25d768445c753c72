"""`make bench-scale`: prints pictures a second and peaks of memory; the machine should be idle."""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator, Iterable
from functools import partial
from pathlib import Path

import numpy as np
from PIL import Image
from rich.console import Console

from builder.embedding.devices import BATCH_LIMITS, place_tower, see_bytes
from builder.embedding.local import embed_locally
from builder.embedding.on_ray import embed_on_ray
from builder.embedding.pictures import EmbeddedPicture, Engine, Numbered
from builder.model import ImageTextModel
from builder.models.default import DEFAULT_MODELS
from builder.progress import Progress
from builder.resources import data_folder
from tests.bench.embedding.__main__ import read_peak
from tests.bench.embedding.tower import Shape, make_model, make_tower
from tests.gallery.galleries import Gallery
from tests.shared import SHARED

PICTURES = 384
ROUNDS = 3
WORKERS = 2
BURST = 16
"""Pictures that arrive together from Ray, so that few are enough to measure."""
FORWARD_BATCHES = 12
BARS = {"local": 0.9, "ray": 0.8}
MEMORY_COUNTS = (1000, 10_000, 100_000)
MAX_GROWTH = 0.1
QUICK = Shape(width=16, depth=1, mlp_dim=16, num_heads=1)
"""A tower that takes no time, since memory is what is measured with it."""


def main() -> None:
    """Measure everything; with a folder, only the peak memory of embedding what is in it."""
    if len(sys.argv) > 1:
        gallery = Gallery(Path(sys.argv[1]), "photos/**/*.jpg", make_model(make_tower(QUICK), 16))
        gallery.shard_size = 256
        gallery.embed()
        print(read_peak())
        return
    print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f} before the start")
    with tempfile.TemporaryDirectory() as folder:
        vary_photos(Path(folder, "photos"), PICTURES)
        measure_rates(Path(folder))
    measure_memory()


def measure_rates(folder: Path) -> None:
    """Compare both engines with the forward pass around them; the model is mini-tiny."""
    from ray.cluster_utils import Cluster

    model = DEFAULT_MODELS["mini-tiny"]()
    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 1})
    for _ in range(WORKERS - 1):
        cluster.add_node(num_cpus=1)
    engines: dict[str, Engine] = {
        "local": partial(embed_locally, model, progress=Progress(Console(quiet=True))),
        "ray": partial(embed_on_ray, model, address=cluster.address, block=BURST),
    }
    ratios: dict[str, list[float]] = {name: [] for name in engines}
    for round_ in range(ROUNDS):
        for name, engine in engines.items():
            before = time_forward(model)
            rate = time_engine(folder, model, engine, f"{name}-{round_}")
            bare = (before + time_forward(model)) / 2
            ratios[name].append(rate / bare)
            load = os.getloadavg()[0]
            print(f"{name}: {rate:.1f} pictures/s, bare {bare:.1f}, load {load:.1f}", flush=True)
    cluster.shutdown()
    for name, found in ratios.items():
        middle = statistics.median(found)
        verdict = "reached" if middle >= BARS[name] else "missed"
        print(f"{name}: {middle:.2f} of the bare forward pass; bar {BARS[name]} {verdict}")


def time_engine(folder: Path, model: ImageTextModel, engine: Engine, name: str) -> float:
    """Pictures a second while the pipeline is full: without its first and last bursts."""
    arrived: list[float] = []

    def noting(pictures: Iterable[Numbered]) -> Generator[EmbeddedPicture]:
        for embedded in engine(pictures):
            arrived.append(time.perf_counter())
            yield embedded

    gallery = Gallery(folder, "photos/**/*.jpg", model, noting, shard_size=128, name=name)
    gallery.embed()
    window = arrived[4 * BURST - 1 : 1 - 4 * BURST]
    return (len(window) - 1) / (window[-1] - window[0])


def time_forward(model: ImageTextModel) -> float:
    """Pictures a second of the tower alone, on the batches of the local engine."""
    size = model.preprocessing.size
    tower, _ = see_bytes(model.load_image())
    placed = place_tower(tower, (size, size, 3), np.uint8, None, BATCH_LIMITS["images"])
    batch = np.zeros((placed.batch_size, size, size, 3), np.uint8)
    np.asarray(placed.start(batch))
    start = time.perf_counter()
    for _ in range(FORWARD_BATCHES):
        np.asarray(placed.start(batch))
    return FORWARD_BATCHES * placed.batch_size / (time.perf_counter() - start)


def measure_memory() -> None:
    """Compare the peaks of processes that embed few and many pictures."""
    peaks: list[float] = []
    for count in MEMORY_COUNTS:
        with tempfile.TemporaryDirectory() as folder:
            vary_photos(Path(folder, "photos"), count)
            words = [sys.executable, "-m", "tests.bench.scale", folder]
            done = subprocess.run(words, check=True, capture_output=True, text=True)
        peaks.append(float(done.stdout))
        print(f"{count:,} pictures: peak of {peaks[-1]:.0f} MB", flush=True)
    growth = peaks[-1] / peaks[0] - 1
    verdict = "reached" if growth <= MAX_GROWTH else "missed"
    print(f"growth {growth:.1%}; bar {MAX_GROWTH:.0%} {verdict}")


def vary_photos(folder: Path, count: int) -> None:
    """Write so many different pictures: photographs, each time another part of them."""
    places = (SHARED / "photos", data_folder() / "images")
    files = sorted(file for place in places for file in place.glob("*.[wj]*p*"))
    photos: list[Image.Image] = []
    for file in files:
        with Image.open(file) as photo:
            photos.append(photo.convert("RGB").resize((480, 360)))
    rng = np.random.default_rng(0)
    for number in range(count):
        left, top = (int(value) for value in rng.integers(0, 120, 2))
        picture = photos[number % len(photos)].crop((left, top, left + 360, top + 240))
        path = folder / f"{number // 1000:04}" / f"{number:08}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        picture.save(path, quality=85)


if __name__ == "__main__":
    main()

"""Fixtures that several test modules share."""

import io
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.models.hub.fake_hub import FakeHub, serving_hub

# What XLA compiles is kept between runs, also for the processes that tests start. With a limit to
# its size JAX locks the folder, so that workers of pytest-xdist can share it.
_COMPILED = Path(__file__).parents[1] / ".pytest_cache" / "jax"
os.environ.setdefault("JAX_COMPILATION_CACHE_DIR", str(_COMPILED))
os.environ.setdefault("JAX_COMPILATION_CACHE_MAX_SIZE", "500000000")
os.environ.setdefault("JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS", "0.05")

ROOT = Path(__file__).parents[1]

# Here, since a process can run Playwright only once, and tests in several folders use a browser.
pytest_plugins = ["tests.chromium"]

MakeDemo = Callable[..., Path]

DEMO = """\
title = "Two pictures"
description = "A small demo."

[[models]]
name = "mini-tiny"

[[images]]
file = "images/red.png"
description = "A red square."
prompts = ["a red square", "a blue circle"]

[[images]]
file = "images/blue.png"
description = "A blue square."
prompts = ["a blue square", "a red square"]
author = "Nobody"
license = "CC0-1.0"
"""


def gradient(width: int, height: int, seed: int = 0) -> Image.Image:
    """A picture in which every place looks different."""
    rng = np.random.default_rng(seed)
    x, y = np.meshgrid(np.linspace(0, 1, width), np.linspace(0, 1, height))
    tint = np.full_like(x, rng.uniform(0.2, 0.8))
    return Image.fromarray((np.stack([x, y, tint], axis=-1) * 255).astype(np.uint8))


def jpeg_bytes(picture: Image.Image, **options: object) -> bytes:
    """The picture as a JPEG file."""
    data = io.BytesIO()
    picture.save(data, "JPEG", **options)
    return data.getvalue()


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel as it is released."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT]
    subprocess.run(build, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    return wheel


@pytest.fixture
def make_demo(tmp_path: Path) -> MakeDemo:
    """Writes a demo.toml with two pictures beside it and returns its path."""

    def make(text: str = DEMO) -> Path:
        folder = tmp_path / "demo"
        (folder / "images").mkdir(parents=True, exist_ok=True)
        for seed, name in enumerate(("red", "blue")):
            gradient(340, 300, seed).save(folder / "images" / f"{name}.png")
        path = folder / "demo.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return make


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[FakeHub]:
    """A hub that the environment names, for a user who has given no token."""
    from huggingface_hub import constants

    for name in ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN", "HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(constants, "HF_TOKEN_PATH", str(tmp_path / "no-token"))
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "shared"))
    monkeypatch.setattr("builder.download.transfer.time.sleep", [].append)
    with serving_hub() as served:
        monkeypatch.setenv("HF_ENDPOINT", served.url)
        yield served

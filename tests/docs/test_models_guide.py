"""What the guide to models shows builds as it stands there."""

import io
import re
import textwrap
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

from builder.cache import Cache
from builder.pipeline.image_text import build_site
from builder.progress import Progress
from builder.site.report import Report
from builder.spec.demo import DemoSpec, load_spec
from builder.spec.models import ModelSpec
from tests.conftest import DEMO, MakeDemo
from tests.towers.checkpoints import VOCABULARY

GUIDE = Path(__file__).parents[2] / "docs" / "how-to" / "models.md"
MODULES = ("my_linen", "my_equinox", "my_nnx", "my_torch")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)


@pytest.fixture
def spec(make_demo: MakeDemo) -> Path:
    """A demo with every Python example as a model."""
    tables = "".join(f'[[models]]\nid = "{m}"\ntowers = "{m}:make"\n\n' for m in MODULES)
    path = make_demo(DEMO.replace('[[models]]\nname = "mini-tiny"\n', tables))
    for code in blocks("python"):
        name, _, _ = code.removeprefix("# ").partition("\n")
        (path.parent / name).write_text(code, encoding="utf-8")
    (path.parent / "vocabulary.model").write_bytes(VOCABULARY.read_bytes())
    rng = np.random.default_rng(0)
    shapes = {
        "image.patches.weight": (32, 3, 16, 16),
        "image.patches.bias": (32,),
        "image.head.weight": (16, 32),
        "image.head.bias": (16,),
        "text.embedding.weight": (10_000, 32),
        "text.head.weight": (16, 32),
        "text.head.bias": (16,),
        "logit_scale": (),
    }
    weights = {name: rng.normal(size=shape).astype(np.float32) for name, shape in shapes.items()}
    np.savez(path.parent / "weights.npz", **weights)  # pyright: ignore[reportArgumentType]
    return path


@pytest.mark.slow
def test_every_python_example_builds(spec: Path, tmp_path: Path):
    assert {code.split()[1] for code in blocks("python")} == {f"{name}.py" for name in MODULES}
    cache, progress = Cache(tmp_path / "cache"), Progress(Console(file=io.StringIO()))
    report = build_site(spec, tmp_path / "site", cache=cache, progress=progress)
    assert isinstance(report, Report)
    assert [model.id for model in report.models] == list(MODULES)
    for model in report.models:
        assert model.parity
        assert model.parity.min_cosine > 0.9999


def read_models(table: str, make_demo: MakeDemo) -> tuple[ModelSpec, ...]:
    """The models of a demo with this table, beside the files that it names."""
    path = make_demo(DEMO.replace('[[models]]\nname = "mini-tiny"\n', table))
    for name in ("my_siglip.npz", "sentencepiece.model"):
        (path.parent / name).touch()
    for name in re.findall(r'checkpoint = "(.*)/"', table):
        (path.parent / name).mkdir(exist_ok=True)
    spec = load_spec(path)
    assert isinstance(spec, DemoSpec)
    return spec.models


def test_every_table_is_understood(make_demo: MakeDemo):
    tables = [textwrap.dedent(table) for table in blocks("toml") if "[[models]]" in table]
    read = [model for table in tables for model in read_models(table, make_demo)]
    assert [spec.name for spec in read if spec.name] == [
        "hf:openai/clip-vit-base-patch32",
        "hf:google/siglip2-base-patch16-224",
        "LiT-L16Ti",
    ]
    assert [spec.is_folder for spec in read if spec.checkpoint].count(True) == 3
    (checkpoint,) = [spec for spec in read if spec.checkpoint and not spec.is_folder]
    assert checkpoint.card.name == "My SigLIP"
    (towers,) = [spec.towers for spec in read if spec.towers]
    assert str(towers) == "my_linen:make"

"""What the guide to models shows builds as it stands there."""

import io
import re
import textwrap
from pathlib import Path

import flax.serialization
import numpy as np
import orbax.checkpoint
import pytest
from rich.console import Console

from builder.author_code import load_function
from builder.cache import Cache
from builder.models.author import TwoTowerModel
from builder.pipeline.image_text import build_site
from builder.progress import Progress
from builder.site.report import Report
from builder.spec.demo import DemoSpec, load_spec
from builder.spec.models import ModelSpec
from builder.spec.types import Target
from tests.conftest import DEMO, MakeDemo
from tests.towers.checkpoints import VOCABULARY

GUIDE = Path(__file__).parents[2] / "docs" / "how-to" / "models.md"
MODULES = ("my_linen", "my_msgpack", "my_equinox", "my_nnx", "my_orbax", "my_torch")


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
    save_flax_models(path.parent)
    return path


def call(folder: Path, target: str) -> TwoTowerModel:
    """What an example's function returns."""
    module, _, name = target.partition(":")
    return load_function(Target(module, name, folder))()


def save_flax_models(folder: Path) -> None:
    """Write the Flax examples' own parameters, as those that read files expect them."""
    linen, nnx_model = call(folder, "my_linen:make"), call(folder, "my_nnx:make")
    for side in ("image", "text"):
        params = getattr(linen, side).params
        (folder / f"{side}.msgpack").write_bytes(flax.serialization.to_bytes(params))
        with orbax.checkpoint.StandardCheckpointer() as checkpointer:
            checkpointer.save(
                folder.resolve() / f"{side}_checkpoint", getattr(nnx_model, side).params
            )


@pytest.mark.parametrize(("written", "read"), [("my_linen", "my_msgpack"), ("my_nnx", "my_orbax")])
def test_an_example_that_reads_a_file_has_the_rows_of_what_wrote_it(
    written: str, read: str, spec: Path
):
    theirs, ours = (call(spec.parent, f"{name}:make") for name in (written, read))
    pictures = np.random.default_rng(1).normal(size=(2, 224, 224, 3)).astype(np.float32)
    tokens = np.arange(32, dtype=np.int32).reshape(2, 16)
    np.testing.assert_array_equal(ours.image(pictures), theirs.image(pictures))
    np.testing.assert_array_equal(ours.text(tokens), theirs.text(tokens))


@pytest.mark.slow
def test_every_python_example_builds(spec: Path, tmp_path: Path):
    assert {code.split()[1] for code in blocks("python")} == {f"{name}.py" for name in MODULES}
    cache, progress = Cache(tmp_path / "cache"), Progress(Console(file=io.StringIO()))
    report = build_site(spec, tmp_path / "site", cache=cache, progress=progress)
    assert isinstance(report, Report)
    assert [model.id for model in report.models] == list(MODULES)
    for model in report.models:
        assert model.parity
        assert model.parity.min_cosine > 0.999


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

"""A kept result is made anew when anything it depends on has changed, and not otherwise."""

import shutil
from collections.abc import Callable, Iterator
from importlib import metadata
from pathlib import Path

import pytest

from builder import fingerprint

KINDS: dict[str, Callable[[], str]] = {
    "towers": fingerprint.tower_code,
    "embedding": fingerprint.embedding_code,
    "images": fingerprint.image_code,
    "exporter": fingerprint.exporter_code,
    "runtime": fingerprint.runtime_code,
    "map": fingerprint.map_code,
    "index": fingerprint.index_code,
    "compression": fingerprint.compression_code,
}

DEPENDS_ON_FILES = {
    "towers": ["towers/vit.py", "towers/checkpoint_layouts.py", "model.py", "params.py"],
    "embedding": ["embedding/devices.py"],
    "images": ["images/prepare.py", "images/open.py", "images/resize.py"],
    "exporter": ["tfjs/lower/matmul.py", "tfjs/kernels.json", "conversion/check.py"],
    "runtime": ["_web/tfjs-runtime.mjs"],
    "map": ["gallery/overview/layout.py"],
    "index": ["gallery/index/train.py", "gallery/index/kept.py", "gallery_manifest.py"],
    "compression": ["site/compression.py"],
}

DEPENDS_ON_PACKAGES = {
    "towers": ["jax", "jaxlib", "flax"],
    "embedding": ["jax", "jaxlib", "numpy"],
    "images": ["pillow", "numpy"],
    "exporter": ["jax", "jaxlib", "numpy"],
    "runtime": [],
    "map": ["numpy"],
    "index": ["jax", "jaxlib", "numpy", "faiss-cpu"],
    "compression": [],
}


def take_all() -> dict[str, str]:
    fingerprint._sources.cache_clear()  # pyright: ignore[reportPrivateUsage]
    fingerprint._packages.cache_clear()  # pyright: ignore[reportPrivateUsage]
    return {kind: take() for kind, take in KINDS.items()}


@pytest.fixture
def sources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of the files that any fingerprint is of, to be changed."""
    for place in (*("towers", "embedding", "images", "tfjs", "conversion"), *("gallery", "site")):
        shutil.copytree(fingerprint.ROOT / place, tmp_path / place)
    for name in ("model.py", "params.py", "gallery_manifest.py", "file_ref.py"):
        shutil.copyfile(fingerprint.ROOT / name, tmp_path / name)
    (tmp_path / "_web").mkdir()
    (tmp_path / "_web" / "tfjs-runtime.mjs").write_text("// the bundle")
    monkeypatch.setattr(fingerprint, "ROOT", tmp_path)
    yield tmp_path
    monkeypatch.undo()
    take_all()


@pytest.mark.parametrize(
    ("kind", "name"), [(kind, name) for kind, names in DEPENDS_ON_FILES.items() for name in names]
)
def test_a_changed_file_changes_the_fingerprints_of_what_it_makes(
    sources: Path, kind: str, name: str
):
    before = take_all()
    with (sources / name).open("a") as file:
        file.write("\n")
    after = take_all()
    assert [k for k in KINDS if after[k] != before[k]] == [kind]


@pytest.mark.parametrize("package", ["jax", "jaxlib", "flax", "numpy", "pillow", "faiss-cpu"])
def test_another_version_of_a_package_changes_the_fingerprints_of_what_uses_it(
    sources: Path, monkeypatch: pytest.MonkeyPatch, package: str
):
    before, real = take_all(), metadata.version

    def version(name: str) -> str:
        return "0" if name == package else real(name)

    monkeypatch.setattr(metadata, "version", version)
    after = take_all()
    changed = [kind for kind in KINDS if after[kind] != before[kind]]
    assert changed == [kind for kind in KINDS if package in DEPENDS_ON_PACKAGES[kind]]


def test_what_python_leaves_beside_its_sources_does_not_count(sources: Path):
    before = take_all()
    (sources / "tfjs" / "__pycache__").mkdir(exist_ok=True)
    (sources / "tfjs" / "__pycache__" / "graph.cpython-399.pyc").write_bytes(b"bytecode")
    assert take_all() == before


@pytest.mark.usefixtures("sources")
def test_a_package_that_a_demo_does_without_need_not_be_installed(
    monkeypatch: pytest.MonkeyPatch,
):
    before, real = take_all(), metadata.version

    def version(name: str) -> str:
        if name == "faiss-cpu":
            raise metadata.PackageNotFoundError(name)
        return real(name)

    monkeypatch.setattr(metadata, "version", version)
    after = take_all()
    assert [kind for kind in KINDS if after[kind] != before[kind]] == ["index"]

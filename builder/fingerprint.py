"""What each kind of cached result depends on besides its data: our code, and packages.

Cache keys are made of these, each stated once, here. A change to one of the files, or to the
version of a package, gives another fingerprint, and so another key.
"""

import zlib
from functools import cache
from importlib import metadata
from pathlib import Path

from builder.cache import digest

ROOT = Path(__file__).parent


def tower_code() -> str:
    """What the rows of a tower depend on besides its weights: layers, loaders, JAX."""
    sources = _sources("towers", "model.py", "params.py", "npz.py")
    return digest(sources, _packages("jax", "jaxlib", "flax"))


def embedding_code() -> str:
    """What rows depend on besides tower and input: how devices are used."""
    files = ("embedding/devices.py", "embedding/depthwise.py")
    return digest(_sources(*files), _packages("jax", "jaxlib", "numpy"))


def vocabulary_code() -> str:
    """What the choice of pieces depends on besides vocabulary and texts: how they are chosen."""
    return digest(_sources("text", "vocabulary.py"), _packages("sentencepiece", "tokenizers"))


def image_code() -> str:
    """What prepared pictures depend on besides the author's file: cropping, resizing, codecs."""
    return digest(_sources("images"), _packages("pillow", "pillow-heif", "numpy"))


def exporter_code() -> str:
    """What a graph depends on besides the function: rules, rewrites, the table of kernels, JAX."""
    return digest(_sources("tfjs", "conversion"), _packages("jax", "jaxlib", "numpy"))


def runtime_code() -> str:
    """What the results of TensorFlow.js depend on besides the graph: the bundle that Node runs."""
    return _sources("_web/tfjs-runtime.mjs")


def map_code() -> str:
    """What the map of a gallery depends on besides its rows: how they are laid out, UMAP."""
    return digest(
        _sources("gallery/overview/layout.py"), _packages("umap-learn", "pynndescent", "numpy")
    )


def index_code() -> str:
    """What the index of a gallery depends on besides rows and sentences: how it is made, faiss."""
    sources = _sources("gallery/index", "gallery_manifest.py", "file_ref.py")
    return digest(sources, _packages("faiss-cpu", "jax", "jaxlib", "numpy", "optax"))


def compression_code() -> str:
    """What a compressed file depends on besides its content: level and format, zlib."""
    return digest(_sources("site/compression.py"), zlib.ZLIB_RUNTIME_VERSION)


@cache
def _sources(*places: str) -> str:
    """Hash of files and of all files in folders below `builder/`: their paths and contents."""
    parts: list[str | bytes] = []
    for place in places:
        path = ROOT / place
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.is_file() and "__pycache__" not in file.parts:
                parts += [file.relative_to(ROOT).as_posix(), file.read_bytes()]
    return digest(*parts)


@cache
def _packages(*names: str) -> str:
    return digest(*(f"{name} {_find_version(name)}" for name in names))


def _find_version(name: str) -> str:
    """That of a package; empty if it is not installed, since not every demo needs each."""
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""

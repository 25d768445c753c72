"""`python -m tests.fuzz.pictures [COUNT [SEED]]`: damaged pictures of every format, COUNT of each.

Each must be shown or refused in a sentence; and what is rebuilt of a JPEG must hold only a picture.
"""

import random
import sys
import tempfile
import time
from pathlib import Path

from builder.errors import ImageError
from builder.images.jpeg.hidden import hidden_content
from builder.images.jpeg.rebuild import rebuild_jpeg
from builder.images.open import open_picture
from tests.images.damage import damage, samples

_SLOW_S = 10.0


def main(count: int = 2_000, seed: int = 0) -> int:
    """Print a line for each kind of file; gives the exit code."""
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "picture"
        for name, content in samples().items():
            randomness, shown = random.Random(f"{seed} {name}"), 0
            for _ in range(count):
                damaged = damage(content, randomness)
                path.write_bytes(damaged)
                started = time.perf_counter()
                try:
                    open_picture(path)
                    shown += 1
                except ImageError:
                    pass  # as it should be
                rebuilt = rebuild_jpeg(damaged)
                is_clean = rebuilt is None or hidden_content(rebuilt) is None
                if not is_clean or time.perf_counter() - started > _SLOW_S:
                    kept = Path(tempfile.gettempdir()) / f"picture-{seed}-{failed}"
                    kept.write_bytes(damaged)
                    print(f"{name}: slow, or something hidden is kept: {kept}")
                    failed += 1
            print(f"{name}: {shown:,} of {count:,} damaged files are shown, the others refused")
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))

"""`python -m tests.fuzz.worker FORMAT START STOP`: a line for each seed, on what it did."""

import resource
import sys
import tempfile
import traceback
import warnings
from pathlib import Path

from tests.fuzz.formats import FORMATS, Folder

_MEMORY = 16 << 30
"""Bytes of addresses, so that a bomb ends this process rather than the machine."""


def main(name: str, start: int, stop: int) -> None:
    """Damage and read, seed by seed."""
    warnings.simplefilter("ignore")
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with tempfile.TemporaryDirectory() as folder:
        damaged = Folder(Path(folder), FORMATS[name])
        for seed in range(start, stop):
            try:
                result = "accepted" if damaged.try_seed(seed) is None else "refused"
            except Exception as error:
                frame = traceback.extract_tb(error.__traceback__)[-1]
                place = f"{Path(frame.filename).name}:{frame.lineno}"
                result = f"traceback {type(error).__name__} at {place}: {error}".splitlines()[0]
            sys.stdout.write(f"{result}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:]))

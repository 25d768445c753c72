"""A converter in an environment of its own, as seen from ours."""

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Literal, TypeAlias

ROOT = Path(__file__).parents[2]

Name: TypeAlias = Literal["ours", "reference"]

PYTHONS: dict[Name, str] = {"ours": ".venv/bin/python", "reference": ".venv-crosscheck/bin/python"}


@dataclass(frozen=True)
class Conversion:
    """What became of one model; `seconds` are those of the last attempt."""

    converted: bool
    seconds: float
    peak_mb: float
    problems: list[str]


class Converter:
    """A process of tests/crosscheck/worker.py; a context manager that ends it."""

    def __init__(self, name: Name, folder: Path) -> None:
        self.folder = folder / name
        self._log = folder / f"{name}.txt"
        with self._log.open("w", encoding="utf-8") as log:
            self._process = subprocess.Popen(
                [ROOT / PYTHONS[name], "-m", "tests.crosscheck.worker", name, folder],
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )

    def __enter__(self) -> "Converter":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._process.communicate()

    def convert(self, place: int) -> Conversion:
        """Convert one of MODELS into its folder, if that can be done."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(place, file=self._process.stdin, flush=True)
        line = self._process.stdout.readline()
        if not line:
            log = self._log.read_text(encoding="utf-8")
            raise RuntimeError(f"The converter has stopped.\n{log[-4000:]}")
        return Conversion(**json.loads(line))

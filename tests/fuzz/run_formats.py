"""Read damaged files of every format, in processes of their own, which may crash or hang."""

import select
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

HANG_S = 20
"""No damaged file takes a second; a machine under load has some slack."""


@dataclass
class Outcome:
    """What became of the damaged files of a format; `faults` are seeds, each with what happened."""

    counts: Counter[str] = field(default_factory=Counter[str])
    faults: list[tuple[int, str]] = field(default_factory=list[tuple[int, str]])

    def add(self, seed: int, result: str) -> None:
        """Count a result of `tests.fuzz.worker`, or "hang" or "crash"."""
        kind, _, what = result.partition(" ")
        self.counts[kind] += 1
        if kind not in ("accepted", "refused"):
            self.faults.append((seed, what or kind))

    def __str__(self) -> str:
        kinds = ("accepted", "refused", "traceback", "crash", "hang")
        return ", ".join(f"{self.counts[kind]:,} {kind}" for kind in kinds)


def try_format(name: str, seeds: range) -> Outcome:
    """Read the files that these seeds damage; after a crash or a hang, go on behind it."""
    outcome = Outcome()
    while seeds:
        bounds = (str(seeds.start), str(seeds.stop))
        command = [sys.executable, "-m", "tests.fuzz.worker", name, *bounds]
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        ) as process:
            answered = 0
            for line in _lines(process):
                outcome.add(seeds[answered], line)
                answered += 1
            if answered < len(seeds):
                is_alive = process.poll() is None
                process.kill()
                outcome.add(seeds[answered], "hang" if is_alive else f"crash {process.wait()}")
        seeds = seeds[answered + 1 :]
    return outcome


def _lines(process: "subprocess.Popen[str]") -> Iterator[str]:
    """What the worker prints, until it ends or says nothing for too long."""
    assert process.stdout
    timeout: float = 10 * HANG_S  # it imports JAX first
    while select.select([process.stdout], [], [], timeout)[0]:
        if not (line := process.stdout.readline()):
            process.wait()
            return
        yield line.rstrip("\n")
        timeout = HANG_S

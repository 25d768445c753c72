"""A sample of the places at which `make faults` interrupts; each run is a process of its own."""

import itertools
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

EVERY = {
    **{"build": 151, "first-build": 97, "embed": 3, "gallery": 61},
    **{"publish-zip": 2, "publish-github": 13},
}
"""Coprime to what repeats in an operation, so that all kinds of places are met."""

BRIEF = (
    ("build", "kill"),
    ("build", "ENOSPC"),
    ("embed", "kill"),
    ("embed", "ENOSPC"),
    ("gallery", "kill"),
    ("publish-zip", "kill"),
    ("publish-github", "kill"),
)
"""What `make test` tries; `make long` tries every fault in every scenario."""


def choose() -> Iterator[Any]:
    for scenario, fault in itertools.product(EVERY, ("kill", "ENOSPC", "EIO")):
        mark = pytest.mark.slow if (scenario, fault) in BRIEF else pytest.mark.long
        yield pytest.param(scenario, fault, marks=mark)


@pytest.mark.parametrize(("scenario", "fault"), list(choose()))
def test_the_old_or_the_new_is_whole_and_the_next_one_works(scenario: str, fault: str):
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults", scenario, fault, f"--every={EVERY[scenario]}"],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["wrong"] == [], done.stderr
    assert found["states"]["old"] > 0
    expected = "killed" if fault == "kill" else "exit code 2"
    assert found["ended"][expected] > 0

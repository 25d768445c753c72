"""A sample of the places at which `make faults` interrupts; each run is a process of its own."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

EVERY = {"build": 41, "first-build": 67, "publish-zip": 1, "publish-github": 9}
"""Coprime to what repeats in an operation, so that all kinds of places are met."""


@pytest.mark.slow
@pytest.mark.parametrize("fault", ["kill", "ENOSPC", "EIO"])
@pytest.mark.parametrize("scenario", EVERY)
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

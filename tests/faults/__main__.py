"""Interrupts a scenario at its operations on files, one after the other; prints what came of it.

`python -m tests.faults SCENARIO FAULT [--every N]`, where FAULT is kill, ENOSPC or EIO. It is a
program of its own since it forks, which a process with threads should not do.
"""

import argparse
import errno
import json
import os
import shutil
import signal
import sys
import tempfile
import traceback
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path

from tests.faults.scenarios import SCENARIOS, Scenario
from tests.faults.shim import Faults

_BROKEN = 99
"""Exit code of a child that ended in an exception."""


def main() -> None:
    """Print a JSON object: how many places there are, how the process ended, and what was wrong.

    `survived` are the operations whose failure the process made up for.
    """
    parser = argparse.ArgumentParser()
    parser.add_argument("scenario", choices=SCENARIOS)
    parser.add_argument("fault", choices=["kill", "ENOSPC", "EIO"])
    parser.add_argument("--every", type=int, default=1)
    options = parser.parse_args()
    error = 0 if options.fault == "kill" else getattr(errno, options.fault)
    with tempfile.TemporaryDirectory() as scratch:
        _use_own_git_settings(Path(scratch))
        print(json.dumps(interrupt(SCENARIOS[options.scenario](), error, options.every, scratch)))


def interrupt(scenario: Scenario, error: int, every: int, scratch: str) -> dict[str, object]:
    """Try every so many-th place; a fault at each, then once more without."""
    prepared = Path(scratch, "prepared")
    prepared.mkdir()
    assert _in_child(lambda: scenario.prepare(prepared) or 0) == 0
    names = _list_operations(scenario, prepared, Path(scratch, "counted"))
    survived: Counter[str] = Counter()
    ended: Counter[str] = Counter()
    states: Counter[str] = Counter()
    wrong: list[str] = []
    for place in range(0, len(names), every):
        folder = Path(scratch, f"at-{place}")
        shutil.copytree(prepared, folder, symlinks=True)
        code = _in_child(partial(_act, scenario, folder, Faults(place, error)))
        if code == 0:
            survived[names[place]] += 1
        ended["killed" if code == -signal.SIGKILL else f"exit code {code}"] += 1
        try:
            assert code in (0, 2, -signal.SIGKILL), f"exit code {code}"
            states[scenario.check(folder)] += 1
            _require_recovery(scenario, folder)
        except Exception as problem:
            wrong.append(f"place {place}: {problem!r}")
        shutil.rmtree(folder)
    return {
        "places": len(names),
        "ended": ended,
        "survived": survived,
        "states": states,
        "wrong": wrong,
    }


def _require_recovery(scenario: Scenario, folder: Path) -> None:
    assert _in_child(partial(scenario.act, folder)) == 0, "the next one fails"
    assert scenario.check(folder) == "new", "the next one does nothing"
    assert not scenario.leftovers(folder), f"left: {scenario.leftovers(folder)}"


def _act(scenario: Scenario, folder: Path, faults: Faults) -> int:
    faults.install()
    return scenario.act(folder)


def _list_operations(scenario: Scenario, prepared: Path, folder: Path) -> list[str]:
    """The names of all operations, in the order in which they happen without a fault."""
    shutil.copytree(prepared, folder, symlinks=True)
    listing = folder.with_name("operations")

    def count() -> int:
        faults = Faults()
        code = _act(scenario, folder, faults)
        names = "\n".join(faults.names)
        listing.write_text(names)
        return code

    assert _in_child(count) == 0
    return listing.read_text().splitlines()


def _in_child(act: Callable[[], int]) -> int:
    """Run it in a process of its own; returns its exit code, or less the signal that ended it."""
    child = os.fork()
    if child == 0:
        code = _BROKEN
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        try:
            code = act()
        except BaseException:
            traceback.print_exc()
        os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _use_own_git_settings(folder: Path) -> None:
    settings = folder / "gitconfig"
    settings.write_text("[user]\nname = A\nemail = a@example.org\n[init]\ndefaultBranch = main\n")
    os.environ |= {"GIT_CONFIG_GLOBAL": str(settings), "GIT_CONFIG_NOSYSTEM": "1"}


if __name__ == "__main__":
    main()

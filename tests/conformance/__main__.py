"""Runs the cases of JAX's primitive harness: `make conformance`, after set-up.

What is found is kept in build/conformance/, so that an interrupted run goes on where it stopped;
any change to the exporter, to JAX or to TensorFlow.js begins anew. With --only or --primitive, the
cases that are named are run and printed, and nothing is kept or written.
"""

import argparse
import json
import os
import sys
import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path

import jax
from rich.console import Console

from builder.cache import digest
from builder.conversion.check import BACKENDS
from builder.fingerprint import exporter_code, runtime_code
from builder.progress import Advance, Progress
from builder.tfjs.runtime import NodeBackend, Runtime
from tests.conformance.cases import Case, all_cases
from tests.conformance.outcome import Outcome, try_case
from tests.conformance.report import write_report

KEPT = Path("build/conformance")
PAGE = Path("docs/conformance.md")
_CASES_PER_CLEARING = 100
"""After so many cases, JAX forgets what it compiled, which would fill the memory."""


def run(cases: Sequence[Case]) -> Iterator[Outcome]:
    """The outcomes of cases, in one process with one Node for each backend."""
    with ExitStack() as stack:
        runtimes: dict[NodeBackend, Runtime] = {
            backend: stack.enter_context(Runtime(backend)) for backend in BACKENDS
        }
        for count, case in enumerate(cases):
            if count % _CASES_PER_CLEARING == 0:
                jax.clear_caches()
            yield try_case(case, runtimes)


def run_kept(cases: Sequence[Case], advance: Advance) -> list[Outcome]:
    """The outcomes of cases, those of an interrupted run first."""
    code = [exporter_code(), runtime_code(), *(_read(name) for name in ("cases", "outcome"))]
    kept = KEPT / f"{digest(*code)}.jsonl"
    kept.parent.mkdir(parents=True, exist_ok=True)
    found = [Outcome(**json.loads(line)) for line in kept.open()] if kept.exists() else []
    advance(len(found))
    known = {outcome.name for outcome in found}
    with kept.open("a", buffering=1) as file:
        for outcome in run([case for case in cases if case.name not in known]):
            file.write(json.dumps(asdict(outcome)) + os.linesep)
            found.append(outcome)
            advance(1)
    return found


def _read(module: str) -> str:
    return Path(__file__).with_name(f"{module}.py").read_text()


def print_outcomes(cases: Sequence[Case]) -> None:
    """Run cases; print those that do not pass, and how many of each primitive do what."""
    counts: Counter[tuple[str, str]] = Counter()
    for outcome in run(cases):
        counts[outcome.primitive, outcome.kind] += 1
        if outcome.kind != "passed":
            print(outcome.kind.upper(), outcome.name, "|", " ".join(outcome.reason.split())[:230])
    for (primitive, kind), count in sorted(counts.items()):
        print(primitive, kind, count)


def main() -> None:
    """Run the cases."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", metavar="TEXT", help="run the cases whose names contain it")
    parser.add_argument("--primitive", metavar="NAME", help="run the cases of one primitive")
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")  # the harness uses what JAX deprecates
    cases = all_cases()
    if arguments.only or arguments.primitive:
        only, primitive = arguments.only or "", arguments.primitive
        cases = [c for c in cases if only in c.name and primitive in (None, c.primitive)]
        print_outcomes(cases)
        return
    with Progress(Console(stderr=True)).step("Convert and compare", len(cases)) as advance:
        outcomes = run_kept(cases, advance)
    write_report(outcomes, PAGE)
    faults = [o for o in outcomes if o.kind in ("wrong", "failed")]
    for outcome in faults:
        print(f"{outcome.kind}: {outcome.name}: {outcome.reason}", file=sys.stderr)
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()

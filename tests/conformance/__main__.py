"""Runs the cases of JAX's harness and prints those that do not pass, and counts."""

import argparse
import sys
import time
import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack

from builder.conversion.check import BACKENDS
from builder.tfjs.runtime import Runtime
from tests.conformance.cases import Case, all_cases
from tests.conformance.outcome import Outcome, try_case


def run(cases: Sequence[Case]) -> Iterator[Outcome]:
    """The outcomes of cases, in one process with one Node for each backend."""
    warnings.simplefilter("ignore")
    with ExitStack() as stack:
        runtimes = {b: stack.enter_context(Runtime(b)) for b in BACKENDS}
        for case in cases:
            started = time.time()
            outcome = try_case(case, runtimes)
            if time.time() - started > 10:
                print(f"{case.name} took {time.time() - started:.0f} s", file=sys.stderr)
            yield outcome


def main() -> None:
    """Run the cases."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", metavar="TEXT", help="cases whose names contain it")
    parser.add_argument("--primitive", default="", help="cases of one primitive")
    parser.add_argument("--every", type=int, default=1, help="one case of so many")
    arguments = parser.parse_args()
    cases = [c for c in all_cases() if arguments.only in c.name]
    cases = [c for c in cases if not arguments.primitive or c.primitive == arguments.primitive]
    counts: Counter[tuple[str, str]] = Counter()
    for outcome in run(cases[:: arguments.every]):
        counts[outcome.primitive, outcome.kind] += 1
        if outcome.kind != "passed":
            print(outcome.kind.upper(), outcome.name, "|", " ".join(outcome.reason.split())[:230])
    for (primitive, kind), count in sorted(counts.items()):
        print(primitive, kind, count)


if __name__ == "__main__":
    main()

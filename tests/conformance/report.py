"""docs/conformance.md, from the outcomes of all cases."""

import importlib.metadata
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from builder.tfjs import kernels
from tests.conformance.cases import UNDEFINED
from tests.conformance.outcome import ABSOLUTE, RELATIVE, Kind, Outcome

DTYPES = (
    *("float32", "int32", "bool", "uint8", "int8", "uint16", "int16", "uint32"),
    *("bfloat16", "float16", "complex64"),
)
MAIN = ("float32", "int32", "bool")
_KINDS: Sequence[Kind] = ("passed", "refused", "wrong", "failed")


def write_report(outcomes: Sequence[Outcome], path: Path) -> None:
    """Write the page."""
    main = [o for o in outcomes if o.dtype in MAIN]
    path.write_text(
        _TEXT.format(
            jax=importlib.metadata.version("jax"),
            tfjs=kernels.version(),
            relative=f"{RELATIVE:g}",
            absolute=f"{ABSOLUTE:g}",
            count=f"{len(outcomes):,}",
            summary=_summary(outcomes),
            share=f"{_share(main):.1%}",
            main=f"{len(main):,}",
            table=_table(outcomes),
            faults=_list_faults(outcomes),
            refusals=_list_refusals(outcomes),
            undefined="\n".join(f"- {reason}: `{name}`" for name, reason in UNDEFINED.items()),
        )
    )


def _share(outcomes: Sequence[Outcome]) -> float:
    return sum(o.kind == "passed" for o in outcomes) / max(1, len(outcomes))


def _summary(outcomes: Sequence[Outcome]) -> str:
    lines = [f"| dtype | cases | {' | '.join(_KINDS)} |", f"| --- {'| ---: ' * 5}|"]
    for dtype in DTYPES:
        counts = Counter(o.kind for o in outcomes if o.dtype == dtype)
        numbers = [counts.total(), *(counts[kind] for kind in _KINDS)]
        lines.append(f"| {dtype} | {' | '.join(map(str, numbers))} |")
    return "\n".join(lines)


def _table(outcomes: Iterable[Outcome]) -> str:
    found: Mapping[str, Mapping[str, Counter[Kind]]] = defaultdict(lambda: defaultdict(Counter))
    for outcome in outcomes:
        found[outcome.primitive][outcome.dtype][outcome.kind] += 1
    lines = [
        f"| primitive | {' | '.join(DTYPES)} | refused | wrong | failed |",
        f"| --- {'| ---: ' * (len(DTYPES) + 3)}|",
    ]
    for primitive, counts in sorted(found.items()):
        cells = [_cell(counts[dtype]) for dtype in DTYPES]
        totals = [sum(c[kind] for c in counts.values()) or "" for kind in _KINDS[1:]]
        lines.append(f"| `{primitive}` | {' | '.join([*cells, *map(str, totals)])} |")
    return "\n".join(lines)


def _cell(counts: Counter[Kind]) -> str:
    if not counts:
        return ""
    passed, total = counts["passed"], counts.total()
    return str(total) if passed == total else f"{passed} of {total}"


def _list_faults(outcomes: Sequence[Outcome]) -> str:
    faults = [o for o in outcomes if o.kind in ("wrong", "failed")]
    return "\n".join(f"- {o.kind}: `{o.name}`: {o.reason}" for o in faults) or "None."


def _list_refusals(outcomes: Sequence[Outcome]) -> str:
    dtypes: Mapping[tuple[str, str], list[str]] = defaultdict(list)
    for outcome in outcomes:
        if outcome.kind == "refused":
            dtypes[outcome.primitive, _reason(outcome)].append(outcome.dtype)
    lines = [
        f"- `{primitive}`, {len(found)} of {', '.join(d for d in DTYPES if d in found)}: {reason}"
        for (primitive, reason), found in sorted(dtypes.items())
    ]
    return "\n".join(lines) or "None."


def _reason(outcome: Outcome) -> str:
    """The first line without the place in the code, which is that of the harness."""
    first = outcome.reason.splitlines()[0]
    return re.sub(r"^\S+:\d+ \(.*?\): ", "", first)


_TEXT = """# Conformance

Written by `make conformance`; do not edit.

JAX tests its primitives with a harness of its own, `jax._src.internal_test_util.test_harnesses`:
every primitive in many shapes, dtypes and parameters. Each of its {count} cases for processors is
converted by the exporter, run in TensorFlow.js {tfjs} under Node on wasm and on cpu, and compared
with `jax.jit` of JAX {jax}. Twins of cases that differ in `enable_xla` only, and cases of 64 bits,
are left out.

**Passed**: on both backends, integers and truth values are equal, NaN and infinities are in the
same places, and no number is off by more than {relative} of itself plus {absolute} of the largest
of its output (16-bit floats: 4 units in the last place). A uint32 is compared by its bits, since
TensorFlow.js has none. **Refused**: an error names the primitive, the line of the user's code, and
a way out. **Wrong**: another number. **Failed**: any other error.

{summary}

Of the {main} cases of float32, int32 and bool, {share} pass.

## Wrong or failed

{faults}

## By primitive

The number of cases where all pass, or how many of them do.

{table}

## Refused

{refusals}

## Undefined

What JAX promises nothing about is not compared:

{undefined}
"""

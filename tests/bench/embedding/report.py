"""docs/embedding.md, from what was measured."""

import importlib.metadata
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from tests.bench.export.report import describe_machine

BATCH = 8
"""Images in a batch where rows are compared; `builder.embedding` takes no more on a processor."""
EMBEDDED = f"embedded from files, batches of {BATCH}"
TORCH = f"PyTorch's forward pass, batches of {BATCH}"


def bare(batch_size: int) -> str:
    """The row of the forward pass alone."""
    return f"forward pass, batches of {batch_size}"


@dataclass(frozen=True)
class Report:
    """Images per second by row and round, seconds to load one, and MB by number of images."""

    rates: Mapping[str, Sequence[float]]
    images: int
    loading: float
    peaks: Mapping[int, float]
    torch: str | None


def write_report(report: Report, path: Path) -> None:
    """Write the page."""
    rounds = len(report.rates[EMBEDDED])
    path.write_text(
        _TEXT.format(
            machine=describe_machine(),
            versions=_versions(report),
            rounds=rounds,
            images=report.images,
            rates=_rate_table(report.rates),
            loading=1000 * report.loading,
            peaks="\n".join(f"| {n} | {peak:.0f} |" for n, peak in report.peaks.items()),
        ),
        encoding="utf-8",
    )


def _versions(report: Report) -> str:
    names = [f"Python {platform.python_version()}", f"JAX {importlib.metadata.version('jax')}"]
    return ", ".join([*names, f"PyTorch {report.torch}"] if report.torch else names)


def _rate_table(rates: Mapping[str, Sequence[float]]) -> str:
    """Medians, and ratios to the forward pass within each round."""
    reference = rates[bare(BATCH)]
    lines = ["|  | images/s | ratio | from | to |", "| --- | ---: | ---: | ---: | ---: |"]
    for name, series in rates.items():
        ratios = [rate / other for rate, other in zip(series, reference, strict=True)]
        cells = [f"{median(series):.2f}"]
        cells += [f"{value:.2f}" for value in (median(ratios), min(ratios), max(ratios))]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(lines)


_TEXT = """\
# Embedding

Written by `make bench-embedding`; do not edit.

`builder.embedding` turns pictures into unit rows as fast as the tower can compute. While the
devices compute one batch, threads read, decode, crop and resize the next two, and finished rows
are stored. The batch size is chosen so that the last batch is as full as possible: at most 8 per
processor and 128 per accelerator, and fewer if two batches do not fit into the free memory. Every
batch is split over all devices that `jax.devices()` shows. On accelerators, a bfloat16 copy of
the tower is tried on the first full batch, and kept if every cosine to the float32 rows is at
least 0.9999. Texts are always embedded in float32.

Machine: {machine}. {versions}.

## Speed

ViT-L/16 at 224 pixels with random weights, on {images} photographs of the default demo. The
figures are medians of {rounds} rounds, in which all rows of the table take turns. A forward pass
finds its images in memory. Embedding starts from files and ends with rows in the cache. Neither
includes compilation. The ratio compares with the forward pass in batches of 8 of the same round,
half of which runs before embedding and half after it. Ratios that vary widely show that other
programs used the machine.

{rates}

One thread needs {loading:.0f} ms to load one of these photographs.

## Memory

Peak memory of a process that embeds with ViT-Ti/16, in MB:

| images | MB |
| ---: | ---: |
{peaks}
"""

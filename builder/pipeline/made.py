"""The hinge of a build: what comes before only computes, what comes after writes."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Generic, TypeAlias, TypeVar

from builder.cache import Cache
from builder.progress import Progress
from builder.site.folder import write_site
from builder.site.own_files import REPORT
from builder.stored_files import JoinedFiles

if TYPE_CHECKING:
    from builder.site.function_report import FunctionSiteReport
    from builder.site.report import Report

AnyReport: TypeAlias = "Report | FunctionSiteReport"
AReport = TypeVar("AReport", bound=AnyReport, covariant=True)


@dataclass(frozen=True)
class MadeSite(Generic[AReport]):
    """A site that is nowhere yet: its files by URL, its figures, and what to tell the author."""

    files: Mapping[str, bytes]
    report: AReport
    notes: tuple[str, ...]


def write_made(made: MadeSite[AReport], out: Path, *, cache: Cache, progress: Progress) -> AReport:
    """Put a site in the place of the one in `out`, or leave that as it is; returns the figures.

    Raises:
        BuilderError: if it cannot be written.
    """
    kept = write_site(JoinedFiles(made.files, {REPORT: made.report.to_json()}), out)
    for note in (*made.notes, *kept.notes(out)):
        progress.say(note)
    cache.prune_after_build()
    return made.report

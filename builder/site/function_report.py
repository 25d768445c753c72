"""What the build of a function demo produced, and how exact it is."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from rich.console import Console
from rich.table import Table

from builder.conversion.page_function import ConvertedFunction
from builder.conversion.parity import Parity
from builder.function_manifest import Function
from builder.manifest import FunctionSiteManifest
from builder.site.budget import Budget, measure_budget, megabytes
from builder.site.folder import MANIFEST, PAGE, Site
from builder.site.references import referenced_files
from builder.site.report import bytes_of
from builder.site.webapp import WebApp
from builder.tables import print_whole


@dataclass(frozen=True)
class FunctionReport:
    """One function. Parity compares what is shipped, in TensorFlow.js, with JAX."""

    id: str
    bytes: int
    graph_nodes: int
    quantization: str
    float32_max_abs_error: float
    parity: Parity


@dataclass(frozen=True)
class FunctionSiteReport:
    """Figures of a build. Bytes are those of the files, before any compression by the host."""

    functions: tuple[FunctionReport, ...]
    bytes_before_first_answer: int
    total_bytes: int
    budget: Budget
    files: int
    seconds: float
    step_seconds: Mapping[str, float]
    warnings: tuple[str, ...]

    def to_json(self) -> bytes:
        """`report.json`."""
        return json.dumps(asdict(self), indent=2).encode()

    def show(self, console: Console) -> None:
        """Print the figures for a person."""
        for warning in self.warnings:
            console.print(f"Note: {warning}", markup=False, highlight=False, soft_wrap=True)
        sizes = Table(show_header=False, box=None, padding=(0, 2, 0, 0))
        sizes.add_column()
        sizes.add_column(justify="right")
        sizes.add_row("Before the first answer", megabytes(self.bytes_before_first_answer))
        sizes.add_row(f"Whole site, {self.files} files", megabytes(self.total_bytes))
        self.budget.add_rows(sizes)
        console.print(sizes)
        title = "Functions in TensorFlow.js against JAX"
        table = Table(title=title, title_justify="left", box=None, padding=(0, 2, 0, 0))
        table.add_column("Function", no_wrap=True)
        for heading in ("Download", "Nodes", "Float32 error", "Shipped error", "Cosine"):
            table.add_column(heading, justify="right", no_wrap=True)
        for function in self.functions:
            table.add_row(
                function.id,
                megabytes(function.bytes),
                str(function.graph_nodes),
                f"{function.float32_max_abs_error:.1e}",
                f"{function.parity.max_abs_error:.1e}",
                f"{function.parity.min_cosine:.6f}",
            )
        print_whole(table, console)
        console.print(f"Built in {self.seconds:.1f} s.", highlight=False)


def make_report(
    site: Site[FunctionSiteManifest],
    app: WebApp,
    converted: Sequence[ConvertedFunction],
    max_bytes: int | None,
    step_seconds: Mapping[str, float],
    seconds: float,
    *,
    warnings: tuple[str, ...] = (),
) -> FunctionSiteReport:
    """Collect the figures of a finished build; `warnings` are what its author should know."""
    functions = site.manifest.functions
    page = [PAGE, MANIFEST, *app.first(site.manifest.language)]
    first = bytes_of(site, [*page, *app.runtime])
    first += _bytes_of_function(functions[0])
    return FunctionSiteReport(
        functions=tuple(
            FunctionReport(
                id=described.id,
                bytes=_bytes_of_function(described),
                graph_nodes=function.ops,
                quantization=function.quantization,
                float32_max_abs_error=function.float32_max_abs_error,
                parity=function.parity,
            )
            for described, function in zip(functions, converted, strict=True)
        ),
        bytes_before_first_answer=first,
        total_bytes=site.total_bytes,
        budget=measure_budget(site.files, first, max_bytes),
        files=len(site.files),
        seconds=seconds,
        step_seconds=dict(step_seconds),
        warnings=warnings,
    )


def _bytes_of_function(function: Function) -> int:
    return sum(file.bytes for file in referenced_files(function))

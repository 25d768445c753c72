"""What a build made, how much a visitor downloads, how long it took, and how exact it is."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from rich.console import Console
from rich.table import Table

_SLOWEST = 5


@dataclass(frozen=True)
class ModelReport:
    """One model. Parity compares the shipped encoder in TF.js with the author's JAX function."""

    id: str
    encoder_bytes: int
    graph_nodes: int
    quantization: str
    texts_compared: int
    float32_max_abs_error: float
    max_abs_error: float
    min_cosine: float


@dataclass(frozen=True)
class Report:
    """Figures of a build. Bytes are those of the files, before any compression by the host."""

    images: int
    prompts: int
    models: tuple[ModelReport, ...]
    bytes_before_first_answer: int
    bytes_before_first_free_text_answer: int
    total_bytes: int
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
        sizes.add_row(
            "Images, prompts, models", f"{self.images}, {self.prompts}, {len(self.models)}"
        )
        sizes.add_row("Before the first answer", megabytes(self.bytes_before_first_answer))
        sizes.add_row(
            "Before the first free-text answer",
            megabytes(self.bytes_before_first_free_text_answer),
        )
        sizes.add_row(f"Whole site, {self.files} files", megabytes(self.total_bytes))
        console.print(sizes)
        console.print(self._parity_table())
        console.print(self._steps(), highlight=False, soft_wrap=True)

    def _parity_table(self) -> Table:
        table = Table(title="Exported text encoders, TF.js against JAX", title_justify="left")
        for heading in ("Model", "Encoder", "Nodes", "Weights", "Texts"):
            table.add_column(heading)
        table.add_column("Max abs error,\nfloat32 weights", justify="right")
        table.add_column("Max abs error,\nas shipped", justify="right")
        table.add_column("Min cosine,\nas shipped", justify="right")
        for model in self.models:
            table.add_row(
                model.id,
                megabytes(model.encoder_bytes),
                str(model.graph_nodes),
                "float32" if model.quantization == "none" else model.quantization,
                str(model.texts_compared),
                f"{model.float32_max_abs_error:.1e}",
                f"{model.max_abs_error:.1e}",
                f"{model.min_cosine:.7f}",
            )
        return table

    def _steps(self) -> str:
        slowest = sorted(self.step_seconds.items(), key=lambda step: -step[1])[:_SLOWEST]
        steps = "; ".join(f"{name} {seconds:.1f} s" for name, seconds in slowest)
        return f"Built in {self.seconds:.1f} s. Slowest steps: {steps}."


def megabytes(count: int) -> str:
    """Bytes in units of a million, as browsers and hosts count them."""
    return f"{count / 1e6:.2f} MB"

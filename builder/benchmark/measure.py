"""Measures models in headless Chromium, by the page benchmark.html that every site has."""

import os
import shutil
import tempfile
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from rich.console import Console
from rich.table import Table

from builder.errors import BuilderError, SiteError
from builder.manifest import Backend, ModelsManifest
from builder.progress import Progress
from builder.publish.serve import make_server, running
from builder.site.folder import load_any_manifest, write_site
from builder.site.report import megabytes
from builder.site.template import BENCHMARK

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Playwright

BACKENDS: tuple[Backend, ...] = get_args(Backend)

_CHROMIUMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")

_FLAGS = (
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    # Without a GPU, a machine then draws and computes in software, and the report says so.
    "--enable-unsafe-swiftshader",
    "--enable-unsafe-webgpu",
)

_RUN = """([model, backend, load]) =>
  document.querySelector("lit-demo-benchmark").run(model, backend, load)"""

_THROWN = "Page.evaluate: Error: "
"""What Playwright puts before the message of an error that the page threw."""

_RENDERER = """() => {
  const gl = new OffscreenCanvas(1, 1).getContext("webgl2");
  const names = gl?.getExtension("WEBGL_debug_renderer_info");
  return names ? gl.getParameter(names.UNMASKED_RENDERER_WEBGL) : null;
}"""


@dataclass(frozen=True)
class Measurement:
    """One model in one backend, in a browser of its own; times in milliseconds.

    `load` is the time from files in memory to an encoder that can run, `first` that of its first
    run, `median` that of the others. `memory` is what the backend holds afterwards, in bytes.
    `peak_memory` is the most by which Chromium's page and GPU processes grew, if the system tells.
    """

    model: str
    backend: Backend
    input: str
    batch: int
    runs: int
    bytes: int
    load: float
    first: float
    median: float
    memory: int
    peak_memory: int | None


@dataclass(frozen=True)
class Failure:
    """Why a backend gave no figures."""

    model: str
    backend: Backend
    message: str


@dataclass(frozen=True)
class Benchmark:
    """All measurements, and what they were made on."""

    browser: str
    renderer: str | None
    measurements: tuple[Measurement, ...]
    failures: tuple[Failure, ...]

    def show(self, console: Console) -> None:
        """Print a table, as in the blog post "JAX on the Web with TensorFlow.js"."""
        gpu = self.renderer or "none"
        title = f"Chromium {self.browser} on {os.cpu_count()} cores, GPU: {gpu}"
        console.print(title, markup=False, highlight=False, soft_wrap=True)
        table = Table(box=None, padding=(0, 1, 0, 0))
        for heading in ("Model", "Backend"):
            table.add_column(heading)
        for heading in ("Input", "Size", "Load", "First", "Median", "Peak memory"):
            table.add_column(heading, justify="right")
        for row in self.measurements:
            times = (f"{value:.1f} ms" for value in (row.load, row.first, row.median))
            peak = "unknown" if row.peak_memory is None else f"{row.peak_memory / 1e6:.0f} MB"
            table.add_row(row.model, row.backend, row.input, megabytes(row.bytes), *times, peak)
        console.print(table)
        for failure in self.failures:
            line = f"{failure.model} on {failure.backend}: {failure.message}"
            console.print(line, markup=False, highlight=False, soft_wrap=True)


def benchmark(
    folder: Path, backends: Sequence[Backend], *, batch: int, runs: int, progress: Progress
) -> Benchmark:
    """Measure each encoder of a site, or a graph model, in each backend, in a fresh browser.

    Raises:
        BuilderError: if Playwright or Chromium is missing, or there is nothing to measure.
    """
    if not (folder / "model.json").is_file():
        return _benchmark_site(folder, backends, batch, runs, progress)
    from builder.benchmark.model_site import make_model_site

    with tempfile.TemporaryDirectory() as scratch:
        site = Path(scratch) / "site"
        write_site(make_model_site(folder, batch), site)
        return _benchmark_site(site, backends, batch, runs, progress)


def _benchmark_site(
    site: Path, backends: Sequence[Backend], batch: int, runs: int, progress: Progress
) -> Benchmark:
    try:
        from playwright.sync_api import Error, sync_playwright
    except ImportError:
        raise BuilderError(
            "measuring needs Playwright, which is not installed. Install it:"
            " pip install 'lit-demo-builder[bench]'"
        ) from None
    manifest = load_any_manifest(site)
    if isinstance(manifest, ModelsManifest):
        models = [model.id for model in manifest.models if model.encoder]
    else:
        models = [function.id for function in manifest.functions]
    if not models or not (site / BENCHMARK).is_file():
        reason = "none of its models runs in a browser" if not models else f"it has no {BENCHMARK}"
        raise SiteError(f"{site}: cannot be measured, because {reason}.")
    pairs: list[tuple[str, Backend]] = [
        (model, backend) for model in models for backend in backends
    ]
    load = {"batch": batch, "runs": runs}
    measurements: list[Measurement] = []
    failures: list[Failure] = []
    version, renderer = "", None
    with (
        _serve(site) as url,
        sync_playwright() as playwright,
        progress.step("Measure", len(pairs)) as advance,
    ):
        for model, backend in pairs:
            with _launch(playwright) as browser:
                version = browser.version
                page = browser.new_page()
                page.goto(url + BENCHMARK)
                page.locator("lit-demo-benchmark[data-status=ready]").wait_for()
                renderer = page.evaluate(_RENDERER)
                before = _memory(browser, "VmRSS")
                try:
                    measured = page.evaluate(_RUN, [model, backend, load])
                    peak = _memory(browser, "VmHWM")
                    growth = None if before is None or peak is None else peak - before
                    measurements.append(Measurement(**measured, peak_memory=growth))
                except Error as error:
                    message = error.message.splitlines()[0].removeprefix(_THROWN)
                    failures.append(Failure(model, backend, message))
            advance(1)
    return Benchmark(version, renderer, tuple(measurements), tuple(failures))


def parse_backends(text: str | None) -> tuple[Backend, ...]:
    """Backends separated by commas; all of them if there is no text.

    Raises:
        BuilderError: if there is no backend of that name.
    """
    if text is None:
        return BACKENDS
    backends: dict[str, Backend] = {backend: backend for backend in BACKENDS}
    names = dict.fromkeys(name.strip() for name in text.split(","))
    for name in names:
        if name not in backends:
            raise BuilderError(f"there is no backend '{name}'. Known: {', '.join(BACKENDS)}.")
    return tuple(backends[name] for name in names)


def find_chromium() -> str | None:
    """The browser that CHROME_PATH names or the PATH has; with None, Playwright chooses."""
    named = os.environ.get("CHROME_PATH")
    return named or next(filter(None, map(shutil.which, _CHROMIUMS)), None)


@contextmanager
def _serve(site: Path) -> Generator[str]:
    with running(make_server(site, port=0, host="127.0.0.1", base_path="/")) as port:
        yield f"http://127.0.0.1:{port}/"


@contextmanager
def _launch(playwright: "Playwright") -> Generator["Browser"]:
    # Chromium's sandbox refuses to start as root, as in containers.
    root = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    from playwright.sync_api import Error

    try:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=[*_FLAGS, *root])
    except Error as error:
        first = error.message.splitlines()[0]
        raise BuilderError(
            f"Chromium did not start: {first}\nInstall it (`playwright install chromium`), or set"
            " CHROME_PATH to its path."
        ) from None
    try:
        yield browser
    finally:
        browser.close()


def _memory(browser: "Browser", field: str) -> int | None:
    """Bytes of the page and GPU processes: "VmRSS" now, "VmHWM" at most; None except on Linux."""
    answer = browser.new_browser_cdp_session().send("SystemInfo.getProcessInfo")
    pids = [entry["id"] for entry in answer["processInfo"] if entry["type"] in ("renderer", "GPU")]
    try:
        statuses = [Path(f"/proc/{pid}/status").read_text(encoding="utf-8") for pid in pids]
    except OSError:
        return None
    lines = [line for status in statuses for line in status.splitlines()]
    return sum(1024 * int(line.split()[1]) for line in lines if line.startswith(f"{field}:"))

"""The page of the bench in headless Chromium."""

from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

from tests.bench.export.tower import make_tokens
from tests.chromium import FLAGS, chromium_path
from tests.static_server import serve_folder

PAGE = '<!doctype html><meta charset="utf-8"><script type="module" src="page.js"></script>'


class Bench:
    """The page's functions; see webapp_src/bench/page.ts."""

    def __init__(self, page: Page, version: str) -> None:
        self._page = page
        self.browser = version

    def load(self) -> Sequence[str]:
        """Load what `embed` and `time` run; the names of the runners."""
        return self._call("load")

    def embed(self, prompts: int) -> Mapping[str, list[float]]:
        """Embeddings `[prompts * dim]` by runner."""
        return self._call("embed", _prompts(prompts))

    def time(self, prompts: int, rounds: int) -> Mapping[str, list[float]]:
        """Milliseconds of every run by runner."""
        return self._call("time", _prompts(prompts), rounds)

    def profile(self, runner: str, prompts: int, runs: int) -> Mapping[str, float]:
        """Median milliseconds by kernel."""
        return self._call("profile", runner, _prompts(prompts), runs)

    def run_graph(self, folder: str, backend: str, prompts: int, runs: int) -> Mapping[str, Any]:
        """`rows` by a graph on a backend and `times` of its runs in ms; or the `problem`."""
        return self._call("runGraph", folder, backend, _prompts(prompts), runs)

    def measure_peak(self, size: int, runs: int) -> Mapping[str, float]:
        """The most `multiplyAdds` of each kind, and `bytes` read of so many, in a second."""
        return self._call("measurePeak", size, runs)

    def _call(self, name: str, *arguments: object) -> Any:
        return self._page.evaluate(f"args => bench.{name}(...args)", list(arguments))


def _prompts(count: int) -> Mapping[str, object]:
    return {"count": count, "tokens": make_tokens(count).ravel().tolist()}


@contextmanager
def open_bench(site: Path, flags: Sequence[str] = FLAGS) -> Generator[Bench]:
    """Serve the folder that holds page.js, models/ and ort/, and open the page."""
    (site / "index.html").write_text(PAGE, encoding="utf-8")
    with serve_folder(site) as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=list(flags))
        page = browser.new_page()
        page.set_default_timeout(0)
        page.goto(url)
        page.wait_for_function("globalThis.bench && crossOriginIsolated")
        yield Bench(page, browser.version)
        browser.close()

"""The page of the bench in headless Chromium."""

import functools
import threading
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

from tests.bench.tower import make_tokens
from tests.e2e.conftest import FLAGS, chromium_path

PAGE = '<!doctype html><meta charset="utf-8"><script type="module" src="page.js"></script>'


class _Handler(SimpleHTTPRequestHandler):
    """Serves a folder to a page that is isolated, since others get a clock of 0.1 ms only."""

    extensions_map = {
        ".html": "text/html",
        ".js": "text/javascript",
        ".mjs": "text/javascript",
        ".wasm": "application/wasm",
        "": "application/octet-stream",
    }

    def end_headers(self) -> None:
        self.send_header("Cross-Origin-Opener-Policy", "same-origin")
        self.send_header("Cross-Origin-Embedder-Policy", "require-corp")
        super().end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""


class Bench:
    """The page's functions; see webapp_src/bench/page.ts."""

    def __init__(self, page: Page, version: str) -> None:
        self._page = page
        self.browser = version
        self.runners: Sequence[str] = page.evaluate("bench.load()")

    def embed(self, prompts: int) -> Mapping[str, list[float]]:
        """Embeddings `[prompts * dim]` by runner."""
        return self._call("embed", _prompts(prompts))

    def time(self, prompts: int, rounds: int) -> Mapping[str, list[float]]:
        """Milliseconds of every run by runner."""
        return self._call("time", _prompts(prompts), rounds)

    def profile(self, runner: str, prompts: int, runs: int) -> Mapping[str, float]:
        """Median milliseconds by kernel."""
        return self._call("profile", runner, _prompts(prompts), runs)

    def _call(self, name: str, *arguments: object) -> Any:
        return self._page.evaluate(f"args => bench.{name}(...args)", list(arguments))


def _prompts(count: int) -> Mapping[str, object]:
    return {"count": count, "tokens": make_tokens(count).ravel().tolist()}


@contextmanager
def open_bench(site: Path) -> Generator[Bench]:
    """Serve the folder that holds page.js, models/ and ort/, and load the page."""
    (site / "index.html").write_text(PAGE, encoding="utf-8")
    handler = functools.partial(_Handler, directory=str(site))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium_path(), args=list(FLAGS))
            page = browser.new_page()
            page.set_default_timeout(0)
            page.goto(f"http://127.0.0.1:{server.server_address[1]}/")
            page.wait_for_function("globalThis.bench && crossOriginIsolated")
            yield Bench(page, browser.version)
            browser.close()
    finally:
        server.shutdown()
        server.server_close()

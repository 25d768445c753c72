"""`lit-demo bench` before it has a browser; tests/e2e/test_benchmark.py uses one."""

import io
import sys
from pathlib import Path

import pytest
from rich.console import Console

from builder.benchmark.measure import (
    Benchmark,
    Failure,
    Measurement,
    benchmark,
    find_chromium,
    parse_backends,
)
from builder.errors import BuilderError, SiteError
from builder.progress import Progress
from tests.site.sites import write_small_site


def run(site: Path) -> Benchmark:
    progress = Progress(Console(quiet=True))
    return benchmark(site, ["wasm"], batch=5, runs=1, progress=progress)


def test_backends_are_named_with_commas():
    assert parse_backends("webgl, wasm,webgl") == ("webgl", "wasm")
    assert parse_backends(None) == ("wasm", "webgl", "webgpu", "cpu")
    with pytest.raises(BuilderError, match=r"there is no backend 'cuda'\. Known: wasm"):
        parse_backends("wasm,cuda")


def test_without_playwright_it_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setitem(sys.modules, "playwright.sync_api", None)
    with pytest.raises(BuilderError, match=r"pip install 'lit-demo-builder\[bench\]'"):
        run(tmp_path)


def test_a_site_without_the_page_is_refused(tmp_path: Path):
    write_small_site(tmp_path / "site")
    (tmp_path / "site" / "benchmark.html").unlink(missing_ok=True)
    with pytest.raises(SiteError, match="cannot be measured, because"):
        run(tmp_path / "site")


def test_chromium_is_that_of_the_variable_or_of_the_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("CHROME_PATH", raising=False)
    assert find_chromium() is None
    browser = tmp_path / "google-chrome"
    browser.write_text("#!/bin/sh\n")
    browser.chmod(0o755)
    assert find_chromium() == str(browser)
    monkeypatch.setenv("CHROME_PATH", "/opt/chrome")
    assert find_chromium() == "/opt/chrome"


def test_the_table_has_a_row_for_each_backend_and_says_which_failed():
    measured = Measurement(
        "mini-tiny", "wasm", "5x16", 5, 30, 8_090_000, 310.0, 40.0, 12.04, 30_000_000, 61_000_000
    )
    failed = Failure("mini-tiny", "webgpu", "TensorFlow.js could not start webgpu.")
    output = io.StringIO()
    Benchmark("156", None, (measured,), (failed,)).show(Console(file=output, width=100))
    lines = output.getvalue().splitlines()
    assert lines[0].startswith("Chromium 156 on ")
    assert " ".join(lines[2].split()) == (
        "mini-tiny wasm 5x16 8.09 MB 310.0 ms 40.0 ms 12.0 ms 61 MB"
    )
    assert lines[3] == "mini-tiny on webgpu: TensorFlow.js could not start webgpu."

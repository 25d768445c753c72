"""First and further searches of visitors: `python -m tests.bench.index.visits SITE`.

SITE is what `tests.bench.index` wrote. Each visit has an empty cache, 10 Mbit/s and 40 ms; the page
and its worker are there before the search, as they are when an encoder has been loaded.
"""

import itertools
import json
import shutil
import statistics
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import Browser, sync_playwright

from tests.bench.first_second import slow_page
from tests.chromium import FLAGS, chromium_path
from tests.static_server import serve_folder

WEB = Path(__file__).parents[3] / "webapp_src"
COUNT = 10


@dataclass(frozen=True)
class Visit:
    """Of a search: seconds to the first pictures and to the end, bytes and files; and of a second
    one, with its milliseconds once all files are there."""

    first_s: float
    whole_s: float
    bytes: int
    files: int
    next_s: float
    next_bytes: int
    computing_ms: float


def visit(browser: Browser, url: str, query: list[float], other: list[float]) -> Visit:
    """Search for two queries as a new visitor, and for the second one again."""
    page = slow_page(browser)
    loaded: list[int] = []
    page.on("requestfinished", lambda request: loaded.append(request.sizes()["responseBodySize"]))
    page.goto(f"{url}index.html")
    page.wait_for_function("window.search !== undefined")
    page.wait_for_load_state("networkidle")
    loaded.clear()
    first: Any = search(page, query)
    page.wait_for_timeout(200)
    total, files = sum(loaded), len(loaded)
    loaded.clear()
    following: Any = search(page, other)
    page.wait_for_timeout(200)
    again: Any = search(page, other)
    seconds = (first["first"] / 1e3, first["whole"] / 1e3)
    following_s, next_bytes = following["whole"] / 1e3, sum(loaded)
    page.context.close()
    return Visit(*seconds, total, files, following_s, next_bytes, again["whole"])


def search(page: Any, query: list[float]) -> Any:
    """What the page says of a search."""
    return page.evaluate("([query, count]) => window.search(query, count)", [query, COUNT])


def add_page(site: Path) -> None:
    """Build the page into the folder of the index."""
    vite = ["npx", "--no-install", "vite", "build", "--logLevel", "error"]
    options = ["--config", "bench/gallery/vite.config.ts", "--outDir", str(site / "page")]
    subprocess.run([*vite, *options], cwd=WEB, check=True)
    shutil.copytree(site / "page", site, dirs_exist_ok=True)
    html = '<!doctype html><title>Search</title><script type="module" src="page.js"></script>'
    (site / "index.html").write_text(html, "utf-8")


def main(site: Path) -> None:
    """Print the medians of visits."""
    add_page(site)
    gallery = json.loads((site / "gallery.json").read_text("utf-8"))
    queries = np.fromfile(site / "queries.bin", "<f4").reshape(-1, gallery["dim"]).tolist()
    with sync_playwright() as playwright, serve_folder(site, lasting=True) as url:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=list(FLAGS))
        pairs = itertools.pairwise(queries)
        visits = [visit(browser, url, query, other) for query, other in pairs]
        browser.close()
    for name in Visit.__dataclass_fields__:
        values = [getattr(one, name) for one in visits]
        print(f"{name:14}{statistics.median(values):12,.2f}{max(values):14,.2f}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))

"""How soon a phone shows the first bars of a demo: `python -m tests.bench.first_second SITE`.

Each visit has an empty cache, 10 Mbit/s and 40 ms. Beside it, a bare page does nothing but fetch
the files that the first bars took, in parallel; the ratio says what the page adds to that.
"""

import statistics
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, Route, sync_playwright

from tests.chromium import FLAGS, chromium_path
from tests.e2e.conftest import serve_folder

VISITS = 7
LATENCY_MS = 40
BYTES_PER_SECOND = 10e6 / 8
PHONE: Any = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 3}

# What was there when the bars were first painted. They are in the HTML, so that is the first paint.
FIRST_BARS = """() => new Promise((resolve) => {
  new PerformanceObserver((list) => {
    const paint = list.getEntriesByName('first-contentful-paint')[0];
    if (!paint) return;
    const files = [...performance.getEntriesByType('navigation'),
      ...performance.getEntriesByType('resource')].filter((e) => e.responseEnd <= paint.startTime);
    resolve({
      bars: document.querySelectorAll('.bar').length ||
        document.querySelector('lit-demo-app').shadowRoot.querySelectorAll('lit-demo-card').length,
      time: paint.startTime,
      bytes: files.reduce((sum, file) => sum + file.encodedBodySize, 0),
      urls: files.map((file) => file.name),
    });
  }).observe({ type: 'paint', buffered: true });
})"""

FETCH_ALL = """async (urls) => {
  await Promise.all(urls.map(async (url) => (await fetch(url)).arrayBuffer()));
  return performance.now();
}"""


@dataclass(frozen=True)
class Visit:
    """One visit: seconds to the first bars, the bytes before them, and a bare page's seconds."""

    seconds: float
    bytes: int
    bare_seconds: float


def visit(browser: Browser, url: str) -> Visit:
    """Open the demo, then the bare page, each as a new visitor."""
    page = slow_page(browser)
    page.goto(url)
    found = page.evaluate(FIRST_BARS)
    assert found["bars"], "the first paint has no bars"
    page.context.close()
    bare = slow_page(browser)
    bare.route("**/bare.html", lambda route: answer_bare(route))
    bare.goto(f"{url}bare.html")
    # The HTML of the bare page itself costs a round trip too, so its clock starts with it.
    bare_ms = bare.evaluate(FETCH_ALL, [name for name in found["urls"] if name != url])
    bare.context.close()
    return Visit(found["time"] / 1e3, found["bytes"], bare_ms / 1e3)


def slow_page(browser: Browser) -> Page:
    """A page of a new visitor with a phone on a slow network."""
    page = browser.new_context(**PHONE).new_page()
    devtools = page.context.new_cdp_session(page)
    devtools.send("Network.enable")
    devtools.send(
        "Network.emulateNetworkConditions",
        {
            "offline": False,
            "latency": LATENCY_MS,
            "downloadThroughput": BYTES_PER_SECOND,
            "uploadThroughput": BYTES_PER_SECOND,
        },
    )
    return page


def answer_bare(route: Route) -> None:
    """A page with nothing on it."""
    route.fulfill(content_type="text/html", body="<!doctype html><title>Bare</title>")


def main(site: Path) -> None:
    """Print the medians of all visits."""
    with sync_playwright() as playwright, serve_folder(site) as url:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=list(FLAGS))
        visit(browser, url)
        visits = [visit(browser, url) for _ in range(VISITS)]
        browser.close()
    ratio = statistics.median(v.seconds / v.bare_seconds for v in visits)
    print(f"first bars     {statistics.median(v.seconds for v in visits):.3f} s")
    print(f"bare page      {statistics.median(v.bare_seconds for v in visits):.3f} s")
    print(f"ratio          {ratio:.2f}")
    print(f"bytes before   {max(v.bytes for v in visits):,}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))

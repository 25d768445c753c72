"""The memory that a demo takes of a visitor: `python -m tests.bench.renderer_memory SITE`.

That is all of the renderer process (page, workers, WebAssembly, decoded pictures), on Linux: its
private bytes, and its proportional share of what it has together with others.
"""

import statistics
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.chromium import FLAGS, chromium_path
from tests.e2e.conftest import serve_folder
from tests.e2e.demo_page import ask, card_of, wait_for_answer

VISITS = 3
PHONE = (390, 844)
SETTLE_MS = 3000  # Chromium gives memory back when it is idle.


@dataclass(frozen=True)
class Memory:
    """Bytes of a process."""

    private: int
    proportional: int


def measure(browser: Browser) -> Memory:
    """What the renderers hold now."""
    answer = browser.new_browser_cdp_session().send("SystemInfo.getProcessInfo")
    found = [read(entry["id"]) for entry in answer["processInfo"] if entry["type"] == "renderer"]
    return Memory(sum(m.private for m in found), sum(m.proportional for m in found))


def read(pid: int) -> Memory:
    """What the kernel says of a process (proc(5), smaps_rollup)."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="utf-8").splitlines()[1:]
    sizes = {name: 1024 * int(size.split()[0]) for name, size in (ln.split(":") for ln in lines)}
    return Memory(sizes["Private_Clean"] + sizes["Private_Dirty"], sizes["Pss"])


def visit(browser: Browser, url: str) -> Mapping[str, Memory]:
    """Open the demo as a phone does; its memory at three moments."""
    width, height = PHONE
    context = browser.new_context(
        viewport={"width": width, "height": height}, device_scale_factor=3, is_mobile=True
    )
    page = context.new_page()
    found = {"blank page": settle(browser, page)}
    page.goto(url)
    wait_for_answer(card_of(page))
    expect(page.locator("lit-demo-app")).to_have_attribute("data-encoder", "ready")
    found["ready"] = settle(browser, page)
    ask(card_of(page), "something of my own")
    wait_for_answer(card_of(page))
    found["answered"] = settle(browser, page)
    return found


def settle(browser: Browser, page: Page) -> Memory:
    """Memory once the page has come to rest."""
    page.wait_for_timeout(SETTLE_MS)
    return measure(browser)


def main(site: Path) -> None:
    """Print medians, each of visits in a browser of its own."""
    visits: list[Mapping[str, Memory]] = []
    with sync_playwright() as playwright, serve_folder(site) as url:
        for _ in range(VISITS):
            browser = playwright.chromium.launch(executable_path=chromium_path(), args=list(FLAGS))
            visits.append(visit(browser, url))
            browser.close()
    for moment in visits[0]:
        private = statistics.median(v[moment].private for v in visits)
        proportional = statistics.median(v[moment].proportional for v in visits)
        print(f"{moment:12} private {private / 1e6:4.0f} MB, share {proportional / 1e6:4.0f} MB")


if __name__ == "__main__":
    main(Path(sys.argv[1]))

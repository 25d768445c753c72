"""How soon a page shows a prompt that was saved: `python -m tests.bench.saves [demo.toml]`.

A copy of the demo, by default ours, is worked on with `lit-demo dev`, and open in Chromium. A time
begins when the file is written and ends when the page has the prompt with its bar.
"""

import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from builder.resources import data_folder
from tests.chromium import FLAGS, chromium_path
from tests.dev.process import running_dev
from tests.e2e.demo_page import wait_for_bar

SAVES = 9
_LIST = "prompts = [\n"


def measure(page: Page, spec: Path, number: int) -> float:
    """Seconds from saving a prompt that nobody has written before to its bar."""
    prompt = f"a picture of the {number}th time"
    text = spec.read_text()
    at = text.index(_LIST, text.index("[[images]]")) + len(_LIST)
    started = time.perf_counter()
    spec.write_text(f'{text[:at]}  "{prompt}",\n{text[at:]}')
    wait_for_bar(page, prompt)
    seconds = time.perf_counter() - started
    spec.write_text(text)
    page.locator(f'lit-demo-prompt [data-text="{prompt}"]').wait_for(state="detached")
    return seconds


def main() -> None:
    """Print the median of some saves, the least and the greatest."""
    source = Path(sys.argv[1]) if len(sys.argv) > 1 else data_folder() / "demo.toml"
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        spec = Path(folder, "demo", source.name)
        shutil.copytree(source.parent, spec.parent)
        with running_dev(spec) as dev:
            browser = playwright.chromium.launch(executable_path=chromium_path(), args=list(FLAGS))
            page = browser.new_page()
            page.goto(dev.url)
            page.locator("lit-demo-prompt[data-probability]").first.wait_for(timeout=600_000)
            time.sleep(10)  # Until all is warm, as when an author has looked at the page.
            seconds = [measure(page, spec, number) for number in range(SAVES)]
            browser.close()
    least, median, greatest = min(seconds), statistics.median(seconds), max(seconds)
    print(f"{SAVES} saves: median {median:.2f} s, least {least:.2f} s, greatest {greatest:.2f} s")


if __name__ == "__main__":
    main()

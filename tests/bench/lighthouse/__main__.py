"""What Lighthouse says of a site's pages: `make lighthouse`, which installs it.

Each page is asked for several times, as on a phone and as on a desk, of a host that compresses
like GitHub Pages. Scores of performance depend on what else the machine does, so the median is
printed, with the load.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from builder.project import create_project
from tests.chromium import FLAGS, chromium_path
from tests.commands.run import run
from tests.e2e.host import host

LIGHTHOUSE = Path(__file__).parent / "node_modules/.bin/lighthouse"
ROUNDS = 3
FORMS: Mapping[str, list[str]] = {"mobile": [], "desktop": ["--preset=desktop"]}
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
TIMES = ("first-contentful-paint", "largest-contentful-paint", "total-blocking-time")
PAGES = {
    "index": ("demo", ""),
    "benchmark": ("demo", "benchmark.html"),
    "playground": ("demo", "playground.html"),
    "function": ("function", ""),
    "mnist": ("mnist", ""),
}
LEAST = {"performance": 0.95}
"""The least score of a category; 1 for those that are not here."""


def build_function_sites(folder: Path) -> dict[str, Path]:
    """The pages of new projects, by the name of their template."""
    sites: dict[str, Path] = {}
    for name in ("function", "mnist"):
        spec = create_project(folder / f"{name}-project", name)
        if name == "mnist":
            train = [sys.executable, "train.py", "--epochs", "1"]
            subprocess.run(train, cwd=spec.parent, check=True, stdout=subprocess.DEVNULL)
        sites[name] = folder / name
        code, text = run("build", spec, "-o", sites[name])
        assert code == 0, text
    return sites


def ask(url: str, form: str) -> dict[str, Any]:
    """One report of Lighthouse, as its JSON has it."""
    command = [
        LIGHTHOUSE,
        url,
        "--quiet",
        "--output=json",
        f"--only-categories={','.join(CATEGORIES)}",
        f"--chrome-flags=--headless=new {' '.join(FLAGS)}",
        *FORMS[form],
    ]
    env = {**os.environ, "CHROME_PATH": chromium_path()}
    return json.loads(subprocess.run(command, env=env, check=True, stdout=subprocess.PIPE).stdout)


def find_faults(report: dict[str, Any]) -> Iterator[str]:
    """The audits that cost a score, outside performance."""
    for name in CATEGORIES[1:]:
        for ref in report["categories"][name]["auditRefs"]:
            audit = report["audits"][ref["id"]]
            if ref["weight"] and audit["score"] is not None and audit["score"] < 1:
                yield f"{ref['id']}: {audit['title']}"


def measure(name: str, url: str) -> bool:
    """Print the medians of a page; whether all are as they should be."""
    good = True
    for form in FORMS:
        reports = [ask(url, form) for _ in range(ROUNDS)]
        scores = {
            category: statistics.median(r["categories"][category]["score"] for r in reports)
            for category in CATEGORIES
        }
        times = [
            f"{statistics.median(r['audits'][t]['numericValue'] for r in reports):.0f} ms"
            for t in TIMES
        ]
        words = [f"{100 * score:.0f}" for score in scores.values()]
        print(f"{name:11} {form:8}", *(f"{word:>9}" for word in (*words, *times)), end="")
        print(f"{os.getloadavg()[0]:9.1f}", flush=True)
        for fault in sorted({fault for report in reports for fault in find_faults(report)}):
            print(f"  {fault}")
        good &= all(score >= LEAST.get(name, 1) for name, score in scores.items())
    return good


def main(demo: Path, names: list[str]) -> int:
    """Print a line for each page and form; 1 if a score is too low."""
    print(f"{'page':11} {'form':8}", *(f"{h:>9}" for h in HEADINGS), sep="", flush=True)
    with ExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        folders = {"demo": demo, **build_function_sites(scratch)}
        urls = {
            name: stack.enter_context(host(folder, compresses=True)).url
            for name, folder in folders.items()
        }
        results = [
            measure(name, urls[site] + page)
            for name, (site, page) in PAGES.items()
            if name in (names or PAGES)
        ]
    return 0 if all(results) else 1


HEADINGS = ("perf", "a11y", "practices", "seo", "FCP", "LCP", "TBT", "load")

if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2:]))

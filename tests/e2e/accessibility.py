"""What axe finds on a page."""

import json
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

_AXE = Path(__file__).parents[2] / "webapp_src/node_modules/axe-core/axe.min.js"


def find_violations(page: Page) -> list[Any]:
    """The id of each rule that is broken, and the elements that break it."""
    # The page's own policy forbids inserted scripts; the check itself needs one.
    page.evaluate(_AXE.read_text(encoding="utf-8"))
    found = json.loads(page.evaluate("axe.run().then((r) => JSON.stringify(r.violations))"))
    return [(rule["id"], [node["html"] for node in rule["nodes"]]) for rule in found]

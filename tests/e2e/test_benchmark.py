"""The page that measures encoders, used by a visitor and by the command line."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import Page, expect

from builder import convert_jax
from tests.chromium import chromium_path
from tests.e2e.accessibility import find_violations
from tests.e2e.conftest import ServedSite

HEADINGS = ["Model", "Backend", "Input", "Download", "Load", "First", "Median", "Memory"]


def test_a_visitor_measures_the_device_and_copies_the_row(page: Page, site: ServedSite):
    page.set_viewport_size({"width": 320, "height": 800})
    page.goto(site.url + "benchmark.html")
    page.locator("lit-demo-benchmark[data-status=ready]").wait_for()
    expect(page.get_by_label("wasm")).to_be_checked()
    page.get_by_label("Prompts at once").fill("3")
    page.get_by_role("button", name="Measure").click()
    expect(page.get_by_role("status")).to_have_text("Done.")
    expect(page.get_by_role("button", name="Measure")).to_be_focused()
    assert page.get_by_role("columnheader").all_inner_texts() == HEADINGS
    cells = page.get_by_role("cell").all_inner_texts()
    assert cells[:3] == [site.manifest.models[0].id, "wasm", "3x16"]
    assert all(float(cell.removesuffix(" ms")) > 0 for cell in cells[4:7])
    text = page.get_by_label("To copy, as Markdown").input_value()
    assert text.splitlines()[2].startswith("| " + " | ".join(cells) + " | HeadlessChrome")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert find_violations(page) == []


def test_what_cannot_be_checked_gets_no_row(page: Page, site: ServedSite):
    model = site.manifest.models[0]
    rows = model.prompt_embeddings
    page.route(f"**/{rows.url}", lambda route: route.fulfill(body=bytes(rows.bytes)))
    page.goto(site.url + "benchmark.html")
    page.locator("lit-demo-benchmark[data-status=ready]").wait_for()
    page.get_by_role("button", name="Measure").click()
    expect(page.get_by_text(f"{model.id} on wasm: ")).to_be_visible()
    assert page.get_by_role("cell").count() == 0


def test_the_command_measures_every_model(site: ServedSite, tmp_path: Path):
    out = tmp_path / "bench.json"
    command = [sys.executable, "-m", "builder", "bench", site.folder, "--backends", "wasm"]
    done = subprocess.run(
        [*command, "--runs", "2", "--json", out],
        env={**os.environ, "CHROME_PATH": chromium_path()},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    measured = json.loads(out.read_text(encoding="utf-8"))
    assert measured["failures"] == []
    models = [row["model"] for row in measured["measurements"]]
    assert models == [model.id for model in site.manifest.models]
    for row in measured["measurements"]:
        assert (row["input"], row["batch"], row["runs"]) == ("5x16", 5, 2)
        assert min(row[key] for key in ("load", "first", "median", "memory", "bytes")) > 0


def test_the_command_measures_a_graph_model(tmp_path: Path):
    def project(params: dict[str, Any], x: Any) -> Any:
        return x @ params["kernel"]

    convert_jax(
        project,
        {"kernel": np.ones((3, 2), np.float32)},
        input_signatures=[((None, 3), np.float32)],
        polymorphic_shapes=["(b, ...)"],
        model_dir=tmp_path / "product",
    )
    out = tmp_path / "bench.json"
    command = [sys.executable, "-m", "builder", "bench", tmp_path / "product"]
    done = subprocess.run(
        [*command, "--backends", "wasm,cpu", "--batch", "7", "--runs", "2", "--json", out],
        env={**os.environ, "CHROME_PATH": chromium_path()},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    measured = json.loads(out.read_text(encoding="utf-8"))
    assert measured["failures"] == []
    rows = [(row["model"], row["backend"], row["input"]) for row in measured["measurements"]]
    assert rows == [("product", "wasm", "7x3"), ("product", "cpu", "7x3")]


def test_the_command_says_so_when_chromium_is_missing(site: ServedSite):
    done = subprocess.run(
        [sys.executable, "-m", "builder", "bench", site.folder],
        env={**os.environ, "CHROME_PATH": "/nowhere/chromium"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2
    assert "Chromium did not start" in done.stderr
    assert "set CHROME_PATH" in done.stderr

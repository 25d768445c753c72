"""A demo under work, in Chromium: what its author changes is seen, without a reload."""

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, expect

from builder.spec.demo import load_spec
from tests.e2e.accessibility import find_violations
from tests.e2e.conftest import DATA, IMAGES
from tests.e2e.demo_page import card_of, texts_of, wait_for_answer

TABLE = """
[[images]]
file = "images/{name}.jpg"
description = "A picture."
# Kept.
prompts = ["a {name}", "something else", "a thing that is neither of them"]
"""


@dataclass(frozen=True)
class Dev:
    """A running `lit-demo dev`, the demo that it watches, and where it serves it."""

    process: subprocess.Popen[str]
    spec: Path
    url: str

    def change(self, old: str, new: str) -> None:
        """Replace a part of demo.toml, as an editor does."""
        text = self.spec.read_text()
        assert old in text
        self.spec.write_text(text.replace(old, new, 1))


@pytest.fixture(scope="module")
def dev(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dev]:
    folder = tmp_path_factory.mktemp("dev")
    spec = folder / "demo.toml"
    (folder / "images").mkdir()
    for name in IMAGES:
        shutil.copy(DATA / "images" / f"{name}.jpg", folder / "images")
    head = 'title = "Mine"\ndescription = "A demo."\n\n[[models]]\nname = "mini-tiny"\n'
    spec.write_text(head + "".join(TABLE.format(name=name) for name in IMAGES))
    (folder / "temporary").mkdir()
    command = [sys.executable, "-m", "builder", "dev", folder, "--port", "0"]
    process = subprocess.Popen(
        [*command, "--cache-dir", folder / "cache"],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1", "TMPDIR": str(folder / "temporary")},
    )
    assert process.stdout is not None
    address = re.search(r"http://\S+", process.stdout.readline())
    assert address is not None
    yield Dev(process, spec, address[0])
    process.kill()
    process.wait()


def test_a_changed_prompt_is_seen_and_so_are_mistakes(dev: Dev, context: BrowserContext):
    page = context.new_page()
    # The page is there before the demo is.
    page.goto(dev.url)
    card = card_of(page)
    wait_for_answer(card)
    assert "something else" in texts_of(card)
    dev.change("something else", "a ball of wool")
    expect(card.locator('[data-text="a ball of wool"]')).to_be_visible()
    wait_for_answer(card)
    assert "something else" not in texts_of(card)

    dev.change("# Kept.\n", "autor = 1\n")
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text(f"{dev.spec}:10: images[0].autor")
    expect(alert).to_contain_text("Did you mean 'author'?")
    expect(card).to_be_visible()
    assert find_violations(page) == []
    dev.change("autor = 1\n", "# Kept.\n")
    expect(alert).to_have_count(0)


def test_a_crop_is_moved_by_keys(dev: Dev, context: BrowserContext):
    page, desk = context.new_page(), context.new_page()
    page.goto(dev.url)
    wait_for_answer(card_of(page))
    photo = card_of(page).locator("img").first
    before = photo.get_attribute("src")
    text = dev.spec.read_text()

    desk.goto(f"{dev.url}_dev/")
    slider = desk.get_by_role("slider", name=f"Crop of {IMAGES[0]}")
    expect(slider).to_have_attribute("aria-valuetext", "centre 50% from the left")
    row = desk.get_by_role("article", name=IMAGES[0]).get_by_role("row").nth(1)
    expect(row).to_contain_text(f"a {IMAGES[0]}")
    expect(row).to_contain_text(card_of(page).locator(".value").first.inner_text().split()[-1])
    assert find_violations(desk) == []
    slider.focus()
    for _ in range(3):
        desk.keyboard.press("ArrowRight")
    expect(desk.get_by_text("Written: focal_point = [0.53, 0.5]")).to_be_visible()
    line = f'file = "images/{IMAGES[0]}.jpg"\n'
    assert dev.spec.read_text() == text.replace(line, f"{line}focal_point = [0.53, 0.5]\n")
    assert load_spec(dev.spec).images[0].focal_point == (0.53, 0.5)
    # The focus stays, and the other page follows.
    expect(slider).to_have_attribute("aria-valuetext", "centre 53% from the left")
    expect(slider).to_be_focused()
    page.bring_to_front()
    expect(photo).not_to_have_attribute("src", before or "")


def test_ctrl_c_ends_it_and_leaves_nothing(dev: Dev):
    before = sorted(path.name for path in dev.spec.parent.iterdir())
    assert before == ["cache", "demo.toml", "images", "temporary"]
    dev.process.send_signal(signal.SIGINT)
    out, _ = dev.process.communicate(timeout=60)
    assert dev.process.returncode == 0, out
    assert out.endswith("Stopped.\n")
    assert list((dev.spec.parent / "temporary").iterdir()) == []

"""A demo under work, in Chromium: what its author changes is seen, without a reload."""

import shutil
import signal
from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, expect

from builder.spec.demo import load_spec
from tests.dev.process import Dev, running_dev
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
    options = ("--cache-dir", folder / "cache")
    with running_dev(spec, *options, TMPDIR=str(folder / "temporary")) as dev:
        yield dev


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

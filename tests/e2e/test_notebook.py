"""A demo in a notebook's frame, in Chromium."""

from pathlib import Path

from playwright.sync_api import BrowserContext, expect

import builder
from tests.colour_model import colour_model
from tests.e2e.conftest import IMAGES
from tests.e2e.demo_page import ask

PICTURE = Path(__file__).parents[2] / "data" / "images" / f"{IMAGES[0]}.jpg"


def test_a_demo_answers_in_the_frame_that_show_returns(context: BrowserContext, tmp_path: Path):
    demo = builder.Demo("In a frame", cache_dir=tmp_path)
    demo.add_model(towers=colour_model)
    demo.add_image(PICTURE, ["dark", "light"])
    preview = demo.show()
    assert preview is not None
    page = context.new_page()
    page.set_content(preview._repr_html_())  # pyright: ignore[reportPrivateUsage]
    card = page.frame_locator("iframe").locator("lit-demo-card")
    expect(card).to_have_attribute("data-state", "current")
    ask(card, "something else")
    expect(card.get_by_role("status").first).to_contain_text("Best match")

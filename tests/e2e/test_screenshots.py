"""The main views look as they did when somebody last looked at them, in Chromium.

`make screenshots-expected` takes the pictures again, into the folder `screenshots` beside this
file. Look at each before you commit it.
"""

import base64
import io
import json
import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, expect

from builder.project import create_project
from tests.e2e.conftest import DATA, IMAGES, ServedSite, serve_folder, serve_project
from tests.e2e.demo_page import card_of, foot, wait_for_answer

EXPECTED = Path(__file__).parent / "screenshots"
FONTS = EXPECTED / "fonts.json"
TAKES = bool(os.environ.get("TAKE_SCREENSHOTS"))
WIDTHS = {"phone": (390, 844), "desktop": (1280, 800)}
SCHEMES = ("light", "dark")
COLOURS = 128
"""Those of a page's texts and some of its photograph's, which keeps the files small."""

REDUCTION = 2
"""Pixels of the page for one of a picture: edges of letters differ a little between machines."""

NOTICEABLE = 64
"""By how much of 255 a colour may differ; that of a photograph does, by having fewer of them."""

MOST_DIFFERENT = 0.001
"""The part of a picture's pixels that may differ by more than that; a word on a phone is more."""

# The widths of texts tell which fonts there are, and in which version.
MEASURE_FONTS = """() => {
  const context = document.createElement('canvas').getContext('2d');
  const found = {};
  for (const family of ['system-ui', 'sans-serif', 'serif', 'monospace']) {
    context.font = `16px ${family}`;
    found[family] = context.measureText('Can you fool it? 0123456789').width;
  }
  return found;
}"""


@pytest.fixture(scope="module")
def still(browser: Browser) -> Iterator[BrowserContext]:
    """A context whose pages stand still, on a machine with the fonts of the expected pictures."""
    context = browser.new_context(reduced_motion="reduce", service_workers="block", locale="en-US")
    page = context.new_page()
    fonts = page.evaluate(MEASURE_FONTS)
    page.close()
    if TAKES:
        EXPECTED.mkdir(exist_ok=True)
        FONTS.write_text(json.dumps(fonts, indent=1) + "\n", encoding="utf-8")
    elif fonts != json.loads(FONTS.read_text(encoding="utf-8")):
        pytest.skip("this machine has other fonts than the expected screenshots were taken with")
    yield context
    context.close()


@pytest.fixture
def page(still: BrowserContext) -> Iterator[Page]:
    page = still.new_page()
    yield page
    page.close()


def expect_look(page: Page, name: str, tmp_path: Path, shown: str = "html") -> None:
    """Compare a page, from where an element begins, at both widths and in both schemes."""
    different: list[str] = []
    for size, (width, height) in WIDTHS.items():
        page.set_viewport_size({"width": width, "height": height})
        page.locator(shown).evaluate("(element) => element.scrollIntoView()")
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            page.mouse.move(0, 0)
            page.evaluate("new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")
            seen = Image.open(io.BytesIO(page.screenshot(caret="hide", animations="disabled")))
            seen = seen.convert("RGB").reduce(REDUCTION)
            file = EXPECTED / f"{name}-{size}-{scheme}.png"
            if TAKES:
                reduced = seen.quantize(COLOURS, kmeans=1, dither=Image.Dither.NONE)
                reduced.save(file, optimize=True)
            elif (part := find_difference(seen, Image.open(file))) > MOST_DIFFERENT:
                seen.save(tmp_path / file.name)
                different.append(f"{file.name}: {part:.2%} of the pixels")
    assert not different, f"{'; '.join(different)}. What was seen is in {tmp_path}."


def find_difference(seen: Image.Image, expected: Image.Image) -> float:
    """The part of the pixels whose colours differ noticeably; 1 if the sizes differ."""
    if seen.size != expected.size:
        return 1
    pixels = [np.asarray(image.convert("RGB"), np.int16) for image in (seen, expected)]
    return float((np.abs(pixels[0] - pixels[1]).max(-1) > NOTICEABLE).mean())


@pytest.fixture
def demo(page: Page, site: ServedSite) -> Page:
    """The demo, once everything about it is there."""
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{site.url}#image={IMAGES[0]}")
    wait_for_answer(card_of(page))
    expect(page.locator("lit-demo-app")).to_have_attribute("data-encoder", "ready")
    page.wait_for_load_state("networkidle")
    return page


def test_the_first_screen(demo: Page, tmp_path: Path):
    expect_look(demo, "first-screen", tmp_path)


def test_a_picture_of_the_visitor_is_asked_about(demo: Page, tmp_path: Path):
    own = demo.locator("lit-demo-own-picture")
    own.locator("input[type=file]").set_input_files(DATA / "images" / "teacup.jpg")
    own.get_by_role("button", name="Load").wait_for()
    expect_look(demo, "own-picture", tmp_path, "lit-demo-own-picture")


def test_pictures_for_a_sentence(demo: Page, tmp_path: Path):
    demo.get_by_role("textbox", name="Find pictures").fill("a tower")
    demo.get_by_text("Best fit first").wait_for()
    expect_look(demo, "finder", tmp_path, ".gallery")


def test_what_the_demo_says_about_itself(demo: Page, tmp_path: Path):
    foot(demo).click()
    demo.locator("lit-demo-about").wait_for()
    expect_look(demo, "about", tmp_path, ".foot")


@pytest.mark.parametrize(
    ("name", "path", "ready"),
    [
        ("licences", "licenses.html", "main"),
        ("benchmark", "benchmark.html", "lit-demo-benchmark[data-status=ready]"),
    ],
)
def test_the_other_pages_of_a_demo(
    page: Page, site: ServedSite, tmp_path: Path, name: str, path: str, ready: str
):
    page.goto(site.url + path)
    page.locator(ready).wait_for()
    expect_look(page, name, tmp_path)


def test_the_page_of_a_function(page: Page, function_site: Path, tmp_path: Path):
    with serve_folder(function_site) as url:
        page.goto(url)
        page.locator("lit-demo-function[data-status=ready]").wait_for()
        expect_look(page, "function", tmp_path)


def test_the_page_to_draw_digits_on(page: Page, tmp_path: Path, cache: Path):
    spec = write_digits(tmp_path / "digits")
    with serve_project(spec, tmp_path / "site", cache) as url:
        page.goto(url)
        page.locator("lit-demo-digit[data-status=ready]").wait_for()
        surface = page.get_by_role("application", name="Drawing surface")
        surface.click()
        surface.drag_to(
            surface, source_position={"x": 60, "y": 40}, target_position={"x": 240, "y": 40}
        )
        expect(page.locator("lit-demo-digit")).to_have_attribute("data-digit", "7")
        expect_look(page, "mnist", tmp_path)


def test_a_difference_of_a_word_is_noticed():
    expected = Image.open(EXPECTED / "first-screen-phone-light.png").convert("RGB")
    seen = expected.copy()
    assert find_difference(seen, expected) == 0
    # The word "kitten" of the best caption goes.
    seen.paste(expected.crop((0, 236, 5, 248)).resize((31, 12)), (14, 236))
    assert find_difference(seen, expected) > MOST_DIFFERENT


def write_digits(folder: Path) -> Path:
    """A project whose network was not trained: it takes everything for a seven."""
    spec = create_project(folder, "mnist")
    shapes = {
        "Conv_0": (3, 3, 1, 32),
        "Conv_1": (3, 3, 32, 64),
        "Dense_0": (7 * 7 * 64, 256),
        "Dense_1": (256, 10),
    }
    params = {f"{name}/kernel": np.zeros(shape, np.float32) for name, shape in shapes.items()}
    params |= {f"{name}/bias": np.zeros(shape[-1], np.float32) for name, shape in shapes.items()}
    params["Dense_1/bias"][[7, 1, 9]] = (4, 2, 1)
    np.savez(folder / "params.npz", **params)  # pyright: ignore[reportArgumentType]
    np.savez(folder / "samples.npz", image=np.zeros((1, 28, 28), np.float32))
    ink = np.zeros((28, 28), np.uint8)
    ink[5:23, 12:16] = 255
    mistake = {"label": 1, "guess": 7, "pixels": base64.b64encode(ink.tobytes()).decode()}
    summary = {"tested": 100, "accuracy": 0.97, "mistakes": [mistake] * 3}
    (folder / "mistakes.json").write_text(json.dumps(summary), encoding="utf-8")
    return spec

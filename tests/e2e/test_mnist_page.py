"""The page of the MNIST project in real Chromium, with a network trained for an epoch."""

import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from builder.project import create_project
from tests.commands.run import run
from tests.e2e.accessibility import find_violations
from tests.e2e.conftest import open_page, serve_project
from tests.e2e.webdriver import Driver

Line = Sequence[tuple[float, float]]
"""Points as parts of the drawing surface's side."""

SEVEN: Line = ((0.3, 0.2), (0.7, 0.2), (0.45, 0.85))
ONE: Line = ((0.5, 0.15), (0.5, 0.85))


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory, cache: Path) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("mnist")
    spec = create_project(folder / "demo", "mnist")
    command = [sys.executable, "train.py", "--epochs", "1"]
    subprocess.run(command, cwd=spec.parent, check=True, capture_output=True)
    with serve_project(spec, folder / "site", cache) as url:
        yield url


@pytest.fixture
def page(context: BrowserContext, url: str, errors: list[str]) -> Iterator[Page]:
    with open_page(context, url, errors) as page:
        page.goto(url)
        page.locator("lit-demo-digit[data-status=ready]").wait_for()
        yield page


def draw(page: Page, line: Line, *, scale: float = 1, x: float = 0, y: float = 0) -> None:
    """Draw a line with the mouse, smaller and elsewhere if wanted."""
    surface = page.get_by_role("application", name="Drawing surface")
    surface.scroll_into_view_if_needed()
    box = surface.bounding_box()
    assert box is not None
    places = [
        (box["x"] + (scale * px + x) * box["width"], box["y"] + (scale * py + y) * box["height"])
        for px, py in line
    ]
    page.mouse.move(*places[0])
    page.mouse.down()
    for place in places[1:]:
        page.mouse.move(*place, steps=10)
    page.mouse.up()


def expect_digit(page: Page, digit: int | None) -> None:
    host = page.locator("lit-demo-digit")
    if digit is None:
        expect(host).not_to_have_attribute("data-digit", re.compile(r"\d"))
        expect(page.get_by_text("Draw a digit from 0 to 9.")).to_be_visible()
    else:
        expect(host).to_have_attribute("data-digit", str(digit))


def test_a_digit_drawn_with_the_mouse_is_read(page: Page):
    expect_digit(page, None)
    draw(page, SEVEN)
    expect_digit(page, 7)
    answer = page.get_by_role("region", name="Answer")
    expect(answer.get_by_role("status").first).to_contain_text("7")
    assert answer.get_by_role("listitem").count() == 10


def test_a_digit_drawn_in_another_browser_is_read(driver: Driver, url: str):
    driver.goto(url)
    driver.wait_for("() => all('lit-demo-digit[data-status=ready]').length")
    driver.draw("lit-demo-pad >> canvas", SEVEN)
    driver.wait_for("() => all('lit-demo-digit[data-digit=\"7\"]').length")


def test_a_digit_drawn_with_the_keyboard_is_read(page: Page):
    page.get_by_role("application", name="Drawing surface").focus()
    for _ in range(4):
        page.keyboard.press("ArrowUp")
    page.keyboard.press("Space")
    expect(page.get_by_text("Pen down.")).to_be_attached()
    for _ in range(18):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")
    expect(page.get_by_text("Pen up.")).to_be_attached()
    expect_digit(page, 1)
    page.keyboard.press("Backspace")
    expect_digit(page, None)


def test_a_digit_drawn_with_a_finger_is_read_and_does_not_scroll(
    context: BrowserContext, url: str, errors: list[str]
):
    with open_page(context, url, errors) as page:
        page.set_viewport_size({"width": 390, "height": 500})
        page.goto(url)
        page.locator("lit-demo-digit[data-status=ready]").wait_for()
        surface = page.get_by_role("application", name="Drawing surface")
        surface.scroll_into_view_if_needed()
        before = page.evaluate("scrollY")
        box = surface.bounding_box()
        assert box is not None
        client = context.new_cdp_session(page)

        def touch(kind: str, points: Line) -> None:
            places = [
                {"x": box["x"] + x * box["width"], "y": box["y"] + y * box["height"]}
                for x, y in points
            ]
            client.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": places})

        touch("touchStart", [ONE[0]])
        for step in range(1, 11):
            touch("touchMove", [(0.5, 0.15 + 0.07 * step)])
        touch("touchEnd", [])
        expect_digit(page, 1)
        assert page.evaluate("scrollY") == before


def test_strokes_are_taken_back_one_by_one_or_all_at_once(page: Page):
    undo = page.get_by_role("button", name="Undo")
    clear = page.get_by_role("button", name="Clear")
    expect(undo).to_be_disabled()
    draw(page, SEVEN)
    draw(page, ((0.3, 0.5), (0.7, 0.5)))
    undo.click()
    expect_digit(page, 7)
    clear.click()
    expect_digit(page, None)
    expect(clear).to_be_disabled()


def test_a_small_digit_in_a_corner_needs_centring(page: Page):
    draw(page, SEVEN, scale=0.25, x=0.7)
    expect_digit(page, 7)
    host = page.locator("lit-demo-digit")
    sure = float(host.get_attribute("data-probability") or 0)
    page.get_by_role("switch", name="Centre and scale as MNIST was").uncheck()
    expect(host).not_to_have_attribute("data-probability", str(sure))
    unsure = float(host.get_attribute("data-probability") or 0)
    assert host.get_attribute("data-digit") != "7" or unsure < sure - 0.1


def test_it_shows_what_it_gets_wrong(page: Page):
    page.get_by_role("button", name="Show me what it gets wrong").click()
    section = page.get_by_role("region", name="What it gets wrong")
    expect(section.get_by_text("Of 2,000 digits")).to_be_focused()
    mistake = section.get_by_role("listitem").first.get_by_role("button")
    label, guess = (mistake.text_content() or "").strip().split(", taken for ")
    mistake.click()
    expect(mistake).to_have_attribute("aria-pressed", "true")
    # The network in the browser makes the very mistake that it made in JAX.
    expect_digit(page, int(guess))
    expect(page.get_by_text(f"it is a {label}")).to_be_in_viewport()
    draw(page, SEVEN)
    expect_digit(page, 7)
    expect(mistake).to_have_attribute("aria-pressed", "false")


@pytest.mark.parametrize(("scheme", "width"), [("light", 320), ("dark", 1280)])
def test_the_page_is_accessible_and_fits(page: Page, scheme: str, width: int):
    page.emulate_media(color_scheme=scheme)  # pyright: ignore[reportArgumentType]
    page.set_viewport_size({"width": width, "height": 800})
    page.get_by_role("button", name="Show me what it gets wrong").click()
    page.get_by_role("region", name="What it gets wrong").get_by_role("listitem").first.wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert find_violations(page) == []


def test_loading_can_be_tried_again(context: BrowserContext, url: str, errors: list[str]):
    context.route("**/weights-*.bin", lambda route: route.fulfill(status=404))
    with open_page(context, url, errors) as page:
        page.goto(url)
        draw(page, SEVEN)
        retry = page.get_by_role("button", name="Try again")
        retry.wait_for()
        context.unroute_all()
        retry.click()
        # What was drawn meanwhile is answered.
        expect_digit(page, 7)
        # Chromium itself logs the requests that failed.
        errors[:] = [error for error in errors if "404" not in error]


def test_the_project_holds_what_the_page_is_made_from(tmp_path: Path):
    spec = create_project(tmp_path / "demo", "mnist")
    code, text = run("build", spec, "-o", tmp_path / "site")
    assert code == 2
    assert "there is no file" in text
    assert "params.npz" in text

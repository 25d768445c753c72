"""A demo on a page of another origin: as elements of embed.js, and in a frame."""

import functools
import shutil
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from builder.publish.serve import running
from builder.resources import web_folder
from tests.e2e.accessibility import find_violations
from tests.e2e.conftest import IMAGES, ServedSite
from tests.e2e.demo_page import ask, card_of, example_prompts, texts_of, wait_for_answer

KITTEN, BISON, _ = IMAGES

# Styles that a page may have, none of which is meant for what it embeds.
BLOG = """<!doctype html>
<html lang="en">
  <meta charset="utf-8" />
  <meta name="viewport" content="width=device-width, initial-scale=1" />
  <title>A blog</title>
  <link rel="icon" href="data:," />
  <style>
    html {{ color-scheme: light dark; font-family: serif; }}
    main {{ text-align: right; letter-spacing: 0.2em; text-transform: uppercase; }}
    h2, p, button, textarea, .card {{ border: 5px solid red; }}
    #narrow {{ width: 320px; }}
  </style>
  <main>
    <h1>A blog</h1>
    <div id="wide"><lit-demo src="{site}" picture="kitten"></lit-demo></div>
    <div id="narrow"><lit-demo picture="bison"></lit-demo></div>
    <div id="wrong"><lit-demo src="{site}" picture="unicorn"><p>A kitten.</p></lit-demo></div>
  </main>
  <script>
    sessionStorage.setItem('mine', '1');
    const heard = [];
    for (const name of ['lit-demo-answer', 'lit-demo-error', 'card-edited', 'prompt-edited']) {{
      document.addEventListener(name, ({{ type, detail, target }}) =>
        heard.push({{ type, detail, where: target.parentElement?.id }}));
    }}
  </script>
  <script type="module" src="{site}embed.js"></script>
  <script type="module" src="another.js"></script>
</html>
"""

FRAME = """<!doctype html>
<html lang="en">
  <title>A blog</title>
  <iframe src="{site}#v=1&image=kitten" width="700" height="600" title="A demo"></iframe>
</html>
"""

KEPT = """() => ({
  address: location.href,
  history: history.length,
  session: {...sessionStorage},
  local: {...localStorage},
  styles: document.styleSheets.length + document.adoptedStyleSheets.length,
  head: document.head.childElementCount,
})"""


class _Handler(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""


@contextmanager
def serve_page(folder: Path, html: str) -> Generator[str]:
    """Serve one page on a port of its own, which makes it another origin than the site's."""
    (folder / "index.html").write_text(html, encoding="utf-8")
    handler = functools.partial(_Handler, directory=str(folder))
    with running(ThreadingHTTPServer(("127.0.0.1", 0), handler)) as port:
        yield f"http://127.0.0.1:{port}/"


@pytest.fixture
def blog(tmp_path: Path, site: ServedSite) -> Iterator[str]:
    # Another build of the element on the same page, as two demos may bring.
    shutil.copy(web_folder() / "npm" / "embed.js", tmp_path / "another.js")
    with serve_page(tmp_path, BLOG.format(site=site.url)) as url:
        yield url


def embedded(page: Page, place: str) -> Locator:
    """The card of the element in a place of the page."""
    return page.locator(f"#{place} lit-demo lit-demo-card")


def test_elements_on_a_page_of_another_origin_answer_as_the_demo_does(
    context: BrowserContext, site: ServedSite, blog: str
) -> None:
    page = context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda m: problems.append(m.text) if m.type == "error" else None)
    page.goto(blog)
    before = page.evaluate(KEPT)
    wide, narrow = embedded(page, "wide"), embedded(page, "narrow")
    for card, image_id in ((wide, KITTEN), (narrow, BISON)):
        answer = wait_for_answer(card)
        assert answer == sorted(answer, reverse=True)
        assert set(texts_of(card)) == set(example_prompts(site.manifest, image_id))
    wrong = page.locator("#wrong lit-demo")
    expect(wrong.get_by_role("alert")).to_contain_text("This demo has no picture “unicorn”.")
    expect(page.get_by_text("A kitten.", exact=True)).to_be_visible()

    for card in (wide, narrow):
        ask(card, "a small cat with a toy")
        expect(card.locator("lit-demo-prompt[data-probability]")).to_have_count(6)
    answers = {name: wait_for_answer(card) for name, card in (("wide", wide), ("narrow", narrow))}
    assert len(page.workers) == 1, "elements of one demo share its encoder"
    assert page.evaluate(KEPT) == before, "the page is as it was"

    heard = page.evaluate("heard")
    assert {event["type"] for event in heard} == {"lit-demo-answer", "lit-demo-error"}
    (failure,) = [event for event in heard if event["type"] == "lit-demo-error"]
    assert failure["where"] == "wrong"
    assert failure["detail"] == {"message": "This demo has no picture “unicorn”."}
    told = [event["detail"] for event in heard if event["where"] == "wide"][-1]
    assert (told["picture"], told["model"]) == (KITTEN, site.manifest.models[0].id)
    assert [c["probability"] for c in told["captions"]] == sorted(answers["wide"], reverse=True)

    # The demo itself, at the link, says the same.
    link = page.locator("#wide lit-demo").get_by_role("link", name="Open the demo")
    demo = context.new_page()
    demo.goto(link.get_attribute("href") or "")
    found = wait_for_answer(card_of(demo))
    assert sorted(found) == pytest.approx(sorted(answers["wide"]), abs=1e-6)
    assert problems == []


@pytest.mark.parametrize(("scheme", "width"), [("light", 320), ("dark", 1280)])
def test_elements_fit_their_place_and_are_accessible(
    context: BrowserContext, blog: str, scheme: Literal["light", "dark"], width: int
) -> None:
    page = context.new_page()
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 844})
    page.goto(blog)
    for place in ("wide", "narrow"):
        wait_for_answer(embedded(page, place))
    expect(page.locator("lit-demo").first).to_have_attribute("data-scheme", scheme)
    overflowing = """() => [...document.querySelectorAll('lit-demo')]
        .filter((e) => e.scrollWidth > e.clientWidth || e.offsetWidth > e.parentElement.clientWidth)
        .length"""
    assert page.evaluate(overflowing) == 0
    # No letters in the page's own style.
    caption = embedded(page, "wide").get_by_role("textbox").first
    assert caption.evaluate("(e) => getComputedStyle(e).textTransform") == "none"
    # What the page around does to its own parts is not ours.
    page.add_style_tag(content="#wrong p { border: 0 !important }")
    assert find_violations(page) == []


def test_a_frame_of_700_by_600_shows_picture_bars_and_box_at_once(
    context: BrowserContext, site: ServedSite, tmp_path: Path
) -> None:
    with serve_page(tmp_path, FRAME.format(site=site.url)) as url:
        page = context.new_page()
        page.goto(url)
        frame = page.frame_locator("iframe")
        card = frame.locator("lit-demo-card")
        wait_for_answer(card)
        seen = [frame.get_by_role("img").first, card.get_by_role("meter").last]
        for part in [*seen, card.get_by_role("textbox", name="Your caption")]:
            expect(part).to_be_in_viewport(ratio=1)


def test_a_link_of_the_original_demo_opens_its_picture(
    open_demo: Callable[..., Page], site: ServedSite
) -> None:
    model = site.manifest.models[1].id
    page = open_demo(f"#v2|{model}|{BISON}|a bison|a%20kitten")
    card = card_of(page)
    wait_for_answer(card)
    assert texts_of(card) == ["a bison", "a kitten"]
    (image,) = [image for image in site.manifest.images if image.id == BISON]
    expect(page.get_by_role("article", name=image.description)).to_be_visible()


def test_the_page_hands_out_the_code_to_embed_it(
    open_demo: Callable[..., Page], context: BrowserContext, site: ServedSite
) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = open_demo(f"#image={KITTEN}")
    wait_for_answer(card_of(page))
    page.get_by_role("button", name="Embed").press("Enter")
    dialog = page.get_by_role("dialog", name="Show this on another page")
    dialog.get_by_role("button", name="Copy: As a part of that page").click()
    expect(dialog.get_by_role("status").first).to_have_text("Copied.")
    assert page.evaluate("navigator.clipboard.readText()") == (
        f'<script type="module" src="{site.url}embed.js"></script>\n'
        f'<lit-demo src="{site.url}" picture="{KITTEN}"></lit-demo>'
    )
    assert find_violations(page) == []
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()

"""What a demo says about itself: how it runs here, and whose work is in it."""

from playwright.sync_api import Page, expect

from tests.e2e.accessibility import find_violations
from tests.e2e.conftest import ServedSite
from tests.e2e.demo_page import ask, card_of, foot, wait_for_answer


def test_it_says_on_request_how_the_model_runs(page: Page, site: ServedSite) -> None:
    scripts: list[str] = []
    page.on("request", lambda request: scripts.append(request.url))
    page.goto(site.url)
    ask(card_of(page), "a cat with a ball")
    wait_for_answer(card_of(page))
    assert not [url for url in scripts if "lit-demo-device" in url], "nobody has asked for it"
    foot(page).click()
    page.get_by_text("How it runs on this device").click()
    device = page.locator("lit-demo-device")
    expect(device.get_by_role("status")).to_contain_text("the same answers here")
    device.get_by_text("Figures").click()
    figures = dict(
        zip(
            device.locator("dt").all_inner_texts(),
            device.locator("dd").all_inner_texts(),
            strict=True,
        )
    )
    assert figures["Computed with"] == "TensorFlow.js 4.22.0, wasm"
    assert 0 <= float(figures["Largest deviation (1 − cosine)"]) < 1e-3
    assert figures["Captions checked"] == str(len(site.manifest.models[0].goldens))
    assert "MB" in figures["Memory of the model"]
    assert find_violations(page) == []


def test_it_leads_to_the_licences_of_what_is_in_it(page: Page, site: ServedSite) -> None:
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(site.url)
    foot(page).click()
    page.get_by_role("link", name="Open-source licences").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Open-source licences")
    page.get_by_role("row", name="Lit Copyright").get_by_role("link").click()
    expect(page.get_by_text("Redistributions in binary form")).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert find_violations(page) == []

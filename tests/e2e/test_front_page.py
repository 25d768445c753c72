"""The first page of the documentation shows the default demo itself."""

import shutil
from pathlib import Path

from playwright.sync_api import BrowserContext, expect

from tests.docs.build import build_docs
from tests.e2e.conftest import ServedSite, open_page
from tests.e2e.demo_page import example_prompts, texts_of, wait_for_answer
from tests.static_server import serve_folder


def test_the_front_page_has_a_demo_and_asks_nothing_of_others(
    site: ServedSite, context: BrowserContext, errors: list[str], tmp_path: Path
):
    docs = build_docs(tmp_path)
    shutil.copytree(site.folder, docs / "demo")
    with serve_folder(docs) as url, open_page(context, url.rstrip("/"), errors) as page:
        page.goto(url)
        card = page.locator("lit-demo lit-demo-card")
        assert wait_for_answer(card)
        assert set(texts_of(card)) == set(example_prompts(site.manifest, "kitten"))
        page.get_by_role("link", name="The whole demo").click()
        expect(page.locator("lit-demo-app lit-demo-card").first).to_be_visible()

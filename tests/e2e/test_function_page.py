"""Pages of functions in real Chromium: the package's own template, and an author's."""

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, Response, expect

from builder.project import create_project
from tests.e2e.accessibility import find_violations
from tests.e2e.conftest import open_page, serve_project
from tests.e2e.host import host

GUIDE = Path(__file__).parents[2] / "docs/how-to/template.md"


def read_example(language: str) -> str:
    """A block of code of the guide, as an author would copy it."""
    (code,) = re.findall(rf"```{language}\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    return code


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory, cache: Path) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("function")
    spec = create_project(folder / "demo", "function")
    with serve_project(spec, folder / "site", cache) as url:
        yield url


@pytest.fixture
def page(context: BrowserContext, url: str, errors: list[str]) -> Iterator[Page]:
    with open_page(context, url, errors) as page:
        page.goto(url)
        page.locator("lit-demo-function[data-status=ready]").wait_for()
        yield page


def test_the_output_follows_the_sliders(page: Page):
    output = page.get_by_role("status").filter(has_text="3")
    expect(output).to_have_text("3")
    page.get_by_role("slider", name="First number").fill("4")
    expect(page.locator("output")).to_have_text("4")
    page.get_by_role("slider", name="Second number").press("ArrowRight")
    expect(page.locator("output")).to_have_text("4.1")
    number = page.get_by_role("spinbutton", name="Second number, exactly")
    expect(number).to_have_value("2.1")
    number.fill("-7.25")
    number.press("Enter")
    expect(page.locator("output")).to_have_text("-5.25")


def test_its_benchmark_measures_the_function(context: BrowserContext, url: str, errors: list[str]):
    with open_page(context, url, errors) as page:
        page.goto(f"{url}benchmark.html")
        page.get_by_role("button", name="Measure").click()
        row = page.get_by_role("row", name=re.compile("^prod wasm"))
        expect(row).to_contain_text("ms")


def test_it_runs_on_wasm_in_a_worker(page: Page):
    expect(page.locator("lit-demo-function")).to_have_attribute("data-backend", "wasm")
    assert len(page.workers) == 1


@pytest.mark.parametrize(("scheme", "width"), [("light", 320), ("dark", 1280)])
def test_the_page_is_accessible_and_fits(page: Page, scheme: str, width: int):
    page.emulate_media(color_scheme=scheme)  # pyright: ignore[reportArgumentType]
    page.set_viewport_size({"width": width, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert find_violations(page) == []


def test_a_visit_costs_what_the_report_says(context: BrowserContext, url: str, errors: list[str]):
    sizes: dict[str, int] = {}

    def note(response: Response) -> None:
        # What was downloaded and checked has an address of its own, which costs nothing.
        if not response.url.startswith("blob:"):
            sizes[response.url] = int(response.headers["content-length"])

    with open_page(context, url, errors) as page:
        page.on("response", note)
        page.goto(url)
        expect(page.locator("output")).to_have_text("3")
        report = context.request.get(f"{url}report.json").json()
    assert sum(sizes.values()) == pytest.approx(report["bytes_before_first_answer"], rel=0.01)


def test_a_browser_that_computes_something_else_is_not_trusted(
    context: BrowserContext, function_site: Path, errors: list[str]
):
    with host(function_site) as served, open_page(context, served.url, errors) as page:
        whole = dict(served.files)
        url = served.find("sample-output-")
        # What JAX gave is another, so what this browser gives is not that.
        served.files[url] = b"\x00\x00\x80\x3f" * (len(whole[url]) // 4)
        old, new = (hashlib.sha256(files[url]).hexdigest() for files in (whole, served.files))
        served.edit_manifest(lambda text: text.replace(old, new))
        page.goto(served.url)
        page.locator("lit-demo-function[data-status=failed]").wait_for()
        expect(page.get_by_role("status")).to_contain_text(
            "This browser’s output of prod differs from what the builder computed."
        )
        served.files.update(whole)
        page.get_by_role("button", name="Try again").click()
        page.locator("lit-demo-function[data-status=ready]").wait_for()


def test_the_template_of_the_guide_runs_functions(
    context: BrowserContext, tmp_path: Path, cache: Path, errors: list[str]
):
    spec = create_project(tmp_path / "demo", "function")
    template = spec.parent / "mine"
    template.mkdir()
    for name, language in (("page.html.j2", "html"), ("page.css", "css"), ("page.js", "js")):
        (template / name).write_text(read_example(language), encoding="utf-8")
    spec.write_text(spec.read_text().replace('template = "function"', 'template = "mine"'))
    with (
        serve_project(spec, tmp_path / "site", cache) as url,
        open_page(context, url, errors) as page,
    ):
        page.goto(url)
        expect(page.locator("output")).to_have_text("3")
        page.get_by_label("A number").fill("6")
        expect(page.locator("output")).to_have_text("4")
        assert len(page.workers) == 1

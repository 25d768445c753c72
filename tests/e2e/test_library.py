"""lit.js in Chromium: in the playground, as a module, and with the data of another origin."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from builder.models.load import load_model
from builder.spec.models import ModelSpec
from tests.e2e.accessibility import find_violations
from tests.e2e.conftest import ServedSite, serve_folder

PROBABILITIES = """async ([library, base]) => {
  const lit = await import(library);
  if (base) lit.setBaseUrl(base);
  const pictures = new lit.ImageData();
  await pictures.load();
  const [name] = await lit.listModels();
  const model = new lit.Model(name);
  const progress = [];
  await model.load(({ loaded, total }) => progress.push(loaded / total));
  const texts = ['a kitten', 'a bison', 'the Eiffel tower'];
  const [row] = await model.embed(texts);
  return {
    progress: progress.at(-1),
    pictures: pictures.rows.map(({ id }) => id),
    url: lit.getImageUrl(pictures.rows[0].id),
    dim: row.length,
    tokens: await model.tokenize(texts[0]),
    similarities: await model.computeSimilarities(texts, [0, 1, 2]),
    probabilities: await model.computeProbabilities(texts, 0),
    byId: await model.computeProbabilities(texts, pictures.rows[0].id),
  };
}"""


@pytest.fixture(scope="module")
def other_origin(site: ServedSite) -> Iterator[str]:
    """The same site on another port, which is another origin."""
    with serve_folder(site.folder) as url:
        yield url


def test_the_playground_calls_every_function(page: Page, site: ServedSite) -> None:
    page.goto(site.url + "playground.html")
    status = page.get_by_role("status")
    expect(status).to_have_text("3 pictures.")
    page.get_by_label("Texts").fill("a kitten\nthe Eiffel tower")
    page.get_by_role("button", name="Probabilities").click()
    expect(status).to_contain_text("for 2 texts")
    first = page.get_by_role("row", name="a kitten").get_by_role("cell")
    assert float(first.inner_text().rstrip(" %")) > 90
    page.get_by_role("button", name="Similarities").click()
    expect(page.get_by_role("columnheader", name="Cosine")).to_be_visible()
    page.get_by_role("button", name="Tokens").click()
    tokens = load_model(ModelSpec(name="mini-tiny")).tokenizer(["a kitten"])[0]
    expect(first).to_have_text(" ".join(map(str, tokens)))
    expect(page.locator("code")).to_contain_text('await model.tokenize("a kitten")')


@pytest.mark.parametrize(("scheme", "width"), [("light", 320), ("dark", 1280)])
def test_the_playground_is_accessible_and_fits(
    page: Page, site: ServedSite, scheme: str, width: int
) -> None:
    page.emulate_media(color_scheme=scheme)  # pyright: ignore[reportArgumentType]
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(site.url + "playground.html")
    expect(page.get_by_role("status")).to_have_text("3 pictures.")
    button = page.get_by_role("button", name="Probabilities")
    button.press("Enter")
    expect(page.get_by_role("table")).to_be_visible()
    expect(button).to_be_focused()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert find_violations(page) == []


def test_the_playground_says_what_is_wrong(page: Page, site: ServedSite, errors: list[str]) -> None:
    page.goto(site.url + "playground.html")
    status = page.get_by_role("status")
    expect(status).to_have_text("3 pictures.")
    page.get_by_label("Address").fill(site.url + "nowhere/")
    page.get_by_role("button", name="Open").click()
    expect(status).to_contain_text("the server answered 404")
    assert [error for error in errors if "404" not in error] == []
    errors.clear()


@pytest.mark.parametrize("data", ["where the library is", "elsewhere"])
def test_the_module_works_on_a_page_of_another_origin(
    context: BrowserContext, site: ServedSite, other_origin: str, data: str
) -> None:
    base = site.url if data == "elsewhere" else None
    page = context.new_page()
    page.goto(site.url + "lit.d.ts")
    answer = page.evaluate(PROBABILITIES, [other_origin + "lit.mjs", base])
    assert answer["progress"] == 1
    assert answer["pictures"] == [image.id for image in site.manifest.images]
    assert answer["url"] == (base or other_origin) + site.manifest.images[0].photo.url
    model = site.manifest.models[0]
    assert answer["dim"] == model.dim
    assert model.tokenizer
    assert len(answer["tokens"]) == model.tokenizer.max_length
    assert answer["probabilities"] == answer["byId"]
    assert sum(answer["probabilities"]) == pytest.approx(1)
    pictures = [image.id for image in site.manifest.images]
    best = [max(range(3), key=row.__getitem__) for row in answer["similarities"]]
    assert [pictures[index] for index in best] == ["kitten", "bison", "eiffel-tower"]


def test_the_script_defines_a_global(context: BrowserContext, site: ServedSite) -> None:
    page = context.new_page()
    page.goto(site.url + "lit.d.ts")
    page.add_script_tag(url=site.url + "lit.js")
    message = page.evaluate(
        """async () => {
          const model = new lit.Model('huge');
          return model.load().catch((error) => error.message);
        }"""
    )
    assert message == "The demo has no model “huge”; it has mini-tiny, mini-small."
    assert page.evaluate("new lit.Model('mini-tiny').embed(['a']).catch((e) => e.message)") == (
        "The model is not loaded: call `await model.load()` first."
    )

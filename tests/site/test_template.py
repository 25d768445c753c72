"""Pages made of templates: a manifest's texts on them, and mistakes of their authors."""

import json
import re
from pathlib import Path

import jinja2
import pytest

from builder.errors import BuilderError
from builder.site.template import BENCHMARK, LICENSES, Template, load_template
from tests.site.builds import APP, ONE_LICENSE
from tests.site.sites import small_manifest

ROOT = Path(__file__).parents[2]


def write_template(folder: Path, page: str) -> Template:
    folder.mkdir(exist_ok=True)
    (folder / "page.html.j2").write_text(page, encoding="utf-8")
    assets = {"page.js": "template-1/page.js"}
    return Template(
        folder,
        APP,
        {},
        assets,
        APP,
        ONE_LICENSE,
        left_out={"a.npz": "hidden"},
    )


def test_a_template_sees_the_manifest_the_app_and_its_own_files(tmp_path: Path):
    page = "{{ manifest.title }} {{ manifest_url }} {{ app.entry }} {{ asset('page.js') }}"
    template = write_template(tmp_path, page)
    assert template.render(small_manifest(), "manifest.json") == (
        "A title manifest.json assets/demo.js template-1/page.js"
    )


def test_what_an_author_writes_is_never_markup(tmp_path: Path):
    manifest = small_manifest().model_copy(update={"title": '<script>"&'})
    text = write_template(tmp_path, "<p>{{ manifest.title }}</p>").render(manifest, "")
    assert text == "<p>&lt;script&gt;&#34;&amp;</p>"


@pytest.mark.parametrize(
    ("page", "message"),
    [
        ("\n{% block %}", r"page\.html\.j2:2: "),
        ("{{ manifest.tilte }}", r"page\.html\.j2:1: .*no attribute 'tilte'"),
        ("{{ no_such_name }}", "'no_such_name' is undefined"),
        ("{{ asset(['page.js']) }}", r"page\.html\.j2:1: TypeError"),
        ("\n{{ asset('a.npz') }}", r"page\.html\.j2:2: 'a\.npz' is not published: hidden"),
        ("{{ asset('pgae.js') }}", "there is no file 'pgae.js' beside it, only page.js"),
        ("{% extends 'none.j2' %}", r"none\.j2"),
    ],
)
def test_a_mistake_is_told_with_its_file(tmp_path: Path, page: str, message: str):
    with pytest.raises(BuilderError, match=message) as caught:
        write_template(tmp_path, page).render(small_manifest(), "manifest.json")
    assert str(tmp_path) in str(caught.value)


def test_pages_that_come_with_the_package_show_the_manifest():
    template = load_template("image-text")
    page = template.render(small_manifest(), "manifest.json")
    assert "<title>A title</title>" in page
    assert f'src="{template.app.entry}"' in page
    assert "lit.js" in template.files, "the page of pictures comes with the library"
    assert "embed.js" in template.files, "and with the element for other pages"
    workers = {url for url in template.files if "worker" in url}
    assert workers, "which computes"
    assert workers <= template.app.files.keys(), "in the workers that the page has"
    assert load_template("mnist").files == {}


def test_a_page_says_its_language_and_loads_what_it_speaks_with():
    template = load_template("image-text")
    german = small_manifest().model_copy(update={"language": "de-CH"})
    page = template.render(german, "manifest.json")
    catalogue = template.app.catalogues["de"]
    assert '<html lang="de-CH" dir="ltr">' in page
    assert f'rel="modulepreload" href="{catalogue}"' in page
    assert "noch nicht gestartet" in page
    assert catalogue not in template.render(small_manifest(), "manifest.json")
    arabic = german.model_copy(update={"language": "ar"})
    assert '<html lang="ar" dir="rtl">' in template.render(arabic, "manifest.json")


@pytest.mark.parametrize("name", ["function", "mnist"])
def test_pages_of_functions_speak_it_too(name: str):
    template = load_template(name)
    japanese = small_manifest().model_copy(update={"language": "ja"})
    page = template.render(japanese, "manifest.json")
    assert '<html lang="ja" dir="ltr">' in page
    assert template.app.catalogues["ja"] in page
    assert "JavaScriptが必要です" in page


def test_a_page_whose_language_has_no_words_is_english_around_its_texts():
    template = load_template("image-text")
    french = small_manifest().model_copy(update={"language": "fr"})
    page = template.render(french, "manifest.json")
    assert '<html lang="en" dir="ltr">' in page
    assert '<header slot="header" lang="fr">' in page
    assert '<title lang="fr">' in page
    assert 'language = "fr"' in template.notes_on("fr")[0]
    assert template.notes_on("de") == ()


def test_a_template_of_an_authors_own_has_the_language_of_its_texts(tmp_path: Path):
    write_template(tmp_path / "mine", "{% extends 'base.html.j2' %}{% block body %}{% endblock %}")
    template = load_template(str(tmp_path / "mine"))
    hebrew = small_manifest().model_copy(update={"language": "he"})
    assert '<html lang="he" dir="rtl">' in template.render(hebrew, "manifest.json")
    assert template.notes_on("he") == ()


def test_visitors_choose_the_language_where_the_author_leaves_it_to_them():
    template = load_template("image-text")
    manifest = small_manifest()
    script = f'<script src="{template.app.visitor_language}" integrity="'
    assert script not in template.render(manifest, "manifest.json")
    open_to_all = manifest.model_copy(update={"visitor_language": True})
    page = template.render(open_to_all, "manifest.json")
    assert script in page
    assert 'data-languages="en ar de es ja"' in page
    second = template.render_others(open_to_all, "manifest.json")[BENCHMARK].decode()
    assert "data-languages" not in second


def test_the_second_page_measures_and_brings_what_it_loads():
    template = load_template("function")
    files = template.render_others(small_manifest(), "manifest.json")
    assert template.benchmark.entry in files
    assert template.benchmark.entry.encode() in files[BENCHMARK]


@pytest.mark.parametrize("name", ["image-text", "function"])
def test_every_site_has_the_licences_of_its_libraries_as_a_page(name: str):
    template = load_template(name)
    german = small_manifest().model_copy(update={"language": "de"})
    files = template.render_others(german, "manifest.json")
    page = files[LICENSES].decode()
    assert '<html lang="de" dir="ltr">' in page
    assert "Open-Source-Lizenzen" in page
    assert "Redistributions in binary form must reproduce" in page
    assert "<script" not in page
    style = template.licenses.style_url
    assert f'href="{style}"' in page
    assert style in files


def test_each_library_of_the_app_has_its_licence():
    package = json.loads((ROOT / "webapp_src/package.json").read_text(encoding="utf-8"))
    licenses = load_template("function").licenses.all
    names = [library.name.lower() for each in licenses for library in each.libraries]
    for dependency in package["dependencies"]:
        family = re.split(r"[-/]", dependency.removeprefix("@"))[0]
        assert any(name.startswith(family) for name in names), dependency


def test_the_files_beside_an_authors_page_get_a_folder_of_their_content(tmp_path: Path):
    write_template(tmp_path / "mine", "page")
    (tmp_path / "mine" / "page.js").write_text("one")
    (tmp_path / "mine" / "images").mkdir()
    (tmp_path / "mine" / "images" / "a.png").write_bytes(b"picture")
    (tmp_path / "mine" / ".DS_Store").write_text("not part of it")
    first = load_template(str(tmp_path / "mine"))
    assert len(first.notes) == 1
    assert ".DS_Store (hidden)" in first.notes[0]
    assert first.assets.keys() == {"page.js", "images/a.png", "functions.js"}
    place = first.assets["page.js"].removesuffix("/page.js")
    assert re.fullmatch(r"template-[0-9a-f]{10}", place)
    assert first.files[f"{place}/images/a.png"] == b"picture"
    assert first.files[f"{place}/functions.js"] == (
        f'export * from "../{first.app.entry}";\n'.encode()
    )
    assert load_template(str(tmp_path / "mine")).assets == first.assets
    (tmp_path / "mine" / "page.js").write_text("two")
    assert load_template(str(tmp_path / "mine")).assets["page.js"] != first.assets["page.js"]


def test_an_author_cannot_take_the_place_of_the_module_that_runs_functions(tmp_path: Path):
    write_template(tmp_path / "mine", "page")
    (tmp_path / "mine" / "functions.js").write_text("mine")
    with pytest.raises(BuilderError, match=r"functions\.js: has the name.* Rename it"):
        load_template(str(tmp_path / "mine"))


def test_a_page_stays_small_however_many_pictures_there_are():
    manifest = small_manifest()
    many = manifest.model_copy(update={"images": manifest.images * 2000})
    page = load_template("image-text").render(many, "manifest.json")
    assert len(page) < 60_000
    assert page.count("<figure>") == 59
    assert "More pictures, which need JavaScript: 1940" in page


@pytest.mark.parametrize(
    ("language", "count", "shown"),
    [("en", 999, "999"), ("en", 1_234_567, "1,234,567"), ("de", 10_005, "10.005")],
)
def test_thousands_are_set_apart_as_the_language_does(language: str, count: int, shown: str):
    template = load_template("gallery")
    wording = template.wording(language)
    values = {"_": wording.translate, "count": count}
    source = '{% from "number.html.j2" import number with context %}{{ number(count) }}'
    environment = jinja2.Environment(loader=jinja2.FileSystemLoader(template.folder.parent))
    assert environment.from_string(source).render(values) == shown

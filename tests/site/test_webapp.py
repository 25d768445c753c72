"""What Vite left is read back: a page's scripts, its styles, and what its worker loads."""

import json
from pathlib import Path

import pytest

from builder.site.webapp import load_catalogues, load_library, load_webapp

CHUNKS = {
    "src/pages/demo/main.ts": {
        "file": "assets/demo-1.js",
        "imports": ["_shared.js"],
        "dynamicImports": ["src/lazy.ts", "src/localization/catalogues/de.json"],
        "css": ["assets/demo.css"],
        "assets": ["assets/worker-1.js", "assets/logo.svg"],
    },
    "_shared.js": {"file": "assets/shared-1.js", "imports": ["_base.js"], "css": ["assets/s.css"]},
    "_base.js": {"file": "assets/base-1.js", "imports": ["_shared.js"]},
    "src/localization/catalogues/de.json": {"file": "assets/de-1.js"},
    "src/lazy.ts": {"file": "assets/lazy-1.js", "css": ["assets/lazy.css"]},
    "src/pages/other/main.ts": {"file": "assets/other-1.js"},
    "src/pages/unstarted.ts": {"file": "assets/unstarted-1.js"},
    "src/pages/visitor-language.ts": {"file": "assets/visitor-language-1.js"},
}
WORKER = {
    "files": ["assets/worker-1.js", "assets/tfjs.js", "assets/tfjs.wasm"],
    "runtime": ["assets/worker-1.js", "assets/tfjs.wasm"],
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    app = tmp_path / "app"
    (app / ".vite").mkdir(parents=True)
    (app / "assets").mkdir()
    (app / ".vite" / "manifest.json").write_text(json.dumps(CHUNKS))
    (app / ".vite" / "worker-1.js.json").write_text(json.dumps(WORKER))
    names = ["demo-1.js", "shared-1.js", "base-1.js", "lazy-1.js", "other-1.js", "demo.css"]
    names += ["s.css", "lazy.css", "worker-1.js", "logo.svg", "tfjs.js", "tfjs.wasm"]
    names += ["unstarted-1.js", "visitor-language-1.js", "de-1.js"]
    for name in names:
        (app / "assets" / name).write_text(name)
    return tmp_path


def test_a_page_has_all_that_it_and_its_worker_load(folder: Path):
    app = load_webapp(folder, "src/pages/demo/main.ts")
    assert {url.removeprefix("assets/") for url in app.files} == {
        *("demo-1.js", "shared-1.js", "base-1.js", "lazy-1.js", "demo.css", "s.css", "lazy.css"),
        *("worker-1.js", "logo.svg", "tfjs.js", "tfjs.wasm", "unstarted-1.js"),
        *("visitor-language-1.js", "de-1.js"),
    }
    assert app.files["assets/tfjs.wasm"] == b"tfjs.wasm"


def test_a_page_names_at_first_only_what_it_needs_at_once(folder: Path):
    app = load_webapp(folder, "src/pages/demo/main.ts")
    assert app.entry == "assets/demo-1.js"
    # Chunks may import each other; each is named once, and what is loaded later is not.
    assert app.preloads == ("assets/shared-1.js", "assets/base-1.js")
    assert app.styles == ("assets/demo.css", "assets/s.css")
    assert app.runtime == ("assets/worker-1.js", "assets/tfjs.wasm")
    first = app.first("en")
    assert first == (app.entry, *app.preloads, *app.styles, "assets/unstarted-1.js")
    assert set(app.first("de-AT")) - set(first) == {"assets/de-1.js"}


def test_a_page_knows_what_it_speaks_other_languages_with(folder: Path):
    assert load_webapp(folder, "src/pages/demo/main.ts").catalogues == {"de": "assets/de-1.js"}
    catalogues = folder / "app" / ".vite" / "catalogues"
    catalogues.mkdir()
    (catalogues / "de.json").write_text('{"Close": "Schließen"}', encoding="utf-8")
    assert load_catalogues(folder) == {"de": {"Close": "Schließen"}}


def test_what_reads_own_pictures_is_no_part_of_the_first_answers(folder: Path):
    app = folder / "app"
    name = "image-encoder.worker-1.js"
    demo = {**CHUNKS["src/pages/demo/main.ts"], "assets": ["assets/worker-1.js", f"assets/{name}"]}
    chunks = {**CHUNKS, "src/pages/demo/main.ts": demo}
    (app / ".vite" / "manifest.json").write_text(json.dumps(chunks))
    worker = {"files": [f"assets/{name}"], "runtime": [f"assets/{name}"]}
    (app / ".vite" / f"{name}.json").write_text(json.dumps(worker))
    (app / "assets" / name).write_text(name)
    found = load_webapp(folder, "src/pages/demo/main.ts")
    assert f"assets/{name}" in found.files
    assert found.runtime == ("assets/worker-1.js", "assets/tfjs.wasm")


def test_a_script_is_named_with_what_it_must_be(folder: Path):
    app = load_webapp(folder, "src/pages/demo/main.ts")
    # From: printf demo-1.js | openssl dgst -sha256 -binary | base64
    assert (
        app.integrity("assets/demo-1.js") == "sha256-gGHfxuctIpXT9OVUTJ9DNya4sLZ/ymIQUJp1y8GSeV8="
    )


def test_a_page_without_a_worker_has_no_runtime(folder: Path):
    app = load_webapp(folder, "src/pages/other/main.ts")
    assert app.files.keys() == {
        "assets/other-1.js",
        "assets/unstarted-1.js",
        "assets/visitor-language-1.js",
    }
    assert (app.preloads, app.styles, app.runtime) == ((), (), ())


def test_the_library_is_all_of_its_folder_but_what_vite_notes(folder: Path):
    library = folder / "lit"
    (library / ".vite").mkdir(parents=True)
    (library / ".vite" / "manifest.json").write_text("{}")
    (library / "playground").mkdir()
    (library / "lit.js").write_text("lit")
    (library / "playground" / "index.html").write_text("page")
    (folder / "embed").mkdir()
    (folder / "embed" / "embed.js").write_text("embed")
    assert load_library(folder) == {
        "lit.js": b"lit",
        "playground/index.html": b"page",
        "embed.js": b"embed",
    }

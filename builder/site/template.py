"""What a page is made of: its Jinja template, the part of the app that it loads, its own files."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import jinja2

from builder.errors import BuilderError
from builder.gallery.built import BuiltGallery
from builder.manifest import PageManifest
from builder.resources import template_folder, web_folder
from builder.site.first_answer import FirstAnswer
from builder.site.installable import Installable
from builder.site.licenses import Licenses, load_licenses
from builder.site.rendering import render
from builder.site.sharing import Shared
from builder.site.template_files import PAGE_TEMPLATE, collect_files
from builder.site.webapp import (
    WebApp,
    load_catalogues,
    load_library,
    load_service_worker,
    load_webapp,
)
from builder.site.wording import (
    SOURCE,
    Catalogue,
    Wording,
    choose_wording,
    find_missing_wording,
    primary_language,
)

IMAGE_TEXT = "image-text"
GALLERY = "gallery"

_ENTRIES = {
    IMAGE_TEXT: "src/pages/demo/main.ts",
    GALLERY: "src/pages/gallery/main.ts",
    "function": "src/pages/function/main.ts",
    "mnist": "src/pages/mnist/main.ts",
}
"""The app's script for each template that comes with the package."""

BENCHMARK = "benchmark.html"
_BENCHMARK_TEMPLATE = "benchmark.html.j2"
_BENCHMARK_ENTRY = "src/pages/benchmark/main.ts"

LICENSES = "licenses.html"
_LICENSES_TEMPLATE = "licenses.html.j2"

_FUNCTIONS = "src/inference/functions/functions.ts"
"""What the scripts of authors' own templates import as `./functions.js`."""

_FUNCTIONS_URL = "functions.js"
_HASH_DIGITS = 10


@dataclass(frozen=True)
class PageParts:
    """What a page shows beside its manifest, if there is such a thing.

    It may show `answer`, and the first pictures of a `gallery`, before its script has started.
    """

    answer: FirstAnswer | None = None
    installable: Installable | None = None
    shared: Shared | None = None
    gallery: BuiltGallery | None = None


@dataclass(frozen=True)
class Template:
    """A folder with `page.html.j2`.

    `app` is the part of the web app that the page loads. `files` are the other files by URL;
    `assets` gives their URLs by their names in the template's folder. `benchmark` is what the
    page loads that measures the site's models. `licenses` are those of all that is in the app.
    `worker` keeps the page for when there is
    no network; pages of authors' own have none. `left_out` are files of the folder that do not go
    into the site, with the reason for each, and `notes` tell the author. `catalogues` are what the
    package's pages say in other languages than English, by the language.
    """

    folder: Path
    app: WebApp
    files: Mapping[str, bytes]
    assets: Mapping[str, str]
    benchmark: WebApp
    licenses: Licenses
    worker: bytes | None = None
    left_out: Mapping[str, str] = field(default_factory=dict[str, str])
    notes: tuple[str, ...] = ()
    catalogues: Mapping[str, Catalogue] = field(default_factory=dict[str, Catalogue])
    is_own: bool = False
    """Whether it is an author's, which speaks as its texts do."""

    def render(
        self,
        manifest: PageManifest,
        manifest_url: str,
        parts: PageParts = PageParts(),
    ) -> str:
        """The page of a site.

        Raises:
            BuilderError: if the template cannot be used, with the line.
        """
        wording = self.wording(manifest.language)
        return self._render(PAGE_TEMPLATE, self.app, wording, manifest, manifest_url, parts)

    def wording(self, language: str) -> Wording:
        """How the page speaks whose texts are in that language."""
        wording = choose_wording(language, self.catalogues)
        return Wording(language, wording.catalogue) if self.is_own else wording

    def notes_on(self, language: str) -> tuple[str, ...]:
        """What to tell an author whose texts are in that language."""
        note = None if self.is_own else find_missing_wording(language, self.catalogues)
        return () if note is None else (note,)

    def render_others(self, manifest: PageManifest, manifest_url: str) -> Mapping[str, bytes]:
        """The pages that every site has beside its own, with what they load, by URL.

        One measures models, in English; one has the licences of what is in the app.
        """
        app = self.benchmark
        wording = choose_wording(manifest.language, self.catalogues)
        measuring = self._render(_BENCHMARK_TEMPLATE, app, Wording(), manifest, manifest_url)
        licenses = self._render(_LICENSES_TEMPLATE, app, wording, manifest, manifest_url)
        return {
            BENCHMARK: measuring.encode(),
            **app.files,
            LICENSES: licenses.encode(),
            self.licenses.style_url: self.licenses.style,
        }

    def _render(
        self,
        name: str,
        app: WebApp,
        wording: Wording,
        manifest: PageManifest,
        manifest_url: str,
        parts: PageParts = PageParts(),
    ) -> str:
        values = {
            # Plain data: a model has methods that read files.
            "manifest": manifest.model_dump(),
            "manifest_url": manifest_url,
            "answer": parts.answer,
            "installable": parts.installable,
            "shared": parts.shared,
            "gallery": parts.gallery,
            "app": app,
            "licenses": self.licenses,
            "language": wording.language,
            "direction": wording.direction,
            "catalogue": app.catalogues.get(primary_language(wording.language)),
            "languages": self._offered(manifest, app),
            "_": wording.translate,
            "percent": wording.percent,
            "asset": self._asset,
        }
        return render(self.folder, name, values)

    def _offered(self, manifest: PageManifest, app: WebApp) -> tuple[str, ...]:
        """The languages among which visitors choose; none if the author does not let them."""
        if app is not self.app or not getattr(manifest, "visitor_language", False):
            return ()
        return (SOURCE, *app.catalogues)

    def _asset(self, name: str) -> str:
        if name in self.left_out:
            raise jinja2.TemplateError(f"'{name}' is not published: {self.left_out[name]}")
        if name not in self.assets:
            known = ", ".join(self.assets)
            raise jinja2.TemplateError(f"there is no file '{name}' beside it, only {known}")
        return self.assets[name]


def load_template(name: str) -> Template:
    """The template of that name, or the author's own in the folder `name`.

    Raises:
        BuilderError: if a file of the author's cannot be read or used.
    """
    web = web_folder()
    benchmark, licenses = load_webapp(web, _BENCHMARK_ENTRY), load_licenses(web)
    if name not in _ENTRIES:
        own = _load_folder(Path(name), load_webapp(web, _FUNCTIONS), benchmark, licenses)
        return replace(own, catalogues=load_catalogues(web), is_own=True)
    files = load_library(web) if name == IMAGE_TEXT else {}
    app = load_webapp(web, _ENTRIES[name])
    folder, worker = template_folder() / name, load_service_worker(web)
    catalogues = load_catalogues(web)
    return Template(folder, app, files, {}, benchmark, licenses, worker, catalogues=catalogues)


def _load_folder(folder: Path, app: WebApp, benchmark: WebApp, licenses: Licenses) -> Template:
    """A template of the author's own, whose files beside the page go into one folder of the site.

    That folder is named after their content, and they find each other, and `./functions.js`, by
    their own names.

    Raises:
        BuilderError: if a file cannot be read, or has the name of that module.
    """
    found = collect_files(folder)
    contents = dict(found.contents)
    if _FUNCTIONS_URL in contents:
        raise BuilderError(
            f"{folder / _FUNCTIONS_URL}: has the name of the module that a build puts there."
            " Rename it."
        )
    contents[_FUNCTIONS_URL] = f'export * from "../{app.entry}";\n'.encode()
    total = hashlib.sha256(repr(sorted(contents.items())).encode())
    place = f"template-{total.hexdigest()[:_HASH_DIGITS]}"
    files = {f"{place}/{name}": data for name, data in contents.items()}
    assets = {name: f"{place}/{name}" for name in contents}
    left_out, notes = found.left_out, found.notes(folder)
    return Template(folder, app, files, assets, benchmark, licenses, left_out=left_out, notes=notes)

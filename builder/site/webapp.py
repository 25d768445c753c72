"""The built web app, as Vite left it: which files a page needs, and which it loads first."""

import base64
import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from builder.site.wording import Catalogue, primary_language

_FOR_PICTURES = "image-encoder.worker"
"""The worker for visitors' own pictures, without which a text is answered."""
_UNSTARTED = "src/pages/unstarted.ts"
"""The script that says why a page has not started."""
_VISITOR_LANGUAGE = "src/pages/visitor-language.ts"
"""The script that finds the visitor's language, where the author leaves that to visitors."""
_PLAIN = "src/plain-page.css"
"""The styles of a page without a script."""
_CATALOGUE = re.compile(r"src/localization/catalogues/(\w+)\.json")


@dataclass(frozen=True)
class WebApp:
    """The part of the app that one page needs; files by URL.

    `entry`, `preloads`, `styles` and `unstarted` are what the page names; `runtime` is what
    computing also needs: the worker, TensorFlow.js and its wasm backend. `catalogues` are what it
    loads to speak a language, by the language.
    """

    files: Mapping[str, bytes]
    entry: str
    preloads: tuple[str, ...]
    styles: tuple[str, ...]
    unstarted: str
    visitor_language: str
    runtime: tuple[str, ...]
    catalogues: Mapping[str, str] = field(default_factory=dict[str, str])

    def first(self, language: str) -> tuple[str, ...]:
        """What a page in that language loads before anything else."""
        catalogue = self.catalogues.get(primary_language(language))
        spoken = () if catalogue is None else (catalogue,)
        return (self.entry, *self.preloads, *spoken, *self.styles, self.unstarted)

    def integrity(self, url: str) -> str:
        """What a script must be for a browser to run it:
        https://www.w3.org/TR/SRI/#the-integrity-attribute.
        """
        digest = hashlib.sha256(self.files[url]).digest()
        return f"sha256-{base64.b64encode(digest).decode()}"


def load_webapp(folder: Path, entry: str) -> WebApp:
    """Read from `folder/app`, which Vite built, what the page script `entry` needs.

    `entry` is named by its source, like "src/pages/demo/main.ts". Formats:
    https://vite.dev/guide/backend-integration and webapp_src/runtime-files.ts.
    """
    app = folder / "app"
    chunks = json.loads((app / ".vite" / "manifest.json").read_text(encoding="utf-8"))
    first = list(_follow(chunks, entry, ("imports",)))
    keys = list(_follow(chunks, entry, ("imports", "dynamicImports")))
    reached = [chunks[key] for key in keys]
    assets = [asset for chunk in reached for asset in chunk.get("assets", ())]
    workers = {asset: worker for asset in assets if (worker := _read_worker(app, asset))}
    urls = {
        chunks[_UNSTARTED]["file"],
        chunks[_VISITOR_LANGUAGE]["file"],
        *(chunk["file"] for chunk in reached),
        *(css for chunk in reached for css in chunk.get("css", ())),
        *assets,
        *(url for worker in workers.values() for url in worker["files"]),
    }
    return WebApp(
        files={url: (app / url).read_bytes() for url in sorted(urls)},
        entry=chunks[entry]["file"],
        preloads=tuple(chunks[key]["file"] for key in first[1:]),
        styles=tuple(css for key in first for css in chunks[key].get("css", ())),
        unstarted=chunks[_UNSTARTED]["file"],
        visitor_language=chunks[_VISITOR_LANGUAGE]["file"],
        runtime=tuple(
            url
            for asset, worker in workers.items()
            if not Path(asset).name.startswith(_FOR_PICTURES)
            for url in worker["runtime"]
        ),
        catalogues={
            found[1]: chunks[key]["file"]
            for key in sorted(keys)
            if (found := _CATALOGUE.fullmatch(key))
        },
    )


def load_plain_styles(folder: Path) -> tuple[str, bytes]:
    """The URL and the content of the styles of a page without a script."""
    app = folder / "app"
    chunks = json.loads((app / ".vite" / "manifest.json").read_text(encoding="utf-8"))
    url = chunks[_PLAIN]["file"]
    return url, (app / url).read_bytes()


def load_service_worker(folder: Path) -> bytes:
    """The script in whose cache browsers keep a page; it lacks the line that `installable` adds."""
    return (folder / "service-worker.js").read_bytes()


def load_catalogues(folder: Path) -> Mapping[str, Catalogue]:
    """What the app says in each language but its own, by the language."""
    return {
        path.stem: json.loads(path.read_text(encoding="utf-8"))
        for path in sorted((folder / "app" / ".vite" / "catalogues").glob("*.json"))
    }


def load_library(folder: Path) -> Mapping[str, bytes]:
    """What other pages use of a site, by URL: lit.js with its playground, and embed.js.

    They are `folder/lit` and `folder/embed`; the latter's workers are those of the page.
    """
    return {
        path.relative_to(library).as_posix(): path.read_bytes()
        for library in (folder / "lit", folder / "embed")
        for path in sorted(library.rglob("*"))
        if path.is_file() and ".vite" not in path.parts
    }


def _read_worker(app: Path, asset: str) -> Mapping[str, Any] | None:
    """What a worker loads, if the asset is one."""
    path = app / ".vite" / f"{Path(asset).name}.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None


def _follow(chunks: Mapping[str, Any], key: str, kinds: tuple[str, ...]) -> Iterator[str]:
    """A chunk and all it imports in these ways, each once."""
    pending, seen = [key], {key}
    while pending:
        current = pending.pop()
        yield current
        for imported in (name for kind in kinds for name in chunks[current].get(kind, ())):
            if imported not in seen:
                seen.add(imported)
                pending.append(imported)

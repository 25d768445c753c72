"""The built web app, as Vite left it: which files, and which of them a page loads first."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ENTRY_SOURCE = "src/main.ts"


@dataclass(frozen=True)
class WebApp:
    """The app's files by URL.

    `entry`, `preloads` and `styles` are what the page names; `runtime` is what computing takes
    besides: the worker, TensorFlow.js and its wasm backend. `library` is lit.js with its
    playground, which no page of the app loads.
    """

    files: Mapping[str, bytes]
    entry: str
    preloads: tuple[str, ...]
    styles: tuple[str, ...]
    runtime: tuple[str, ...]
    library: Mapping[str, bytes]


def load_webapp(folder: Path) -> WebApp:
    """Read what Vite built into `folder`, the app in `app` and the library in `lit`.

    Formats: https://vite.dev/guide/backend-integration and webapp_src/runtime-files.ts.
    """
    vite = folder / "app" / ".vite"
    chunks = json.loads((vite / "manifest.json").read_text(encoding="utf-8"))
    loaded = list(_static_imports(chunks, ENTRY_SOURCE))
    return WebApp(
        files=_read_files(folder / "app"),
        entry=chunks[ENTRY_SOURCE]["file"],
        preloads=tuple(chunks[key]["file"] for key in loaded[1:]),
        styles=tuple(css for key in loaded for css in chunks[key].get("css", ())),
        runtime=tuple(json.loads((vite / "runtime.json").read_text(encoding="utf-8"))),
        library=_read_files(folder / "lit"),
    )


def _read_files(folder: Path) -> Mapping[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and ".vite" not in path.parts
    }


def _static_imports(chunks: Mapping[str, Any], key: str) -> Iterator[str]:
    """A chunk and all it imports statically, each once."""
    pending, seen = [key], {key}
    while pending:
        current = pending.pop()
        yield current
        for imported in chunks[current].get("imports", ()):
            if imported not in seen:
                seen.add(imported)
                pending.append(imported)

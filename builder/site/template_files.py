"""Which files of the folder of an author's template a page may use, and which go into the site."""

import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from builder.errors import reading
from builder.file_names import find_flaw
from builder.listing import show_name
from builder.site.own_files import own_files

PAGE_TEMPLATE = "page.html.j2"

_TEMPLATE_SUFFIX = ".j2"

_PUBLISHED_SUFFIXES = (
    *(".html", ".css", ".js", ".mjs", ".map", ".wasm"),
    *(".json", ".webmanifest", ".xml", ".txt", ".csv", ".tsv", ".bin", ".pdf", ".vtt"),
    *(".png", ".jpg", ".jpeg", ".gif", ".webp", ".avif", ".svg", ".ico", ".glb", ".gltf"),
    *(".woff", ".woff2", ".ttf", ".otf"),
    *(".mp3", ".m4a", ".ogg", ".opus", ".wav", ".flac", ".mp4", ".webm", ".ogv"),
)
"""What pages load. Anything else beside a page is more likely source, weights or a key."""

_TOOLS = frozenset(("__pycache__", "node_modules"))
_LISTED = 8


@dataclass(frozen=True)
class TemplateFiles:
    """The files to publish by their names in the folder, and why each other one is left out."""

    contents: Mapping[str, bytes]
    left_out: Mapping[str, str]

    def notes(self, folder: Path) -> tuple[str, ...]:
        """What the author should know about what was left out."""
        if not self.left_out:
            return ()
        named = [
            f"{show_name(name)} ({why})" for name, why in list(self.left_out.items())[:_LISTED]
        ]
        more = len(self.left_out) - len(named)
        named += [f"{more} more"] if more else []
        return (
            f"Left out of the site, though in the folder of the template {folder}:"
            f" {', '.join(named)}. If the page needs one, name it in [data] of demo.toml.",
        )


def collect_files(folder: Path) -> TemplateFiles:
    """The regular files in a folder, and below it, that pages load.

    Links are followed to what is in the same folder and not hidden.

    Raises:
        BuilderError: if something cannot be read.
    """
    root = Path(os.path.realpath(folder))
    contents: dict[str, bytes] = {}
    left_out: dict[str, str] = {}
    pending = [("", False)]
    while pending:
        place, is_linked = pending.pop()
        with reading(root / place, "Make it readable, or remove it."):
            entries = sorted(os.scandir(root / place), key=lambda entry: entry.name)
        for entry in entries:
            name = f"{place}{entry.name}"
            is_folder = os.path.isdir(root / name)  # noqa: PTH112 (Path.is_dir raises errors)
            reason = find_reason_to_hide(root, name) or (
                _find_reason_to_skip(root / name, entry.is_symlink(), is_linked)
                if is_folder
                else _find_reason_not_to_publish(name)
            )
            if reason:
                left_out[f"{name}/" if is_folder else name] = reason
            elif is_folder:
                pending.append((f"{name}/", is_linked or entry.is_symlink()))
            elif entry.name.endswith(_TEMPLATE_SUFFIX):
                pass  # Part of the page itself.
            else:
                with reading(root / name, "Make it readable, or remove it."):
                    contents[name] = (root / name).read_bytes()
    return TemplateFiles(dict(sorted(contents.items())), dict(sorted(left_out.items())))


def find_reason_to_hide(root: Path, name: str) -> str | None:
    """Why what is at `name` below the real path `root` must not be read; None if it may be."""
    if _is_hidden(Path(name)):
        return "hidden"
    try:
        target = Path(os.path.realpath(root / name, strict=True))
        mode = target.stat().st_mode
    except OSError:
        return "a link that leads nowhere"
    if not target.is_relative_to(root):
        return "a link that leaves the folder"
    if _is_hidden(target.relative_to(root)):
        return "a link to something hidden"
    if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):
        return "not a file"
    return None


def _is_hidden(path: Path) -> bool:
    return any(part.startswith(".") or part in _TOOLS for part in path.parts)


def _find_reason_to_skip(folder: Path, is_link: bool, is_linked: bool) -> str | None:
    """Why a folder is not searched for files."""
    if is_link and (is_linked or folder.parent.resolve().is_relative_to(folder.resolve())):
        return "a link to a folder that is searched already"
    manifest = folder / "manifest.json"
    if manifest.is_file():
        with reading(manifest, "Make it readable, or remove it."):
            if own_files(manifest.read_bytes(), lambda _: None) is not None:
                return "a built site"
    return None


def _find_reason_not_to_publish(name: str) -> str | None:
    suffix = Path(name).suffix.lower()
    if suffix not in (*_PUBLISHED_SUFFIXES, _TEMPLATE_SUFFIX):
        return "of a kind that pages do not load"
    if flaw := find_flaw(name):
        return f"its name {flaw}"
    return None

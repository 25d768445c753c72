"""A folder with a drafted `demo.toml`, and copies of the pictures or their paths."""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from builder.drafting.names import describe_name, make_ids
from builder.drafting.pictures import DraftImage
from builder.errors import writing
from builder.project import copy_all, require_absent
from builder.spec.toml import quote

DRAFT = "# Draft"
"""How a comment begins that says so of what is below it."""

DRAFTS = {
    "description": f"{DRAFT}, from the file's name: what should people know who cannot see it?",
    "prompts": f"{DRAFT}: write some that compete, or run `lit-demo suggest`.",
}


@dataclass(frozen=True)
class Draft:
    """What a `demo.toml` begins with; empty texts are left out."""

    images: Sequence[DraftImage]
    model: str
    author: str = ""
    license: str = ""
    source: str = ""


def write_draft(
    draft: Draft, folder: Path, *, refer: bool = False, advance: Callable[[int], None]
) -> Path:
    """Write `demo.toml`, and copies of the pictures unless it should refer to them; returns it.

    Raises:
        BuilderError: if a file already exists or cannot be written; nothing is left then.
    """
    spec = folder / "demo.toml"
    images = _name_all(draft.images)
    if refer:
        copies: Mapping[Path, Path] = {}
        images = [replace(image, file=_relative(image.file, folder)) for image in images]
    else:
        names = [f"images/{image.id}{image.file.suffix.lower()}" for image in images]
        copies = {folder / name: i.file for name, i in zip(names, images, strict=True)}
        images = [replace(i, file=Path(name)) for name, i in zip(names, images, strict=True)]
    text = render(replace(draft, images=images), describe_name(folder.resolve().name))
    require_absent([spec, *copies])
    with writing(folder, "Name another folder."):
        copy_all({**copies, spec: text.encode()}, advance)
    return spec


def render(draft: Draft, title: str) -> str:
    """The text of a `demo.toml` that has a table for each picture."""
    return "\n".join([*_render_head(draft, title), *_render_images(draft.images), ""])


def _render_head(draft: Draft, title: str) -> Iterator[str]:
    yield f"title = {quote(title or 'Which sentence fits the picture?')}"
    yield f"description = {quote('How well does your own caption fit?')}"
    yield ""
    yield "# The language of the page and its prompts, as in <html lang=...>."
    yield 'language = "en"'
    said = {"author": draft.author, "license": draft.license, "source": draft.source}
    yield ""
    yield "# What holds for every picture that does not say otherwise."
    if any(said.values()):
        yield "[defaults]"
        yield from (f"{key} = {quote(text)}" for key, text in said.items() if text)
    else:
        yield "# [defaults]"
        yield '# author = "..."'
        yield '# license = "CC-BY-4.0"'
    yield ""
    yield "# What visitors can choose from: `lit-demo models` lists more."
    yield "[[models]]"
    yield f"name = {quote(draft.model)}"


def _render_images(images: Sequence[DraftImage]) -> Iterator[str]:
    for image in images:
        yield ""
        yield "[[images]]"
        yield f"file = {quote(image.file.as_posix())}"
        yield f"id = {quote(image.id)}"
        if "description" in image.drafted:
            yield DRAFTS["description"]
        yield f"description = {quote(image.description)}"
        yield "prompts = ["
        if "prompts" in image.drafted:
            yield f"  {DRAFTS['prompts']}"
        yield from (f"  {quote(prompt)}," for prompt in image.prompts)
        yield "]"
        said = {"author": image.author, "license": image.license, "source": image.source}
        yield from (f"{key} = {quote(text)}" for key, text in said.items() if text)
        if image.rights:
            yield f"# The file says: {quote(image.rights)}"


def _name_all(images: Sequence[DraftImage]) -> list[DraftImage]:
    ids = make_ids(image.id for image in images)
    return [replace(image, id=id) for image, id in zip(images, ids, strict=True)]


def _relative(file: Path, folder: Path) -> Path:
    """The path from the folder, which is absolute where Windows has the two on different drives."""
    try:
        return Path(os.path.relpath(file.resolve(), folder.resolve()))
    except ValueError:
        return file.resolve()

"""A site as a static Space of the Hugging Face hub; what is not ours there is not replaced."""

import hashlib
import json
import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from builder.download.address import hiding
from builder.download.errors import AttemptError
from builder.download.transfer import RETRY_DELAYS, wait_before_retry
from builder.errors import BuilderError
from builder.listing import hash_file, summarize
from builder.models.hub.repository import find_hub, is_offline
from builder.publish.content import Content, list_names, load_content
from builder.publish.space import Space, SpaceState, read_name
from builder.site.budget import megabytes
from builder.site.named_files import ReadFile
from builder.site.own_files import MANIFEST, own_files
from builder.site.sharing import PREVIEW

README = "README.md"
_ATTRIBUTES = ".gitattributes"
"""What the hub itself needs to store large files."""
_SEAL = "<!-- sha256: "
_SHORT = 60
"""The most characters that the hub takes as a short description."""


@dataclass(frozen=True)
class SpacePublication:
    """What was published; `commit` is None if the Space held the site already.

    `address` is its page on the hub, `page` that of the site alone, if the hub says it. `kept` are
    files that no publication wrote.
    """

    address: str
    page: str | None
    commit: str | None
    is_new: bool
    files: int
    bytes: int
    deleted: tuple[str, ...]
    kept: tuple[str, ...]
    notes: tuple[str, ...]

    def summary(self) -> str:
        """What happened, and where to look."""
        return "\n".join(self._describe())

    def _describe(self) -> Iterator[str]:
        if self.commit is None:
            yield f"{self.address} already holds this site; there is nothing to publish."
        else:
            created = "Created, and published" if self.is_new else "Published"
            deleted = f", {len(self.deleted)} deleted" if self.deleted else ""
            about = f"{self.files} files, {megabytes(self.bytes)}{deleted}"
            yield f"{created} as {self.commit[:10]} ({about}): {self.address}"
        if self.page:
            yield f"The page alone is at {self.page}"
        if self.kept:
            yield f"Kept, since this program did not write it: {list_names(self.kept)}."


def publish_space(
    site: Path,
    name: str,
    *,
    replace: bool = False,
    say: Callable[[str], None],
    delays: Sequence[float] = RETRY_DELAYS,
) -> SpacePublication:
    """Commit a site to the Space `OWNER/NAME`, which is created if there is none.

    Files of earlier publications are replaced or deleted, in one commit; with `replace`, all
    others are too. What fails for a while is tried again.

    Raises:
        SiteError: if the folder holds no site, or its own files have changed since it was built.
        BuilderError: if there is no token, or it may not write there; if the Space holds something
            that no publication wrote, in the site's place; or if the hub cannot be reached.
    """
    content = load_content(site)
    if is_offline():
        raise BuilderError("HF_HUB_OFFLINE does not allow to publish. Unset it.")
    hub = find_hub()
    space = Space(hub, read_name(name, hub))
    if hub.token is None:
        raise BuilderError(
            f"{space.name}: publishing needs a token with the role write. Log in with"
            " `hf auth login`, or set HF_TOKEN."
        )
    with hiding(hub.token):
        for delay in (*delays, None):
            try:
                return _publish(content, space, replace, say)
            except AttemptError as error:
                if delay is None:
                    raise BuilderError(
                        f"{space.name}: cannot be published: {error}. Run the command again later."
                    ) from None
                wait_before_retry(delay, error, say)
    raise AssertionError("the last attempt returns or raises")


def _publish(
    content: Content, space: Space, replace: bool, say: Callable[[str], None]
) -> SpacePublication:
    """One attempt. Whatever an earlier one did is found again, so that it can be repeated."""
    state = space.find()
    is_new = state is None
    if state is None:
        space.create()
        state = space.find()
        if state is None:
            raise AttemptError("the new Space is not there yet")
    page = state.page and f"{state.page.rstrip('/')}/"
    plan = _plan(content, space, state, replace or state.is_fresh)
    size = sum(content.sizes.get(url, 0) for url in plan.files)
    commit = None
    if not plan.is_done:
        say(f"Uploading what has changed of {megabytes(size)} to {space.address}")
        commit = space.commit(state, plan.files, plan.deleted, f"Publish {_as_line(content.title)}")
    return SpacePublication(
        address=space.address,
        page=page,
        commit=commit,
        is_new=is_new or state.is_fresh,
        files=len(plan.files),
        bytes=size,
        deleted=tuple(sorted(plan.deleted)),
        kept=tuple(summarize(sorted(plan.kept), plan.files)),
        notes=(*content.notes(page), *plan.notes),
    )


@dataclass(frozen=True)
class _Plan:
    """What a commit would change: contents, or the files that have them.

    `is_done` if that is nothing.
    """

    files: Mapping[str, bytes | Path]
    deleted: frozenset[str]
    kept: frozenset[str]
    is_done: bool
    notes: tuple[str, ...] = ()


def _plan(content: Content, space: Space, state: SpaceState, replace: bool) -> _Plan:
    """Which files of a Space to replace and delete.

    Raises:
        BuilderError: if any of them is not one that a publication wrote, unless all are to be
            replaced.
    """
    manifest_here = content.read(MANIFEST)
    for url, path in content.files.items():
        content.require_unchanged(url, hash_file(path))
    readme_here = _write_readme(content, manifest_here, space)
    files: dict[str, bytes | Path] = {**content.files, README: readme_here}
    there = state.files - {_ATTRIBUTES}
    if replace:
        return _Plan(files, there - files.keys(), frozenset(), is_done=False)
    manifest, readme = (
        space.read(state, name) if name in there else None for name in (MANIFEST, README)
    )
    earlier = there & _find_earlier(
        manifest, readme, lambda url: space.read(state, url) if url in there else None
    )
    if not earlier:
        raise BuilderError(
            f"{space.address}: holds something that this program did not publish"
            f" ({list_names(sorted(there))}). Name another Space, or delete all that with"
            " --replace; its history keeps it."
        )
    notes: tuple[str, ...] = ()
    if readme is not None and README not in earlier:
        readme = readme_here
        del files[README]
        notes = (f"{README} stays as somebody has changed it; it must say sdk: static.",)
    if foreign := (files.keys() & there) - earlier:
        raise BuilderError(
            f"{space.address}: holds {list_names(sorted(foreign))}, which this program did not"
            " write, where a file of the site must be. Rename it there, or replace everything with"
            " --replace."
        )
    deleted = earlier - files.keys()
    is_same = manifest == manifest_here and readme == readme_here
    is_done = is_same and not deleted and files.keys() <= there
    return _Plan(files, deleted, there - earlier - files.keys(), is_done, notes)


def _find_earlier(manifest: bytes | None, readme: bytes | None, read: ReadFile) -> frozenset[str]:
    """The files that a publication wrote, by the manifest and the README of a Space."""
    named = own_files(manifest, read) if manifest else None
    if named is None:
        return frozenset()
    own_readme = {README} if readme and _is_own(readme) else set[str]()
    return frozenset({*named, MANIFEST, *own_readme})


def _write_readme(content: Content, manifest_data: bytes, space: Space) -> bytes:
    """What tells the hub how to serve the files. Source: hf.co/docs/hub/spaces-config-reference."""
    manifest = json.loads(manifest_data)
    description = textwrap.shorten(manifest["description"], _SHORT, placeholder="...")
    settings = {
        "title": _as_line(content.title),
        "emoji": "🖼️",
        "colorFrom": "green",
        "colorTo": "gray",
        "sdk": "static",
        "app_file": "index.html",
        "short_description": description,
    }
    if preview := next((url for url in content.files if url.startswith(PREVIEW)), None):
        settings["thumbnail"] = f"{space.address}/resolve/main/{preview}"
    # A text of JSON is one of YAML too, but for characters that JSON writes as two escapes.
    lines = [f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in settings.items()]
    text = "\n".join(
        [
            "---",
            *lines,
            "custom_headers:",
            "  cross-origin-resource-policy: cross-origin",
            "---",
            "",
            "Built and published by `lit-demo`, which replaces this file for as long as it is"
            " unchanged.",
            "",
        ]
    )
    return _seal(text.encode())


def _as_line(title: str) -> str:
    return " ".join(title.split())


def _seal(text: bytes) -> bytes:
    """A text with its own hash in a comment at its end, by which a changed one is known."""
    return text + f"{_SEAL}{hashlib.sha256(text).hexdigest()} -->\n".encode()


def _is_own(readme: bytes) -> bool:
    return _seal(readme.rpartition(_SEAL.encode())[0]) == readme

"""A site as a folder: written whole or not at all, and read again."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Generic, TypeAlias

from pydantic import TypeAdapter, ValidationError

from builder.errors import SiteError, writing
from builder.input_file import read_input
from builder.manifest import FunctionSiteManifest, GallerySiteManifest, SiteManifest
from builder.replacement import Kept, replace_folder
from builder.site.bundle import Bundle, Manifest, to_json
from builder.site.files import refer
from builder.site.first_answer import FirstAnswer, answer_first_picture
from builder.site.installable import make_installable
from builder.site.own_files import MANIFEST, find_own_files
from builder.site.seal import is_sealed
from builder.site.sharing import share
from builder.site.template import PageParts, Template
from builder.stored_files import JoinedFiles, sizes_of

PAGE = "index.html"
GALLERY_PAGE = "gallery.html"
"""The page of a gallery beside that of a demo."""

AnyManifest: TypeAlias = SiteManifest | GallerySiteManifest | FunctionSiteManifest
"""That of a site, whatever its page shows."""

_NAMED_BY_CONTENT = (
    *(b"assets", b"data", b"functions", b"gallery", b"icons", b"image-encoders", b"images"),
    *(b"models", b"sharing"),
)
"""Folders whose files have a hash in their names."""

HOST_FILES: Mapping[str, bytes] = {
    # Without it, GitHub Pages would run the folder through Jekyll.
    ".nojekyll": b"",
    # For Netlify and Cloudflare Pages: pages elsewhere may use the data, and browsers cache what
    # has a hash in its name.
    "_headers": b"/*\n  Access-Control-Allow-Origin: *\n"
    + b"".join(
        b"/%b/*\n  Cache-Control: public, max-age=31536000, immutable\n" % folder
        for folder in _NAMED_BY_CONTENT
    ),
}
"""Files that hosts read and need not serve."""

_REMEDY = "Name another folder with -o."


@dataclass(frozen=True)
class Site(Generic[Manifest]):
    """A site ready to be written: all files by URL, and the manifest that names them.

    `icon` is what tabs show, after the first answer; `notes` tell the author what could be better.
    """

    manifest: Manifest
    files: Mapping[str, bytes]
    icon: str | None = None
    notes: tuple[str, ...] = ()

    @property
    def total_bytes(self) -> int:
        """Size of the whole site."""
        return sum(sizes_of(self.files).values())


def assemble_site(
    bundle: Bundle[Manifest], template: Template, gallery: Template | None = None
) -> Site[Manifest]:
    """Add the page and what it loads to the data; `gallery` is the template of a second page.

    The page shows the manifest's texts and is itself named by the manifest, so it is rendered from
    the manifest without files.
    """
    installable = None
    if template.worker and bundle.manifest.offline:
        installable = make_installable(bundle, template.app, template.worker)
    answer = _answer_first(bundle)
    shared = share(bundle, answer, template.wording(bundle.manifest.language))
    shown = PageParts(answer, installable, shared, bundle.gallery)
    own = {
        PAGE: template.render(bundle.manifest, MANIFEST, shown).encode(),
        **(_add_page(bundle, gallery, shown) if gallery else {}),
        **HOST_FILES,
        **template.app.files,
        **template.files,
        **template.render_others(bundle.manifest, MANIFEST),
        **(installable.files if installable else {}),
        **shared.files,
    }
    refs = tuple(refer(url, data) for url, data in sorted(own.items()))
    manifest = bundle.manifest.model_copy(
        update={"files": refs, "offline": installable is not None}
    )
    files = JoinedFiles(bundle.files, own, {MANIFEST: to_json(manifest)})
    return Site(manifest, files, shared.icon, shared.notes)


def _add_page(
    bundle: Bundle[Manifest], template: Template, shown: PageParts
) -> Mapping[str, bytes]:
    """A second page, and what it loads."""
    page = template.render(bundle.manifest, MANIFEST, replace(shown, answer=None))
    return {GALLERY_PAGE: page.encode(), **template.app.files}


def _answer_first(bundle: Bundle[Manifest]) -> FirstAnswer | None:
    if not isinstance(bundle.manifest, SiteManifest):
        return None
    return answer_first_picture(Bundle(bundle.manifest, bundle.files))


def check_target(out: Path) -> None:
    """Refuse a folder that a site cannot be written into, or that holds something else.

    Raises:
        SiteError: if `out` is a file, a folder with other things in it, or cannot be created.
    """
    if out.resolve().parent == out.resolve():
        raise SiteError(f"{out}: is the root of the file system. {_REMEDY}")
    if out.is_symlink() or (out.exists() and not out.is_dir()):
        raise SiteError(f"{out}: is not a folder. {_REMEDY}")
    if out.is_mount():
        raise SiteError(
            f"{out}: is a mount point, which cannot be replaced in one step. Name a folder in it,"
            f" such as {out / 'site'}."
        )
    above = next(folder for folder in out.absolute().parents if folder.exists())
    if not above.is_dir() or not os.access(above, os.W_OK):
        raise SiteError(f"{out}: cannot be created in {above}. {_REMEDY}")
    if out.is_dir() and any(out.iterdir()) and not find_own_files(out):
        raise SiteError(
            f"{out}: is not empty and holds no site (no {MANIFEST} that lit-demo wrote), so nothing"
            f" in it is replaced. {_REMEDY} Or empty it yourself."
        )


def write_site(files: Mapping[str, bytes], out: Path) -> Kept:
    """Put a site in the place of the one in `out`, in one step; what else is there is kept.

    When anything fails or is interrupted before that, `out` is as it was.

    Raises:
        BuilderError: if it cannot be written, or a file that is not the site's is in the way.
    """
    with writing(out, _REMEDY):
        check_target(out)
        return replace_folder(out, files, find_own_files)


def load_any_manifest(folder: Path) -> AnyManifest:
    """Read a site's manifest, whatever its page shows.

    Raises:
        SiteError: if there is none, or none that this version understands.
    """
    path = folder / MANIFEST
    data = read_input(path, "Build the site first.", SiteError)
    return parse_manifest(data, str(path))


def parse_manifest(data: bytes, where: str) -> AnyManifest:
    """Read a manifest that came from `where`.

    Raises:
        SiteError: if it is none that this version understands, or not as it was written.
    """
    try:
        content = TypeAdapter(dict[str, Any]).validate_json(data)
        manifest = _kind_of(content).model_validate_json(data)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(map(str, first["loc"])) or "the file"
        raise SiteError(
            f"{where}: {place}: {first['msg']}. Build the site again with this version."
        ) from None
    if not is_sealed(data):
        raise SiteError(
            f"{where}: differs from the manifest that was built. Build or upload the site again."
        )
    return manifest


def _kind_of(content: Mapping[str, Any]) -> type[AnyManifest]:
    if "functions" in content:
        return FunctionSiteManifest
    return SiteManifest if "images" in content else GallerySiteManifest

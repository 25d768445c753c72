"""Which files of a site's folder are published."""

import hashlib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from builder.errors import SiteError, reading
from builder.listing import find_others, show_name
from builder.site.check import check_site, named_files_of, refuse_problems
from builder.site.folder import PAGE, parse_manifest
from builder.site.own_files import MANIFEST, REPORT
from builder.site.references import referenced_files
from builder.site.sharing import PREVIEW

_LISTED = 8
_RELATIVE_PREVIEW = f'property="og:image" content="{PREVIEW}'.encode()
"""What a page says that does not know its address."""


@dataclass(frozen=True)
class Content:
    """The files of a site by URL, in the order of their names: the manifest and all it names.

    `sha256`, which may be its beginning, and `sizes`, in bytes, say what is in them. `left_out` is
    what else the folder holds; a name that ends with a slash stands for a whole folder.
    """

    title: str
    files: Mapping[str, Path]
    sha256: Mapping[str, str]
    sizes: Mapping[str, int]
    left_out: tuple[str, ...]

    def read(self, url: str) -> bytes:
        """A file, which is still what the manifest says.

        Raises:
            SiteError: if it has changed since it was checked.
            BuilderError: if it cannot be read.
        """
        path = self.files[url]
        with reading(path, "Build the site again."):
            data = path.read_bytes()
        self.require_unchanged(url, hashlib.sha256(data).hexdigest())
        return data

    def require_unchanged(self, url: str, sha256: str) -> None:
        """Refuse a file that is not what the manifest says.

        Raises:
            SiteError: if it is not.
        """
        if not sha256.startswith(self.sha256[url]):
            raise SiteError(
                f"{self.files[url]}: has changed while it was published. Build the site again."
            )

    def notes(self, address: str | None = None) -> Iterator[str]:
        """What a publisher should know, who puts the site at that address."""
        if self.left_out:
            yield f"Left out, since the site did not come with it: {list_names(self.left_out)}."
        if address and PAGE in self.files and _RELATIVE_PREVIEW in self.read(PAGE):
            yield (
                "So that all sites show its picture with links to the page, write"
                f' address = "{address}" into [sharing] of demo.toml, and build it again.'
            )


def load_content(site: Path) -> Content:
    """What is published of the site in a folder.

    `report.json` is left out: the page does not read it, and the seconds in it would make every
    build a different site.

    Raises:
        SiteError: if the folder holds no site, or its own files have changed since it was built.
    """
    refuse_problems(str(site), check_site(site))
    with reading(site / MANIFEST, "Build the site again."):
        data = (site / MANIFEST).read_bytes()
    manifest = parse_manifest(data, str(site / MANIFEST))
    refs = {ref.url: ref for ref in referenced_files(manifest)}
    sha256 = {url: ref.sha256 for url, ref in refs.items()}
    named = named_files_of(site, manifest)
    sha256 |= {**named, MANIFEST: hashlib.sha256(data).hexdigest()}
    return Content(
        title=manifest.title,
        files={url: site / url for url in sorted(sha256)},
        sha256=sha256,
        sizes={
            **{url: (site / url).stat().st_size for url in named},
            **{url: ref.bytes for url, ref in refs.items()},
            MANIFEST: len(data),
        },
        left_out=find_others(site, {*sha256, REPORT}),
    )


def list_names(names: Collection[str]) -> str:
    """Some of the names, in a form that a terminal shows, and how many more there are."""
    shown = list(map(show_name, names))[:_LISTED]
    more = len(names) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")

"""Whether a site in a folder is the one that was built, and holds nothing that nobody sees."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from builder.errors import Problem, SiteError
from builder.images.jpeg.hidden import hidden_content
from builder.listing import find_others, hash_file, is_unchanged
from builder.manifest import PageManifest, PictureRef
from builder.progress import Progress
from builder.site.folder import load_any_manifest
from builder.site.named_files import find_named_files
from builder.site.own_files import find_own_files
from builder.site.references import referenced_files


@dataclass(frozen=True)
class WholeSite:
    """A site that is as it was built: how many files were compared, and what else is there.

    A name in `others` that ends with a slash is a whole folder.
    """

    files: int
    others: tuple[str, ...]


def check_site(folder: Path) -> list[Problem]:
    """Compare every file of a site with its manifest: missing, outside the folder, or altered."""
    manifest = load_any_manifest(folder)
    return list(_find_problems(folder, manifest))


def require_whole_site(folder: Path, progress: Progress) -> WholeSite:
    """Refuse a folder whose site differs from what was built, or whose pictures hide something.

    Raises:
        SiteError: if it holds no site, or differs, with every problem found.
    """
    manifest = load_any_manifest(folder)
    refuse_problems(str(folder), list(_find_problems(folder, manifest)))
    refuse_problems(str(folder), list(_find_hidden(folder, manifest, progress)))
    named = {ref.url for ref in referenced_files(manifest)} | {*named_files_of(folder, manifest)}
    return WholeSite(len(named), find_others(folder, find_own_files(folder)))


def named_files_of(folder: Path, manifest: PageManifest) -> Mapping[str, str]:
    """The files of a site's gallery, each with the beginning of its SHA-256, by URL."""

    def read(url: str) -> bytes | None:
        path = folder / url
        return path.read_bytes() if path.is_file() else None

    return find_named_files(manifest.model_dump(mode="json", include={"gallery"}), read)


def refuse_problems(site: str, problems: Sequence[Problem]) -> None:
    """Refuse a site, a folder or an address, with all that is wrong with it.

    Raises:
        SiteError: if there is a problem.
    """
    if problems:
        listing = "\n".join(f"  {problem}" for problem in problems)
        raise SiteError(f"{site} is not what was built:\n{listing}")


def _find_problems(folder: Path, manifest: PageManifest) -> Iterator[Problem]:
    named = {ref.url: ref for ref in referenced_files(manifest)}
    for url, ref in sorted(named.items()):
        path = folder / url
        if not path.resolve().is_relative_to(folder.resolve()):
            yield Problem(url, "is outside the site", "Build the site again.")
        elif not path.is_file():
            yield Problem(url, "is missing", "Build or upload the site again.")
        elif (size := path.stat().st_size) != ref.bytes:
            yield Problem(url, f"has {size} bytes, not {ref.bytes}", "Upload it again.")
        elif hash_file(path) != ref.sha256:
            yield Problem(url, "differs from the file that was built", "Upload it again.")
    for url, sha256 in sorted(named_files_of(folder, manifest).items()):
        if not (folder / url).resolve().is_relative_to(folder.resolve()):
            yield Problem(url, "is outside the site", "Build the site again.")
        elif not (folder / url).is_file():
            yield Problem(url, "is missing", "Build or upload the site again.")
        elif not is_unchanged(folder / url, sha256):
            yield Problem(url, "differs from the file that was built", "Upload it again.")


def _find_hidden(folder: Path, manifest: PageManifest, progress: Progress) -> Iterator[Problem]:
    """What pictures hold besides themselves; whoever made the site can have put it there."""
    pictures = {r.url for r in referenced_files(manifest) if isinstance(r, PictureRef)}
    pictures |= {url for url in named_files_of(folder, manifest) if url.endswith(".jpg")}
    with progress.step("Look into pictures", len(pictures)) as advance:
        for url in sorted(pictures):
            if hidden := hidden_content((folder / url).read_bytes()):
                yield Problem(url, f"holds {hidden}", "Build the site again.")
            advance(1)

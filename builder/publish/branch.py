"""What a branch's folder will hold after a publication, and what of it stays from before.

Browsers keep a site's page and its manifest for some minutes, and go on asking for the files that
those name. So the files of one publication stay for the next one. Which ones those are, the branch
says itself: the manifest of the publication before lies beside the current one.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from builder.errors import BuilderError
from builder.publish.content import list_names
from builder.publish.git import Entry, Repository
from builder.site.own_files import MANIFEST, own_files

PREVIOUS = "manifest.previous.json"
"""Where the manifest of the publication before is kept."""

# Keeps GitHub from running the branch through Jekyll, and names the author's own domain.
NO_JEKYLL = ".nojekyll"
_DOMAIN = "CNAME"

_LARGEST_MANIFEST = 100_000_000

_Tree = Mapping[str, Entry]


@dataclass(frozen=True)
class Plan:
    """The files of the whole branch after a publication, by path.

    `retained` are those of the last publication that the site no longer has, `foreign` those in its
    folder that no publication wrote, `edited` those of its own that somebody changed on the branch
    and that are replaced.
    """

    files: _Tree
    retained: tuple[str, ...]
    foreign: tuple[str, ...]
    edited: tuple[str, ...]


def plan_publication(
    repository: Repository, old: _Tree, site: _Tree, subdir: str, branch: str
) -> Plan:
    """What a branch that holds the files `old` will hold with a site, whose paths are the branch's.

    Raises:
        BuilderError: if its folder is not empty and holds no site, or if a file that no publication
            wrote would be replaced.
    """
    _require_folder(old, subdir, branch)
    prefix = f"{subdir}/" if subdir else ""
    current = _find_published(repository, old, prefix, MANIFEST)
    if current is None:
        _require_empty(repository, old, prefix, branch)
    earlier = _find_published(repository, old, prefix, PREVIOUS) or {}
    current = current or {}
    is_other_site = old.get(prefix + MANIFEST) != site[prefix + MANIFEST]
    before = [path for path in current if path not in site]
    gone = [path for path in earlier if path not in current and path not in site]
    if not is_other_site:
        before, gone = before + gone, []
    contents = repository.hash_files(
        old[path] for path in (*gone, *current) if path in gone or old[path] != site.get(path)
    )

    def is_edited(path: str, published: Mapping[str, str | None]) -> bool:
        sha256 = published[path]
        return sha256 is not None and not contents[old[path].id].startswith(sha256)

    removed = {path for path in gone if not is_edited(path, earlier)}
    ours = {*current, *earlier} - {path for path in gone if path not in removed}
    new = dict(site)
    if is_other_site and current:
        new[prefix + PREVIOUS] = old[prefix + MANIFEST]
    foreign = {path: entry for path, entry in old.items() if path not in ours}
    _require_room(new, foreign, branch)
    retained = _find_retained(before, old, new)
    return Plan(
        files={**foreign, **retained, **new},
        retained=tuple(path for path in retained if path != prefix + PREVIOUS),
        foreign=tuple(
            path for path in foreign if path.startswith(prefix) and path not in (*new, NO_JEKYLL)
        ),
        edited=tuple(
            path
            for path in current
            if path in site and old[path] != site[path] and is_edited(path, current)
        ),
    )


def _find_retained(before: Iterable[str], old: _Tree, new: _Tree) -> _Tree:
    """What stays of the files before, but for one whose place a folder takes, or the other way."""
    needed = {str(above) for path in new for above in PurePosixPath(path).parents}
    return {
        path: old[path]
        for path in before
        if path not in needed and not any(str(p) in new for p in PurePosixPath(path).parents)
    }


def _find_published(
    repository: Repository, old: _Tree, prefix: str, manifest: str
) -> Mapping[str, str | None] | None:
    """The files of a publication that are on the branch: their SHA-256, or its beginning, by path.

    None if there is no manifest of ours. A link, or a submodule, is nothing that we wrote.
    """
    entry = old.get(prefix + manifest)
    if entry is None or not _is_file(entry) or entry.bytes > _LARGEST_MANIFEST:
        return None

    def read(url: str) -> bytes | None:
        found = old.get(prefix + url)
        return repository.read_file(found) if found and _is_file(found) else None

    named = own_files(repository.read_file(entry), read)
    if named is None:
        return None
    found: dict[str, str | None] = {f"{prefix}{url}": sha256 for url, sha256 in named.items()}
    found[prefix + manifest] = None
    return {path: sha256 for path, sha256 in found.items() if path in old and _is_file(old[path])}


def _is_file(entry: Entry) -> bool:
    return entry.mode.startswith("100")


def _require_folder(old: _Tree, subdir: str, branch: str) -> None:
    for above in (subdir, *map(str, PurePosixPath(subdir).parents)):
        if above in old:
            raise BuilderError(f"{branch}: {above} is a file there. Name another --subdir.")


def _require_empty(repository: Repository, old: _Tree, prefix: str, branch: str) -> None:
    """Refuse a folder of other things, but for sites in folders of their own."""
    others = [p for p in old if p.startswith(prefix) and p not in (NO_JEKYLL, _DOMAIN)]
    sites = [
        path.removesuffix(MANIFEST)
        for path in others
        if path.endswith(f"/{MANIFEST}")
        and path != prefix + MANIFEST
        and _find_published(repository, old, path.removesuffix(MANIFEST), MANIFEST) is not None
    ]
    strangers = [path for path in others if not path.startswith(tuple(sites))]
    if strangers:
        raise BuilderError(
            f"{branch}: {prefix or 'the branch'} is not empty and holds no site of this program"
            f" ({list_names(strangers)}), so nothing was published. Name another --subdir or"
            " --branch, or empty it yourself."
        )


def _require_room(new: _Tree, foreign: _Tree, branch: str) -> None:
    """Refuse to replace a file that no publication wrote, or to put a folder in its place."""
    blocked = sorted(set(_find_blocked(new, foreign)))
    if blocked:
        raise BuilderError(
            f"{branch}: was not written by this program, and would be replaced:"
            f" {list_names(blocked)}. Move it away, or name another --subdir."
        )


def _find_blocked(new: _Tree, foreign: _Tree) -> Iterator[str]:
    for path, entry in foreign.items():
        if (path in new and new[path] != entry) or any(
            str(above) in new for above in PurePosixPath(path).parents
        ):
            yield path
    for path in new:
        yield from (str(above) for above in PurePosixPath(path).parents if str(above) in foreign)

"""A site on a branch that GitHub Pages serves; what else the branch holds stays as it is."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Literal

from builder.errors import BuilderError
from builder.publish.content import published_files
from builder.publish.git import Entry, Repository
from builder.site.budget import megabytes
from builder.site.folder import MANIFEST, load_any_manifest

# https://docs.github.com/repositories/working-with-files/managing-large-files
LARGEST_FILE = 100 * 2**20
LARGE_FILE = 50 * 2**20
# https://docs.github.com/pages/getting-started-with-github-pages/github-pages-limits
LARGEST_SITE = 10**9

# Keeps GitHub from running the branch through Jekyll, and names the author's own domain.
_NO_JEKYLL = ".nojekyll"
_DOMAIN = "CNAME"
_GITHUB = re.compile(
    r"(?:^|@|//)(?:www\.|ssh\.)?github\.com(?::\d+)?[:/]+([^/]+)/([^/]+?)(?:\.git)?/?$"
)


@dataclass(frozen=True)
class Change:
    """A file that differs between the branch and the site; `bytes` is the size of the newer one."""

    kind: Literal["added", "changed", "deleted"]
    path: str
    bytes: int


@dataclass(frozen=True)
class Publication:
    """What was published, or would be.

    `commit` is None if nothing was published; `page` is where GitHub serves it, None for a remote
    elsewhere.
    """

    changes: tuple[Change, ...]
    commit: str | None
    new_branch: bool
    page: str | None
    warnings: tuple[str, ...]

    def summary(self, branch: str) -> str:
        """What happened to a branch, in words."""
        if not self.changes:
            return f"{branch} already holds this site; there is nothing to publish."
        kinds = Counter(change.kind for change in self.changes)
        counts = ", ".join(f"{count} {kind}" for kind, count in kinds.items())
        size = megabytes(sum(c.bytes for c in self.changes if c.kind != "deleted"))
        if self.commit is None:
            return f"Would change files in {branch} ({counts}; {size}). Nothing was changed."
        text = f"Published to {branch} as {self.commit[:10]} ({counts}; {size})."
        if self.page:
            text += f" In a minute or two, it will be at {self.page}"
        if self.page and self.new_branch:
            text += (
                "\nThe first time, choose this branch in the repository's settings, under Pages."
            )
        return text


def publish_github(
    site: Path, *, repo: Path, branch: str, subdir: str, remote: str, dry_run: bool
) -> Publication:
    """Commit a site to a branch of a remote: into the folder `subdir`, or as the whole branch.

    The repository's work tree, index, HEAD and branches stay as they are. If the remote has the
    branch, the commit goes on top of it; nothing is forced. A branch that is replaced as a whole
    keeps its `CNAME`.

    Raises:
        SiteError: if the folder holds no site, or has changed since it was built.
        BuilderError: if a limit of GitHub's is exceeded, the branch's folder holds something other
            than a site, or git fails.
    """
    warnings = tuple(_check_sizes(site))
    files = published_files(site)
    repository = Repository(repo)
    repository.require_branch_name(branch)
    page = page_address(repository.remote_url(remote), subdir := _normalize_subdir(subdir))
    if not dry_run:
        repository.require_identity()
    parent = repository.fetch(remote, branch)
    old = repository.read_files(parent) if parent else {}
    prefix = f"{subdir}/" if subdir else ""
    _check_replaceable(old, subdir, f"{remote}/{branch}")
    entries = repository.add_files(list(files.values()), write=not dry_run)
    new = {
        _NO_JEKYLL: repository.add_empty_file(write=not dry_run),
        **{path: entry for path, entry in old.items() if _is_kept(path, prefix)},
        **{prefix + url: entry for url, entry in zip(files, entries, strict=True)},
    }
    _check_total(new)
    changes = tuple(_find_changes(old, new))
    commit = None
    if changes and not dry_run:
        commit = repository.commit(new, parent, f"Publish {load_any_manifest(site).title}")
        repository.push(remote, commit, branch)
    return Publication(changes, commit, parent is None, page, warnings)


def page_address(remote_url: str, subdir: str) -> str | None:
    """Where GitHub Pages serves a repository's branch; None if the remote is elsewhere."""
    found = _GITHUB.search(remote_url)
    if not found:
        return None
    user, name = found[1].lower(), found[2]
    own = f"{user}.github.io"
    path = "" if name.lower() == own else f"{name}/"
    return f"https://{own}/{path}" + (f"{subdir}/" if subdir else "")


def _normalize_subdir(subdir: str) -> str:
    parts = PurePosixPath(subdir.strip("/")).parts
    if "\\" in subdir or {"..", ".git"} & {part.lower() for part in parts}:
        raise BuilderError(f"--subdir {subdir}: must be a folder inside the branch, like lit.")
    return "/".join(parts)


def _check_sizes(site: Path) -> Iterator[str]:
    for path in sorted(site.rglob("*")):
        size = path.stat().st_size if path.is_file() else 0
        if size > LARGEST_FILE:
            raise BuilderError(
                f"{path}: has {megabytes(size)}; GitHub allows {megabytes(LARGEST_FILE)} per file."
                " Use a smaller model, or store its weights in fewer bytes."
            )
        if size > LARGE_FILE:
            yield f"{path}: has {megabytes(size)}; GitHub advises at most {megabytes(LARGE_FILE)}."


def _check_total(files: Mapping[str, Entry]) -> None:
    total = sum(entry.bytes for entry in files.values())
    if total > LARGEST_SITE:
        raise BuilderError(
            f"the branch would have {megabytes(total)}; GitHub Pages serves"
            f" {megabytes(LARGEST_SITE)} at most. Remove models, pictures or other files."
        )


def _check_replaceable(old: Mapping[str, Entry], subdir: str, branch: str) -> None:
    """Refuse to replace what does not look like a site of ours, as `lit-demo build` does."""
    prefix = f"{subdir}/" if subdir else ""
    for above in (subdir, *map(str, PurePosixPath(subdir).parents)):
        if above in old:
            raise BuilderError(f"{branch}: {above} is a file there. Name another --subdir.")
    if prefix + MANIFEST not in old and any(not _is_kept(path, prefix) for path in old):
        raise BuilderError(
            f"{branch}: {prefix or 'the branch'} is not empty and holds no site (no {MANIFEST}),"
            " so it is not replaced. Name another --subdir or --branch, or empty it yourself."
        )


def _is_kept(path: str, prefix: str) -> bool:
    return path in (_NO_JEKYLL, _DOMAIN) or not path.startswith(prefix)


def _find_changes(old: Mapping[str, Entry], new: Mapping[str, Entry]) -> Iterator[Change]:
    for path in sorted(old.keys() | new.keys()):
        before, after = old.get(path), new.get(path)
        if after is None:
            yield Change("deleted", path, 0 if before is None else before.bytes)
        elif before is None:
            yield Change("added", path, after.bytes)
        elif before != after:
            yield Change("changed", path, after.bytes)

"""A site on a branch that GitHub Pages serves; what else the branch holds stays as it is."""

import re
import urllib.parse
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from builder.errors import BuilderError
from builder.file_names import find_flaw
from builder.listing import summarize
from builder.publish.branch import NO_JEKYLL, plan_publication
from builder.publish.content import Content, list_names, load_content
from builder.publish.git import Entry, Repository
from builder.site.budget import LARGEST_SITE, megabytes

# https://docs.github.com/repositories/working-with-files/managing-large-files
LARGEST_FILE = 100 * 2**20
LARGE_FILE = 50 * 2**20

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
    elsewhere. `retained` are files of the last publication that stay until the next one, `kept` is
    what else stays in the site's folder; a name that ends with a slash stands for a whole folder.
    """

    changes: tuple[Change, ...]
    commit: str | None
    new_branch: bool
    page: str | None
    warnings: tuple[str, ...]
    retained: tuple[str, ...]
    kept: tuple[str, ...]

    def summary(self, branch: str) -> str:
        """What happened to a branch, and what stayed on it, in words."""
        return "\n".join((self._describe_changes(branch), *self._describe_rest()))

    def _describe_rest(self) -> Iterator[str]:
        if self.kept:
            yield f"Kept, since this program did not write it: {list_names(self.kept)}."
        if self.retained and self.changes:
            yield (
                "For visitors whose browser still has the last site's page,"
                f" {len(self.retained)} of its files stay until the next publication."
            )

    def _describe_changes(self, branch: str) -> str:
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
    branch, the commit goes on top of it; nothing is forced. Only files of earlier publications are
    replaced or removed.

    Raises:
        SiteError: if the folder holds no site, or its own files have changed since it was built.
        BuilderError: if a limit of GitHub's is exceeded, the branch's folder holds something other
            than a site, a file there would be replaced that no publication wrote, or git fails.
    """
    content = load_content(site)
    subdir = _normalize_subdir(subdir)
    prefix = f"{subdir}/" if subdir else ""
    repository = Repository(repo)
    repository.require_branch_name(branch)
    page = page_address(repository.remote_url(remote), subdir)
    warnings = [*content.notes(page), *_check_sizes(content)]
    if not dry_run:
        repository.require_identity()
    parent = repository.fetch(remote, branch)
    old = repository.read_files(parent) if parent else {}
    entries = repository.add_files(list(content.files.values()), write=not dry_run)
    ours = {prefix + url: entry for url, entry in zip(content.files, entries, strict=True)}
    plan = plan_publication(repository, old, ours, subdir, f"{remote}/{branch}")
    files = {NO_JEKYLL: repository.add_empty_file(write=not dry_run), **plan.files}
    _check_total(files)
    if plan.edited:
        warnings.append(
            f"Replaced, though somebody had changed it on the branch: {list_names(plan.edited)}."
            f" The change is in the commit {str(parent)[:10]}."
        )
    changes = tuple(_find_changes(old, files))
    commit = None
    if changes and not dry_run:
        hashes = repository.hash_files(entries)
        for url, entry in zip(content.files, entries, strict=True):
            content.require_unchanged(url, hashes[entry.id])
        commit = repository.commit(files, parent, f"Publish {_as_line(content.title)}")
        _push(repository, commit, remote, branch)
    kept = tuple(summarize(sorted(plan.foreign), [*ours, *plan.retained]))
    return Publication(changes, commit, parent is None, page, tuple(warnings), plan.retained, kept)


def _push(repository: Repository, commit: str, remote: str, branch: str) -> None:
    repository.push(remote, commit, branch)
    if not repository.holds(remote, branch, commit):
        raise BuilderError(
            f"{remote}/{branch}: took the commit {commit[:10]}, but does not hold it now."
            " Somebody may have replaced the branch. Run the command again."
        )


def page_address(remote_url: str, subdir: str) -> str | None:
    """Where GitHub Pages serves a repository's branch; None if the remote is elsewhere."""
    found = _GITHUB.search(remote_url)
    if not found:
        return None
    user, name = found[1].lower(), found[2]
    own = f"{user}.github.io"
    path = "" if name.lower() == own else f"{name}/"
    return f"https://{own}/{path}" + (f"{urllib.parse.quote(subdir)}/" if subdir else "")


def _normalize_subdir(subdir: str) -> str:
    inner = subdir.strip("/")
    if inner and (flaw := find_flaw(inner)):
        raise BuilderError(
            f"--subdir {subdir!a}: {flaw}. It must be a folder inside the branch, like lit."
        )
    return inner


def _as_line(title: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in title).split())


def _check_sizes(content: Content) -> Iterator[str]:
    for url, size in content.sizes.items():
        path = content.files[url]
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


def _find_changes(old: Mapping[str, Entry], new: Mapping[str, Entry]) -> Iterator[Change]:
    for path in sorted(old.keys() | new.keys()):
        before, after = old.get(path), new.get(path)
        if after is None:
            yield Change("deleted", path, 0 if before is None else before.bytes)
        elif before is None:
            yield Change("added", path, after.bytes)
        elif before != after:
            yield Change("changed", path, after.bytes)

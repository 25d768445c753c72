"""An author's repository and its remote."""

import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from builder.manifest import SiteManifest
from builder.publish.github import Publication, publish_github
from builder.site.bundle import to_json
from builder.site.files import refer
from builder.site.references import referenced_files
from tests.site.sites import FILES, small_manifest, write_small_site

SITE_FILES = {*FILES, "manifest.json"}


def use_own_settings(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Let git know an author A, and nothing of this machine; returns the file of the settings."""
    path = folder / "gitconfig"
    path.write_text("[user]\nname = A\nemail = a@example.org\n[init]\ndefaultBranch = main\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(path))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    return path


def git(folder: Path, *words: str | Path) -> str:
    """What git prints in a folder."""
    done = subprocess.run(
        ["git", "--no-optional-locks", "-C", str(folder), *map(str, words)],
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout


class Repositories:
    """An author's repository with unfinished work in it, and the remote that it pushes to."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.hub, self.work, self.site = (folder / name for name in ("hub.git", "work", "site"))
        git(folder, "init", "-q", "--bare", self.hub)
        git(folder, "init", "-q", "-b", "main", self.work)
        git(self.work, "remote", "add", "origin", self.hub)
        (self.work / "paper.tex").write_text("a draft")
        (self.work / "code.py").write_text("1")
        git(self.work, "add", ".")
        git(self.work, "commit", "-q", "-m", "First")
        (self.work / "code.py").write_text("2")
        git(self.work, "add", "code.py")
        (self.work / "code.py").write_text("3")
        (self.work / "notes.txt").write_text("not added")
        write_small_site(self.site)

    def publish(self, *, subdir: str = "lit", dry_run: bool = False) -> Publication:
        return publish_github(
            self.site,
            repo=self.work,
            branch="gh-pages",
            subdir=subdir,
            remote="origin",
            dry_run=dry_run,
        )

    def published(self) -> dict[str, str]:
        """The files of the remote's branch."""
        paths = git(self.hub, "ls-tree", "-r", "--name-only", "gh-pages").splitlines()
        return {path: git(self.hub, "show", f"gh-pages:{path}") for path in paths}

    def commits(self) -> int:
        return int(git(self.hub, "rev-list", "--count", "gh-pages"))

    def push_from_elsewhere(self, files: dict[str, str]) -> None:
        """Someone else's commit to the branch."""
        other = self._check_out_elsewhere()
        for path, text in files.items():
            (other / path).parent.mkdir(parents=True, exist_ok=True)
            (other / path).write_text(text)
        self._push_elsewhere()

    def delete_elsewhere(self, path: str) -> None:
        """Someone else's commit that removes a file from the branch."""
        (self._check_out_elsewhere() / path).unlink()
        self._push_elsewhere()

    def link_elsewhere(self, path: str, target: str) -> None:
        """Someone else's commit that makes a file of the branch a link."""
        link = self._check_out_elsewhere() / path
        link.unlink()
        link.symlink_to(target)
        self._push_elsewhere()

    def _check_out_elsewhere(self) -> Path:
        other = self.folder / "other"
        if not other.exists():
            git(self.folder, "clone", "-q", self.hub, other)
        git(other, "fetch", "-q")
        if git(other, "branch", "-r", "--list", "origin/gh-pages"):
            git(other, "checkout", "-q", "-B", "gh-pages", "origin/gh-pages")
        else:
            git(other, "checkout", "-q", "--orphan", "gh-pages")
        return other

    def _push_elsewhere(self) -> None:
        other = self.folder / "other"
        git(other, "add", ".")
        git(other, "commit", "-q", "-m", "Other work")
        git(other, "push", "-q", "origin", "gh-pages")

    def state(self) -> tuple[str, ...]:
        """All of the author's repository that publishing must leave alone."""
        index = (self.work / ".git" / "index").read_bytes().hex()
        head = (self.work / ".git" / "HEAD").read_text()
        words = (("status", "--porcelain"), ("rev-parse", "HEAD"), ("branch", "--list"), ("diff",))
        return (index, head, *(git(self.work, *command) for command in words))


def change_the_site(site: Path, title: str = "B title", files: Sequence[str] = ("a.js",)) -> None:
    """Another title, and other files beside its page, which hold their names."""
    refs = tuple(refer(url, url.encode()) for url in ("index.html", *files))
    manifest = small_manifest().model_copy(update={"title": title, "files": refs})
    shutil.rmtree(site)
    write_site({**FILES, **{url: url.encode() for url in files}}, manifest, site)


def write_site(files: Mapping[str, bytes], manifest: SiteManifest, site: Path) -> None:
    """Exactly the files that the manifest names."""
    named = {ref.url for ref in referenced_files(manifest)}
    for url, data in {**files, "manifest.json": to_json(manifest)}.items():
        if url in named or url == "manifest.json":
            (site / url).parent.mkdir(parents=True, exist_ok=True)
            (site / url).write_bytes(data)

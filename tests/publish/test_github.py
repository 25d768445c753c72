import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from builder.errors import BuilderError, SiteError
from builder.publish.github import Publication, page_address, publish_github
from tests.site.sites import FILES, write_small_site

SITE_FILES = {*FILES, "manifest.json"}


def git(folder: Path, *words: str | Path) -> str:
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
        other = self.folder / "other"
        if not other.exists():
            git(self.folder, "clone", "-q", self.hub, other)
        git(other, "fetch", "-q")
        if git(other, "branch", "-r", "--list", "origin/gh-pages"):
            git(other, "checkout", "-q", "-B", "gh-pages", "origin/gh-pages")
        else:
            git(other, "checkout", "-q", "--orphan", "gh-pages")
        for path, text in files.items():
            (other / path).parent.mkdir(parents=True, exist_ok=True)
            (other / path).write_text(text)
        git(other, "add", ".")
        git(other, "commit", "-q", "-m", "Other work")
        git(other, "push", "-q", "origin", "gh-pages")

    def state(self) -> tuple[str, ...]:
        """All of the author's repository that publishing must leave alone."""
        index = (self.work / ".git" / "index").read_bytes().hex()
        head = (self.work / ".git" / "HEAD").read_text()
        words = (("status", "--porcelain"), ("rev-parse", "HEAD"), ("branch", "--list"), ("diff",))
        return (index, head, *(git(self.work, *command) for command in words))


@pytest.fixture(autouse=True)
def own_git_configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "gitconfig"
    path.write_text("[user]\nname = A\nemail = a@example.org\n[init]\ndefaultBranch = main\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(path))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    return path


@pytest.fixture
def repos(tmp_path: Path) -> Repositories:
    return Repositories(tmp_path)


def test_the_first_publication_makes_the_branch(repos: Repositories):
    before = repos.state()
    done = repos.publish()
    assert done.new_branch
    assert set(repos.published()) == {".nojekyll", *(f"lit/{url}" for url in SITE_FILES)}
    assert repos.published()["lit/index.html"] == "index.html"
    assert repos.commits() == 1
    assert git(repos.hub, "log", "-1", "--format=%an %s", "gh-pages") == "A Publish A title\n"
    assert git(repos.hub, "rev-parse", "gh-pages").strip() == done.commit
    assert repos.state() == before


def test_publishing_the_same_site_again_makes_no_commit(repos: Repositories):
    repos.publish()
    (repos.site / "report.json").write_text('{"seconds": 1}')
    done = repos.publish()
    assert (done.changes, done.commit, repos.commits()) == ((), None, 1)
    assert "nothing to publish" in done.summary("origin/gh-pages")


def change_the_site(site: Path) -> None:
    """Another title, and a picture less than the branch has."""
    write_small_site(site)
    path = site / "manifest.json"
    path.write_text(path.read_text(encoding="utf-8").replace("A title", "B title"), "utf-8")


def test_only_the_folder_is_replaced_and_its_stale_files_go(repos: Repositories):
    repos.publish()
    repos.push_from_elsewhere({"lit/stale.js": "old", "blog/index.html": "a blog", "CNAME": "a.b"})
    change_the_site(repos.site)
    before = repos.state()
    done = repos.publish()
    assert [(change.kind, change.path) for change in done.changes] == [
        ("changed", "lit/manifest.json"),
        ("deleted", "lit/stale.js"),
    ]
    files = repos.published()
    assert "B title" in files["lit/manifest.json"]
    assert (files["blog/index.html"], files["CNAME"]) == ("a blog", "a.b")
    assert "lit/stale.js" not in files
    assert repos.commits() == 3
    assert repos.state() == before


def test_without_a_folder_the_branch_is_the_site_and_keeps_its_domain(repos: Repositories):
    repos.publish(subdir="")
    repos.push_from_elsewhere({"CNAME": "demo.example.org", "stale.js": "old"})
    repos.publish(subdir="")
    assert set(repos.published()) == {".nojekyll", "CNAME", *SITE_FILES}


def test_a_dry_run_lists_everything_and_changes_nothing(repos: Repositories):
    repos.push_from_elsewhere({"lit/manifest.json": "{}", "lit/stale.js": "old!", "a.txt": "a"})

    def objects() -> str:
        return git(repos.work, "count-objects", "-v") + git(repos.work, "for-each-ref")

    before = (repos.state(), repos.published())
    done = repos.publish(dry_run=True)
    listed = {change.path: (change.kind, change.bytes) for change in done.changes}
    assert listed[".nojekyll"] == ("added", 0)
    assert listed["lit/index.html"] == ("added", len("index.html"))
    assert listed["lit/stale.js"] == ("deleted", 4)
    assert listed["lit/manifest.json"][0] == "changed"
    assert "a.txt" not in listed
    assert "Nothing was changed" in done.summary("origin/gh-pages")
    assert (repos.state(), repos.published()) == before
    fetched = objects()
    repos.publish(dry_run=True)
    assert objects() == fetched, "nothing but the branch itself is fetched"


def test_a_detached_head_stays_where_it_is(repos: Repositories):
    git(repos.work, "stash", "-q")
    git(repos.work, "checkout", "-q", "--detach")
    before = repos.state()
    repos.publish()
    assert repos.commits() == 1
    assert repos.state() == before


def test_a_local_branch_of_that_name_is_left_alone(repos: Repositories):
    git(repos.work, "branch", "gh-pages", "main")
    before = repos.state()
    repos.publish()
    assert "paper.tex" not in repos.published()
    assert repos.state() == before


def test_a_repository_without_a_commit_can_publish(repos: Repositories):
    git(repos.folder, "init", "-q", repos.folder / "fresh")
    git(repos.folder / "fresh", "remote", "add", "origin", repos.hub)
    repos.work = repos.folder / "fresh"
    repos.publish()
    assert repos.commits() == 1


def test_the_content_is_that_of_the_site_whatever_git_is_set_to(repos: Repositories):
    git(repos.work, "config", "filter.upper.clean", "tr a-z A-Z")
    (repos.work / ".git" / "info" / "attributes").write_text("* filter=upper\n")
    git(repos.work, "config", "core.splitIndex", "true")
    repos.site = repos.work / "_site"
    write_small_site(repos.site)
    repos.publish()
    assert repos.published()["lit/z.bin"] == "z.bin"
    assert list((repos.work / ".git").glob("sharedindex*")) == []


def test_a_push_of_someone_else_in_between_is_not_overwritten(repos: Repositories):
    repos.publish()
    change_the_site(repos.site)
    repos.push_from_elsewhere({"first.txt": "1"})
    hook = repos.work / ".git" / "hooks" / "pre-push"
    other = repos.folder / "other"
    hook.write_text(
        f"#!/bin/sh\nunset GIT_DIR\ncd {other} && echo 2 > second.txt && git add . &&"
        " git commit -q -m Race && git push -q origin gh-pages\n"
    )
    hook.chmod(0o755)
    with pytest.raises(BuilderError, match=r"^origin/gh-pages changed in the meantime.*again"):
        repos.publish()
    assert repos.published()["second.txt"] == "2\n"
    assert "A title" in repos.published()["lit/manifest.json"]
    hook.unlink()
    repos.publish()
    assert "B title" in repos.published()["lit/manifest.json"]
    assert repos.published()["second.txt"] == "2\n"


def test_a_push_that_the_remote_declines_is_told_in_its_words(repos: Repositories):
    hook = repos.hub / "hooks" / "pre-receive"
    hook.write_text("#!/bin/sh\necho this branch is protected >&2\nexit 1\n")
    hook.chmod(0o755)
    with pytest.raises(BuilderError, match="this branch is protected"):
        repos.publish()


def test_the_variables_of_a_hook_do_not_lead_elsewhere(
    repos: Repositories, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "nowhere"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "nowhere" / "index"))
    repos.publish()
    monkeypatch.undo()
    assert repos.commits() == 1


def test_what_is_no_site_is_not_replaced(repos: Repositories):
    repos.push_from_elsewhere({"lit/thesis.tex": "years", "old": "a file"})
    for subdir, message in (
        ("lit", "lit/ is not empty and holds no site"),
        ("", "the branch is not empty and holds no site"),
        ("old", "old is a file there"),
        ("old/lit", "old is a file there"),
    ):
        with pytest.raises(BuilderError, match=message):
            repos.publish(subdir=subdir)
    assert repos.commits() == 1


@pytest.mark.parametrize("subdir", ["../x", "a/../../x", ".git", "a\\b"])
def test_a_folder_outside_the_branch_is_refused(repos: Repositories, subdir: str):
    with pytest.raises(BuilderError, match="must be a folder inside the branch"):
        repos.publish(subdir=subdir)


def test_a_folder_may_be_written_with_slashes(repos: Repositories):
    repos.publish(subdir="/a/b/")
    assert "a/b/index.html" in repos.published()


def test_files_and_sites_over_the_limits_are_refused(repos: Repositories):
    (repos.site / "w.bin").write_bytes(b"")
    with (repos.site / "w.bin").open("ab") as file:
        file.truncate(101 * 2**20)
    with pytest.raises(BuilderError, match=r"w\.bin: has 105.91 MB; GitHub takes 104.86 MB"):
        repos.publish()


def test_a_large_file_is_warned_of(repos: Repositories, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("builder.publish.github.LARGE_FILE", 9)
    assert any("index.html" in warning for warning in repos.publish().warnings)


def test_a_branch_over_the_limit_of_pages_is_refused(
    repos: Repositories, monkeypatch: pytest.MonkeyPatch
):
    repos.push_from_elsewhere({"large.txt": "x" * 10_000})
    monkeypatch.setattr("builder.publish.github.LARGEST_SITE", 10_000)
    with pytest.raises(BuilderError, match="GitHub Pages serves"):
        repos.publish()
    assert repos.commits() == 1


def test_a_site_that_is_not_whole_is_refused(repos: Repositories):
    (repos.site / "z.bin").unlink()
    with pytest.raises(SiteError, match=r"z\.bin: is missing"):
        repos.publish()
    repos.site = repos.folder
    with pytest.raises(SiteError, match="Build the site first"):
        repos.publish()


def test_without_a_repository_a_remote_or_a_branch_name_nothing_happens(repos: Repositories):
    def publish(repo: Path, remote: str = "origin", branch: str = "gh-pages") -> None:
        publish_github(
            repos.site, repo=repo, branch=branch, subdir="", remote=remote, dry_run=False
        )

    with pytest.raises(BuilderError, match=r"is not in a git repository.*--repo"):
        publish(repos.folder)
    with pytest.raises(BuilderError, match="there is no such folder"):
        publish(repos.folder / "none")
    with pytest.raises(BuilderError, match="has no remote 'upstream'"):
        publish(repos.work, remote="upstream")
    with pytest.raises(BuilderError, match="cannot be the name of a branch"):
        publish(repos.work, branch="-f")
    git(repos.work, "remote", "set-url", "origin", repos.folder / "gone.git")
    with pytest.raises(BuilderError, match=r"gone\.git"):
        publish(repos.work)


def test_a_missing_git_is_told(repos: Repositories, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PATH", str(repos.folder))
    with pytest.raises(BuilderError, match="git is not installed"):
        repos.publish()


def test_an_author_unknown_to_git_is_told_what_to_say(
    repos: Repositories, own_git_configuration: Path
):
    own_git_configuration.write_text("[user]\nuseConfigOnly = true\n")
    with pytest.raises(BuilderError, match=r"git config --global user\.name"):
        repos.publish()
    assert repos.publish(dry_run=True).commit is None


@pytest.mark.parametrize(
    ("remote", "subdir", "page"),
    [
        ("https://github.com/Ann/Demo.git", "lit", "https://ann.github.io/Demo/lit/"),
        ("https://ann:secret@github.com/ann/demo", "", "https://ann.github.io/demo/"),
        ("git@github.com:ann/demo.git", "", "https://ann.github.io/demo/"),
        ("ssh://git@ssh.github.com:443/ann/demo.git", "", "https://ann.github.io/demo/"),
        ("git@github.com:ann/Ann.github.io", "a/b", "https://ann.github.io/a/b/"),
        ("https://gitlab.com/ann/demo.git", "", None),
        ("https://example.org/github.com/ann/demo", "", None),
        ("/srv/git/demo.git", "", None),
    ],
)
def test_the_address_of_the_page(remote: str, subdir: str, page: str | None):
    assert page_address(remote, subdir) == page


def test_the_summary_names_the_address_and_the_setting(repos: Repositories):
    done = replace(repos.publish(), page="https://ann.github.io/demo/lit/")
    summary = done.summary("origin/gh-pages")
    assert "at https://ann.github.io/demo/lit/\n" in summary
    assert "under Pages" in summary

"""Publishing leaves the author's repository alone, whatever state it is in."""

from pathlib import Path

import pytest

from builder.errors import BuilderError
from builder.publish.github import publish_github
from tests.publish.repositories import Repositories, change_the_site, git
from tests.site.sites import write_small_site


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
    with pytest.raises(BuilderError, match="is not a valid name for a branch"):
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

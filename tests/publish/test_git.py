"""Publishing leaves the author's repository alone, whatever state it is in."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from builder.errors import BuilderError
from builder.publish.git import Entry, Repository
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


def sign_with(repos: Repositories, script: str) -> None:
    """Have commits signed by a program that stands in for GnuPG."""
    program = repos.folder / "gpg"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    git(repos.work, "config", "gpg.program", program)
    git(repos.work, "config", "user.signingKey", "A")


SIGN = "cat > /dev/null; echo '[GNUPG:] SIG_CREATED ' >&2; echo signature of A"


def test_a_commit_is_signed_if_the_author_signs_commits(repos: Repositories):
    sign_with(repos, SIGN)
    git(repos.work, "config", "commit.gpgSign", "yes")
    repos.publish()
    assert "gpgsig signature of A" in git(repos.hub, "cat-file", "commit", "gh-pages")


def test_a_commit_is_not_signed_otherwise(repos: Repositories):
    sign_with(repos, "exit 1")
    repos.publish()
    change_the_site(repos.site)
    git(repos.work, "config", "commit.gpgSign", "false")
    repos.publish()
    assert "gpgsig" not in git(repos.hub, "cat-file", "commit", "gh-pages")


def test_a_commit_that_cannot_be_signed_is_not_published(repos: Repositories):
    sign_with(repos, "echo no secret key >&2; exit 2")
    git(repos.work, "config", "commit.gpgSign", "true")
    with pytest.raises(
        BuilderError, match=r"could not sign the commit(.|\n)*commit\.gpgsign false"
    ):
        repos.publish()
    assert git(repos.hub, "branch", "--list") == ""
    git(repos.work, "config", "commit.gpgSign", "perhaps")
    with pytest.raises(BuilderError, match=r"bad boolean config value 'perhaps'"):
        repos.publish()


SECRET_ADDRESSES = [
    "http://ann:s3cr3t@127.0.0.1:1/x.git",
    "http://s3cr3t@127.0.0.1:1/x.git",
    "http://ann:s3cr3t%40home@127.0.0.1:1/x.git",
    "http://ann:s3cr3t/@127.0.0.1:1/x.git",
    "http://ann:s3cr3t@home@127.0.0.1:1/x.git",
    "http://ann:s3cr3t@127.0.0.1:port/x.git",
    "http://127.0.0.1:1/x.git?access_token=s3cr3t",
    "http://127.0.0.1:1/x.git?private_token=s3cr3t&a=b",
    "ssh://ann:s3cr3t@127.0.0.1:1/x.git",
    "ann:s3cr3t@127.0.0.1:x.git",
    "no-such-scheme://ann:s3cr3t@host/x",
]


def test_passwords_and_tokens_are_never_told(repos: Repositories):
    for address in SECRET_ADDRESSES:
        git(repos.work, "remote", "set-url", "origin", address)
        with pytest.raises(BuilderError, match="git failed") as caught:
            repos.publish()
        assert "s3cr3t" not in str(caught.value), caught.value


def test_a_password_in_git_s_own_words_is_not_told(repos: Repositories):
    git(repos.work, "remote", "set-url", "--push", "origin", "ext::sh -c echo% s3cr3t% >&2;false")
    git(repos.work, "config", "protocol.ext.allow", "always")
    git(repos.work, "remote", "set-url", "--add", "--push", "origin", "https://ann:s3cr3t@host/")
    with pytest.raises(BuilderError) as caught:
        repos.publish()
    assert "s3cr3t" not in str(caught.value)
    assert "***" in str(caught.value)


def test_an_address_in_place_of_a_remote_is_told_without_its_password(repos: Repositories):
    with pytest.raises(BuilderError, match="has no remote") as caught:
        publish_github(
            repos.site,
            repo=repos.work,
            branch="gh-pages",
            subdir="",
            remote="https://ann:s3cr3t@github.com/ann/x",
            dry_run=False,
        )
    assert "s3cr3t" not in str(caught.value)


def test_a_site_may_be_in_a_folder_of_any_name(repos: Repositories):
    name = 'a\nb "c" \\ \t größer 😀'
    write_small_site(repos.work / name)
    repos.site = repos.work / name
    repos.publish()
    assert repos.published()["lit/z.bin"] == "z.bin"


def test_a_file_that_changes_while_it_is_published_is_not(
    repos: Repositories, monkeypatch: pytest.MonkeyPatch
):
    add = Repository.add_files

    def change_and_add(self: Repository, paths: Sequence[Path], *, write: bool) -> list[Entry]:
        (repos.site / "a.js").write_text("evil")
        return add(self, paths, write=write)

    monkeypatch.setattr(Repository, "add_files", change_and_add)
    with pytest.raises(BuilderError, match=r"a\.js: has changed while it was published"):
        repos.publish()
    assert git(repos.hub, "branch", "--list") == ""


def test_what_git_would_leave_out_of_a_commit_is_named(repos: Repositories):
    repository = Repository(repos.work)
    entry = repository.add_empty_file(write=True)
    for path in ("a/.git/x", "git~1/x", ".git"):
        with pytest.raises(BuilderError, match=f"git cannot hold '{path}' as it is"):
            repository.commit({"good": entry, path: entry}, None, "m")


def test_a_push_that_arrived_though_the_connection_broke_counts(repos: Repositories):
    # The remote takes the commit, and the client dies before it hears of it.
    broken = repos.folder / "receive-pack"
    broken.write_text('#!/bin/sh\ngit receive-pack "$@"\nexit 1\n')
    broken.chmod(0o755)
    git(repos.work, "config", "remote.origin.receivepack", broken)
    done = repos.publish()
    assert git(repos.hub, "rev-parse", "gh-pages").strip() == done.commit


def test_a_push_that_was_lost_is_told_and_can_be_repeated(repos: Repositories):
    lost = repos.folder / "receive-pack"
    lost.write_text("#!/bin/sh\necho the connection was lost >&2\nexit 1\n")
    lost.chmod(0o755)
    git(repos.work, "config", "remote.origin.receivepack", lost)
    before = repos.state()
    with pytest.raises(BuilderError, match="the connection was lost"):
        repos.publish()
    assert git(repos.hub, "branch", "--list") == ""
    assert repos.state() == before
    git(repos.work, "config", "--unset", "remote.origin.receivepack")
    repos.publish()
    assert repos.commits() == 1


def test_a_branch_that_was_replaced_after_the_push_is_told(repos: Repositories):
    hook = repos.hub / "hooks" / "post-update"
    hook.write_text("#!/bin/sh\ngit update-ref -d refs/heads/gh-pages\n")
    hook.chmod(0o755)
    with pytest.raises(BuilderError, match=r"took the commit .* but does not hold it now"):
        repos.publish()


def test_two_publications_at_once_end_with_one_whole_site(repos: Repositories):
    repos.publish()
    sites: list[Path] = []
    for number in range(4):
        site = repos.folder / f"site-{number}"
        write_small_site(site)
        change_the_site(site, f"Title {number}", (f"{number}.js",))
        sites.append(site)

    def publish(site: Path) -> str | None:
        try:
            publish_github(
                site,
                repo=repos.work,
                branch="gh-pages",
                subdir="lit",
                remote="origin",
                dry_run=False,
            )
        except BuilderError as error:
            return str(error)
        return None

    with ThreadPoolExecutor(len(sites)) as pool:
        errors = list(pool.map(publish, sites))
    assert None in errors
    assert all(error is None or "changed in the meantime" in error for error in errors), errors
    assert repos.commits() == 1 + errors.count(None)
    files = repos.published()
    (number,) = (n for n in range(4) if f"Title {n}" in files["lit/manifest.json"])
    assert files[f"lit/{number}.js"] == f"{number}.js"
    repos.site = sites[0]
    repos.publish()
    assert "Title 0" in repos.published()["lit/manifest.json"]

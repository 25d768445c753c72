from dataclasses import replace

import pytest

from builder.errors import BuilderError, SiteError
from builder.publish.github import page_address
from tests.publish.repositories import SITE_FILES, Repositories, change_the_site, git


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
    with pytest.raises(BuilderError, match=r"w\.bin: has 105.91 MB; GitHub allows 104.86 MB"):
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

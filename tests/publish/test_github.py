"""What a publication adds to a branch, what it removes, and what it leaves alone."""

import hashlib
import json
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


def test_only_the_folder_is_replaced_and_what_is_not_ours_stays(repos: Repositories):
    repos.publish()
    others = {"lit/README.md": "mine", "lit/notes/a.txt": "mine", "blog/index.html": "a blog"}
    repos.push_from_elsewhere({**others, "CNAME": "a.b"})
    change_the_site(repos.site)
    before = repos.state()
    done = repos.publish()
    assert [(change.kind, change.path) for change in done.changes] == [
        ("changed", "lit/manifest.json"),
        ("added", "lit/manifest.previous.json"),
    ]
    files = repos.published()
    assert "B title" in files["lit/manifest.json"]
    assert {path: files[path] for path in (*others, "CNAME")} == {**others, "CNAME": "a.b"}
    assert done.kept == ("lit/README.md", "lit/notes/")
    assert "did not write it: lit/README.md, lit/notes/." in done.summary("origin/gh-pages")
    assert repos.commits() == 3
    assert repos.state() == before


def test_without_a_folder_the_branch_is_the_site_and_keeps_what_is_not(repos: Repositories):
    repos.publish(subdir="")
    repos.push_from_elsewhere({"CNAME": "demo.example.org", "README.md": "---\nsdk: static"})
    change_the_site(repos.site)
    done = repos.publish(subdir="")
    assert set(repos.published()) == {
        ".nojekyll", "CNAME", "README.md", "manifest.previous.json", *SITE_FILES
    }  # fmt: skip
    assert done.kept == ("CNAME", "README.md")


def test_the_files_of_a_publication_stay_for_the_next_one_and_then_go(repos: Repositories):
    for title, files, subdir in (
        ("1", ("one.js", "x.js"), "lit"),
        ("2", ("two.js", "x.js"), "lit"),
    ):
        change_the_site(repos.site, title, files)
        done = repos.publish(subdir=subdir)
    assert done.retained == ("lit/one.js",)
    assert "1 of its files stay until the next" in done.summary("origin/gh-pages")
    change_the_site(repos.site, "3", ("three.js",))
    done = repos.publish()
    assert sorted(done.retained) == ["lit/two.js", "lit/x.js"]
    assert ("deleted", "lit/one.js") in [(change.kind, change.path) for change in done.changes]
    files = repos.published()
    assert {"lit/two.js", "lit/x.js", "lit/three.js"} <= files.keys()
    assert '"title": "2"' in files["lit/manifest.previous.json"]
    change_the_site(repos.site, "4", ("two.js",))
    repos.publish()
    assert {path for path in repos.published() if path.endswith(".js")} == {
        "lit/two.js",
        "lit/three.js",
    }


def test_publishing_the_same_site_again_does_not_count_as_another(repos: Repositories):
    change_the_site(repos.site, "1", ("one.js",))
    repos.publish()
    change_the_site(repos.site, "2", ("two.js",))
    repos.publish()
    before = repos.published()
    assert repos.publish().changes == ()
    repos.delete_elsewhere("lit/two.js")
    done = repos.publish()
    assert [(change.kind, change.path) for change in done.changes] == [("added", "lit/two.js")]
    assert repos.published() == before


def test_going_back_to_an_earlier_site_keeps_the_later_ones_files(repos: Repositories):
    for title, files in (("1", ("one.js",)), ("2", ("two.js",)), ("1", ("one.js",))):
        change_the_site(repos.site, title, files)
        repos.publish()
    assert {"lit/one.js", "lit/two.js"} <= repos.published().keys()


def test_sites_in_several_folders_keep_their_own_files(repos: Repositories):
    change_the_site(repos.site, "1", ("one.js",))
    for subdir in ("a", "a/b", "c", ""):
        repos.publish(subdir=subdir)
    before = repos.published()
    change_the_site(repos.site, "2", ("two.js",))
    repos.publish(subdir="a")
    changed = {path for path, text in repos.published().items() if before.get(path) != text}
    assert changed == {"a/manifest.json", "a/manifest.previous.json", "a/two.js"}
    change_the_site(repos.site, "3", ("three.js",))
    done = repos.publish(subdir="")
    assert done.kept == ("a/", "c/")
    assert {"a/one.js", "a/two.js", "a/b/one.js", "c/one.js", "one.js"} <= repos.published().keys()


def test_a_branch_that_an_earlier_version_published_is_understood(repos: Repositories):
    old = {
        "generator": {"name": "lit-demo-builder", "version": "0.1.0"},
        "files": [
            {"url": url, "sha256": hashlib.sha256(b"old").hexdigest(), "bytes": 3}
            for url in ("index.html", "assets/old.js")
        ],
    }
    files = {"manifest.json": json.dumps(old), "index.html": "old", "assets/old.js": "old"}
    repos.push_from_elsewhere({f"lit/{url}": text for url, text in files.items()})
    done = repos.publish()
    assert done.retained == ("lit/assets/old.js",)
    assert repos.published()["lit/manifest.previous.json"] == files["manifest.json"]
    change_the_site(repos.site)
    repos.publish()
    assert "lit/assets/old.js" not in repos.published()


def test_what_somebody_changed_on_the_branch_is_not_lost_without_a_word(repos: Repositories):
    for title, name in (("1", "one.js"), ("2", "two.js")):
        change_the_site(repos.site, title, (name,))
        repos.publish()
    repos.push_from_elsewhere({"lit/one.js": "mine now", "lit/index.html": "with a counter"})
    changed = git(repos.hub, "rev-parse", "gh-pages")[:10]
    change_the_site(repos.site, "3", ("three.js",))
    done = repos.publish()
    assert repos.published()["lit/one.js"] == "mine now"
    assert done.kept == ("lit/one.js",)
    assert [warning for warning in done.warnings if "changed it on the branch" in warning] == [
        "Replaced, though somebody had changed it on the branch: lit/index.html. The change is in"
        f" the commit {changed}."
    ]


@pytest.mark.parametrize(
    ("there", "named"),
    [
        ({"lit/a.js": "mine"}, "lit/a.js"),
        ({"lit/sub": "a file"}, "lit/sub"),
        ({"lit/b.js/c": "mine"}, "lit/b.js/c"),
        ({"lit/manifest.previous.json": "{}"}, "lit/manifest.previous.json"),
    ],
    ids=["a file", "a file for a folder", "a folder for a file", "the list"],
)
def test_a_file_that_is_not_ours_is_never_replaced(
    repos: Repositories, there: dict[str, str], named: str
):
    change_the_site(repos.site, "1", ("one.js",))
    repos.publish()
    repos.push_from_elsewhere(there)
    change_the_site(repos.site, "2", ("a.js", "b.js", "sub/c.js"))
    before = repos.published()
    with pytest.raises(BuilderError, match=f"would be replaced: {named}. Move it away"):
        repos.publish()
    assert repos.published() == before


def test_a_link_on_the_branch_is_not_ours(repos: Repositories):
    repos.publish()
    repos.link_elsewhere("lit/a.js", "../secret")
    with pytest.raises(BuilderError, match=r"would be replaced: lit/a\.js"):
        repos.publish()


def test_a_file_that_became_a_folder_is_published(repos: Repositories):
    for title, name in (("1", "x"), ("2", "x/y.js"), ("3", "x")):
        change_the_site(repos.site, title, (name,))
        repos.publish()
        assert repos.published()[f"lit/{name}"] == name


def test_a_dry_run_lists_everything_and_changes_nothing(repos: Repositories):
    for title, name in (("1", "one.js"), ("2", "stale.js")):
        change_the_site(repos.site, title, (name,))
        repos.publish()
    repos.push_from_elsewhere({"a.txt": "a"})
    change_the_site(repos.site, "3", ("added.js",))

    def objects() -> str:
        return git(repos.work, "count-objects", "-v") + git(repos.work, "for-each-ref")

    before = (repos.state(), repos.published())
    done = repos.publish(dry_run=True)
    listed = {change.path: (change.kind, change.bytes) for change in done.changes}
    assert listed["lit/added.js"] == ("added", len("added.js"))
    assert listed["lit/one.js"] == ("deleted", len("one.js"))
    assert listed["lit/manifest.json"][0] == "changed"
    assert listed.keys().isdisjoint({"a.txt", "lit/stale.js"})
    assert "Nothing was changed" in done.summary("origin/gh-pages")
    assert (repos.state(), repos.published()) == before
    fetched = objects()
    repos.publish(dry_run=True)
    assert objects() == fetched, "nothing but the branch itself is fetched"


def test_what_is_no_site_is_not_replaced(repos: Repositories):
    extension = '{"manifest_version": 3, "name": "mine", "version": "1", "icons": {"16": "a.js"}}'
    repos.push_from_elsewhere(
        {
            "lit/thesis.tex": "years",
            "old": "a file",
            "extension/manifest.json": extension,
            "pwa/manifest.json": '{"name": "app", "files": [{"url": "a.js"}]}',
            "empty/manifest.json": "",
            "deep/manifest.json": "[" * 100_000,
        }
    )
    for subdir, message in (
        ("lit", r"lit/ is not empty and holds no site of this program \(lit/thesis\.tex\)"),
        ("", "the branch is not empty and holds no site"),
        ("old", "old is a file there"),
        ("old/lit", "old is a file there"),
        ("extension", "extension/ is not empty and holds no site"),
        ("pwa", "pwa/ is not empty and holds no site"),
        ("empty", "empty/ is not empty and holds no site"),
        ("deep", "deep/ is not empty and holds no site"),
    ):
        with pytest.raises(BuilderError, match=message):
            repos.publish(subdir=subdir)
    assert repos.commits() == 1


ELSEWHERE = [
    "../x",
    "a/../../x",
    "..",
    ".",
    ".git",
    ".GIT/x",
    "a\\b",
    "git~1",
    "GIT~1/x",
    ".git ",
    ".git.",
    ".git::$INDEX_ALLOCATION",
    ".g\u200cit",
    "\ufeff.git",
    "a//b",
    "a\nb",
    "a\tb",
    "con",
    "a/nul.x",
    "COM1",
    "C:",
    "c:/x",
    "PROGRA~1",
    "a.",
    "a ",
    "a?b",
    ".gitmodules",
    ".github",
    "a%2e",
    "x" * 300,
]


def test_a_folder_that_is_another_one_elsewhere_is_refused(repos: Repositories):
    for subdir in ELSEWHERE:
        with pytest.raises(BuilderError, match=r"^--subdir '.*must be a folder inside the branch"):
            repos.publish(subdir=subdir)
    assert git(repos.hub, "branch", "--list") == ""


def test_a_folder_may_be_written_with_slashes(repos: Repositories):
    repos.publish(subdir="/a/b/")
    assert "a/b/index.html" in repos.published()


def test_files_over_the_limit_are_refused(repos: Repositories, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("builder.publish.github.LARGEST_FILE", 9)
    with pytest.raises(BuilderError, match=r"index\.html: has 0.00 MB; GitHub allows"):
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


def test_only_the_site_s_own_files_are_published(repos: Repositories):
    for name in (".git/config", "notes.txt", ".env"):
        (repos.site / name).parent.mkdir(exist_ok=True)
        (repos.site / name).write_text("secret")
    done = repos.publish()
    assert "secret" not in repos.published().values()
    assert done.warnings == (
        "Left out, since the site did not come with it: .env, .git/, notes.txt.",
    )


def test_a_title_is_one_line_of_the_commit(repos: Repositories):
    change_the_site(repos.site, "a\0b\nc\u2028d \x1b[31m")
    repos.publish()
    assert git(repos.hub, "log", "-1", "--format=%B", "gh-pages") == "Publish a b c d [31m\n\n"


@pytest.mark.parametrize(
    ("remote", "subdir", "page"),
    [
        ("https://github.com/ann/demo", "a b", "https://ann.github.io/demo/a%20b/"),
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

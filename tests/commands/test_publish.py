"""The command publish."""

import zipfile
from pathlib import Path

import pytest

from builder.publish.workflow import WORKFLOW
from builder.version import __version__
from tests.commands.run import run
from tests.conftest import MakeDemo
from tests.publish.repositories import Repositories, git, use_own_settings
from tests.site.sites import write_small_site


@pytest.fixture
def repos(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repositories:
    use_own_settings(tmp_path, monkeypatch)
    return Repositories(tmp_path)


def test_a_dry_run_lists_and_a_real_one_pushes(repos: Repositories):
    words = ("publish", "github", repos.site, "--repo", repos.work, "--subdir", "lit")
    code, text = run(*words, "--dry-run")
    assert code == 0
    assert f"added   {4:>13}  lit/a.js\n" in text
    assert text.endswith("Nothing was changed.\n")
    assert git(repos.hub, "branch", "--list") == ""
    code, text = run(*words, "--branch", "pages")
    assert code == 0
    assert text.startswith("Published to origin/pages as ")
    assert git(repos.hub, "show", "pages:lit/a.js") == "a.js"


def test_what_cannot_be_published_is_said(repos: Repositories):
    code, text = run("publish", "github", repos.site, "--repo", repos.work, "--remote", "none")
    assert (code, "has no remote 'none'" in text) == (2, True)


def test_a_zip_lies_beside_the_site_unless_another_place_is_named(tmp_path: Path):
    write_small_site(tmp_path / "site")
    assert run("publish", "zip", tmp_path / "site")[0] == 0
    code, text = run("publish", "zip", tmp_path / "site", "-o", tmp_path / "my.zip")
    assert (code, text) == (
        0,
        f"Wrote {tmp_path / 'my.zip'}: {(tmp_path / 'my.zip').stat().st_size:,} bytes.\n",
    )
    assert (tmp_path / "site.zip").read_bytes() == (tmp_path / "my.zip").read_bytes()
    with zipfile.ZipFile(tmp_path / "site.zip") as archive:
        assert archive.testzip() is None
        assert any(name.endswith("a.js") for name in archive.namelist())


def test_what_is_left_out_is_told_by_every_command(repos: Repositories):
    (repos.site / ".git").mkdir()
    (repos.site / ".git" / "config").write_text("token")
    note = "Note: Left out, since the site did not come with it: .git/.\n"
    for words in (("github", repos.site, "--repo", repos.work), ("zip", repos.site)):
        code, text = run("publish", *words)
        assert code == 0, text
        assert note in text


def test_what_stays_on_a_branch_is_told(repos: Repositories):
    words = ("publish", "github", repos.site, "--repo", repos.work)
    run(*words)
    repos.push_from_elsewhere({"README.md": "mine", "CNAME": "a.b"})
    code, text = run(*words)
    assert code == 0
    assert text.endswith("\nKept, since this program did not write it: CNAME, README.md.\n")


def test_nothing_is_replaced_by_force(make_demo: MakeDemo):
    code, text = run("publish", "workflow", make_demo(), "--force")
    assert (code, "No such option" in text) == (2, True)


def test_a_workflow_is_written_where_github_finds_it(make_demo: MakeDemo):
    spec = make_demo()
    git(spec.parent, "init", "-q")
    wheel = spec.parent / f"lit_demo_builder-{__version__}-py3-none-any.whl"
    wheel.touch()
    code, text = run("publish", "workflow", spec, "--repo", spec.parent, "--wheel", wheel)
    assert code == 0, text
    assert text.startswith(f"Wrote {spec.parent / WORKFLOW}. Commit and push the folder .github.")
    assert (spec.parent / WORKFLOW).is_file()

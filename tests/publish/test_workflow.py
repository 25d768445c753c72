import os
import subprocess
import sys
import tomllib
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import yaml

from builder.errors import BuilderError
from builder.publish.extras import find_extras
from builder.publish.workflow import WORKFLOW, write_workflow
from builder.site.check import check_site
from builder.version import __version__
from tests.conftest import MakeDemo

ROOT = Path(__file__).parents[2]


@pytest.fixture
def repo(make_demo: MakeDemo) -> Path:
    folder = make_demo().parent
    (folder / ".git").mkdir()
    return folder


@pytest.fixture(autouse=True)
def from_index(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if this program had been installed from PyPI."""
    requirement = f"lit-demo-builder=={__version__}"
    monkeypatch.setattr("builder.publish.workflow.find_requirement", lambda: requirement)


def read_workflow(repo: Path) -> dict[Any, Any]:
    return yaml.safe_load((repo / WORKFLOW).read_text(encoding="utf-8"))


def test_the_workflow_builds_on_every_push_and_deploys_the_default_branch(repo: Path):
    assert write_workflow(repo / "demo.toml", repo=repo) == repo / WORKFLOW
    workflow = read_workflow(repo)
    # YAML 1.1 takes the word `on` for a truth value; GitHub does not.
    assert set(workflow[True]) == {"push", "workflow_dispatch"}
    assert workflow["permissions"] == {"contents": "read"}
    build, deploy = workflow["jobs"]["build"], workflow["jobs"]["deploy"]
    used = [step["uses"].split("@")[0] for step in build["steps"] if "uses" in step]
    assert used == [
        "actions/checkout",
        "actions/setup-python",
        "actions/setup-node",
        "actions/cache",
        "actions/upload-pages-artifact",
    ]
    install = find_step(repo, name="Install")
    assert install["env"] == {"PACKAGE": f"lit-demo-builder=={__version__}"}
    assert install["run"] == 'python -m pip install -- "$PACKAGE"'
    assert find_step(repo, name="Check")["run"] == "lit-demo check _site"
    assert deploy["needs"] == "build"
    assert "default_branch" in deploy["if"]
    assert deploy["permissions"] == {"pages": "write", "id-token": "write"}
    assert deploy["concurrency"] == {"group": "pages", "cancel-in-progress": False}
    assert deploy["environment"]["name"] == "github-pages"
    (step,) = deploy["steps"]
    assert step["uses"].startswith("actions/deploy-pages@")
    assert deploy["environment"]["url"] == f"${{{{ steps.{step['id']}.outputs.page_url }}}}"


def find_step(repo: Path, **having: str) -> dict[str, Any]:
    steps = read_workflow(repo)["jobs"]["build"]["steps"]
    (step,) = [step for step in steps if having.items() <= step.items()]
    return step


@pytest.mark.slow
def test_the_build_step_builds_what_the_next_steps_keep_and_publish(repo: Path):
    write_workflow(repo / "demo.toml", repo=repo)
    step = find_step(repo, name="Build")
    # GitHub's runner has the installed command in its PATH and runs a step like this.
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, **step["env"], "PATH": path}
    subprocess.run(["bash", "-e", "-c", step["run"]], cwd=repo, env=environment, check=True)
    uploaded = find_step(repo, uses="actions/upload-pages-artifact@v5")["with"]["path"]
    kept = find_step(repo, uses="actions/cache@v5")["with"]["path"]
    assert check_site(repo / uploaded) == []
    assert any((repo / kept).iterdir())


@pytest.mark.parametrize(
    "name", ['it\'s a "demo" & $(more).toml', "größer: #1.toml", "😀 \\ {{x}}.toml"]
)
def test_any_name_of_the_specification_reaches_the_command_as_it_is(repo: Path, name: str):
    (repo / "a folder").mkdir()
    (repo / "demo.toml").rename(repo / "a folder" / name)
    write_workflow(repo / "a folder" / name, repo=repo)
    assert find_step(repo, name="Build")["env"] == {"DEMO": f"a folder/{name}"}


def test_a_file_name_cannot_be_taken_for_an_option_or_an_expression(repo: Path):
    (repo / "demo.toml").rename(repo / "--version")
    write_workflow(repo / "--version", repo=repo)
    step = find_step(repo, name="Build")
    assert step["run"].endswith('-- "$DEMO"')
    for name in (
        "${{ secrets.TOKEN }}.toml",
        "a${{b",
        "a\nb",
        "a\rb",
        "a\x85b",
        "a\u2028b",
        "\x1b[31m",
    ):
        (repo / name).touch()
        with pytest.raises(BuilderError, match=r"a workflow cannot hold this name.* Rename it"):
            write_workflow(repo / name, repo=repo)
    (repo / "${{ x }}").mkdir()
    (repo / "${{ x }}" / "demo.toml").touch()
    with pytest.raises(BuilderError, match="a workflow cannot hold this name"):
        write_workflow(repo / "${{ x }}" / "demo.toml", repo=repo)
    with pytest.raises(BuilderError, match="there is no such file"):
        write_workflow(repo / "a\0b", repo=repo)


def test_an_own_workflow_is_replaced_unless_it_was_changed(
    repo: Path, monkeypatch: pytest.MonkeyPatch
):
    with monkeypatch.context() as earlier:
        earlier.setattr("builder.publish.workflow.__version__", "0.0.1")
        path = write_workflow(repo / "demo.toml", repo=repo)
    assert "lit-demo-0.0.1-" in path.read_text()
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    write_workflow(repo / "demo.toml", repo=repo)
    written = path.read_bytes()
    assert f"lit-demo-{__version__}-".encode() in written
    assert b"\r" not in written
    assert path.stat().st_mode & 0o777 == 0o644
    write_workflow(repo / "demo.toml", repo=repo)
    assert path.read_bytes() == written
    assert [found.name for found in path.parent.iterdir()] == [path.name]
    for other in (
        b"on: push  # mine",
        written + b"# mine\n",
        written.replace(b"3.11", b"3.13"),
        written.partition(b"\n")[2],
        written.replace(b"# sha256: ", b"# sha256: 0"),
        b"",
        b"\xff",
    ):
        path.write_bytes(other)
        with pytest.raises(BuilderError, match=r"lit-demo\.yml: was not written by this program"):
            write_workflow(repo / "demo.toml", repo=repo)
        assert path.read_bytes() == other


def test_a_workflow_is_not_written_through_a_link(repo: Path):
    (repo.parent / "elsewhere").mkdir()
    (repo / ".github").symlink_to(repo.parent / "elsewhere")
    with pytest.raises(BuilderError, match="is a link out of the repository"):
        write_workflow(repo / "demo.toml", repo=repo)
    (repo / ".github").unlink()
    (repo / WORKFLOW).parent.mkdir(parents=True)
    (repo.parent / "victim").write_text("mine")
    (repo / WORKFLOW).symlink_to(repo.parent / "victim")
    with pytest.raises(BuilderError, match="was not written by this program"):
        write_workflow(repo / "demo.toml", repo=repo)
    assert (repo.parent / "victim").read_text() == "mine"
    (repo / WORKFLOW).unlink()
    (repo / WORKFLOW).mkdir()
    with pytest.raises(BuilderError, match="was not written by this program"):
        write_workflow(repo / "demo.toml", repo=repo)


def test_what_the_workflow_could_not_find_is_refused(repo: Path):
    with pytest.raises(BuilderError, match="there is no such file"):
        write_workflow(repo / "none.toml", repo=repo)
    (repo.parent / "demo.toml").write_text("")
    with pytest.raises(BuilderError, match="the workflow would not find it"):
        write_workflow(repo.parent / "demo.toml", repo=repo)
    with pytest.raises(BuilderError, match="is not the top folder of a git repository"):
        write_workflow(repo / "demo.toml", repo=repo / "images")
    assert not (repo / ".github").exists()


WHEEL = f"lit_demo_builder-{__version__}-py3-none-any.whl"


def test_a_wheel_is_copied_beside_the_workflow_in_the_place_of_earlier_ones(
    repo: Path, tmp_path: Path
):
    wheel, folder = tmp_path / WHEEL, repo / ".github/lit-demo"
    wheel.write_bytes(b"wheel")
    folder.mkdir(parents=True)
    (folder / "lit_demo_builder-0.0.1-py3-none-any.whl").touch()
    (folder / "mine.txt").touch()
    write_workflow(repo / "demo.toml", repo=repo, wheel=wheel)
    assert find_step(repo, name="Install")["env"] == {"PACKAGE": f".github/lit-demo/{WHEEL}"}
    assert {path.name for path in folder.iterdir()} == {WHEEL, "mine.txt"}
    assert (folder / WHEEL).read_bytes() == b"wheel"


def test_only_a_wheel_of_this_program_is_taken(repo: Path, tmp_path: Path):
    (tmp_path / "numpy-1.0-py3-none-any.whl").touch()
    for name, fault in (("numpy-1.0-py3-none-any.whl", "is not a wheel"), ("x.whl", "no such")):
        with pytest.raises(BuilderError, match=f"{fault}.* `make wheel` writes one"):
            write_workflow(repo / "demo.toml", repo=repo, wheel=tmp_path / name)
    assert not (repo / ".github").exists()


@pytest.mark.parametrize(
    ("tables", "extras"),
    [
        ("", ""),
        ('[gallery]\npictures = "photos/*.jpg"', "[gallery]"),
        ('[gallery]\npictures = "photos/*.jpg"\nmap = true', "[gallery,map]"),
        ('[models.vocabulary]\nlanguages = ["en"]', "[languages]"),
        ("[models.vocabulary]\npieces = 100", ""),
    ],
)
def test_the_program_is_installed_with_what_the_demo_needs(
    repo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tables: str, extras: str
):
    (repo / "demo.toml").write_text(f'title = "T"\n[[models]]\nname = "mini-tiny"\n{tables}\n')
    for found in (f"=={__version__}", " @ git+https://example.org/x.git@ab12"):
        requirement = f"lit-demo-builder{found}"
        monkeypatch.setattr("builder.publish.workflow.find_requirement", partial(str, requirement))
        write_workflow(repo / "demo.toml", repo=repo)
        package = find_step(repo, name="Install")["env"]["PACKAGE"]
        assert package == f"lit-demo-builder{extras}{found}"
    (tmp_path / WHEEL).touch()
    write_workflow(repo / "demo.toml", repo=repo, wheel=tmp_path / WHEEL)
    package = find_step(repo, name="Install")["env"]["PACKAGE"]
    assert package == f".github/lit-demo/{WHEEL}{extras}"
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["optional-dependencies"].keys() >= set(find_extras(repo / "demo.toml"))


def test_a_demo_that_is_not_toml_is_refused(repo: Path):
    (repo / "demo.toml").write_text("title =")
    with pytest.raises(BuilderError, match=r"demo\.toml:1: not valid TOML"):
        write_workflow(repo / "demo.toml", repo=repo)
    assert not (repo / ".github").exists()


def test_what_the_demos_own_code_needs_is_installed_after_it(repo: Path, tmp_path: Path):
    (repo / "requirements.txt").touch()
    write_workflow(repo / "demo.toml", repo=repo)
    step = find_step(repo, name="Install what the demo's own code needs")
    assert step["env"] == {"REQUIREMENTS": "requirements.txt"}
    names = [step.get("name") for step in read_workflow(repo)["jobs"]["build"]["steps"]]
    assert names.index(step["name"]) == names.index("Install") + 1
    (repo / "needs.txt").touch()
    write_workflow(repo / "demo.toml", repo=repo, requirements=repo / "needs.txt")
    step = find_step(repo, name="Install what the demo's own code needs")
    assert step["env"] == {"REQUIREMENTS": "needs.txt"}
    (tmp_path / "elsewhere.txt").touch()
    with pytest.raises(BuilderError, match="so the workflow would not find it"):
        write_workflow(repo / "demo.toml", repo=repo, requirements=tmp_path / "elsewhere.txt")

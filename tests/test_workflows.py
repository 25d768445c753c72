"""What GitHub and pre-commit run for this project."""

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from builder.publish.workflow import write_workflow
from builder.version import __version__
from tests.conftest import MakeDemo

ROOT = Path(__file__).parents[1]
LINTER = ROOT / "webapp_src" / "scripts" / "lint-workflows.mjs"
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
FORMS = sorted((ROOT / ".github" / "ISSUE_TEMPLATE").glob("[!c]*.yml"))

VALID = """\
on: push
permissions: {contents: read}
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v6
      - run: make test
"""


def lint(*files: Path | str) -> tuple[int, list[str]]:
    """The exit code of the linter of workflows, and the lines that it prints."""
    command = ["node", LINTER, *files]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stdout == ""
    return done.returncode, done.stderr.splitlines()


def load(path: Path) -> dict[Any, Any]:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


# What to replace by what, and how the linter then names the place and the mistake.
MISTAKES = {
    "permission": ("contents: read", "contents: reed", "2:25: ", '"reed" is invalid'),
    "runner": ("    runs-on: ubuntu-latest\n", "", "4:3: ", '"runs-on" section is missing'),
    "matrix": ("make test", "${{ matrix.python }}", "8:18: ", 'property "python" is not defined'),
    "injection": ("make test", "${{ github.head_ref }}", "8:18: ", "is potentially untrusted"),
    "key": ("run:", "ran:", "8:9: ", 'unexpected key "ran"'),
    "syntax": ("jobs:", "jobs: [", "", "Flow sequence in block collection must be"),
    "empty": (VALID, "# nothing\n", "1:1: ", "the workflow is empty"),
}


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """What the linter says of one valid and several broken workflows, by the name of each."""
    folder = tmp_path_factory.mktemp("workflows")
    (folder / "valid.yml").write_text(VALID)
    for name, (old, new, *_) in MISTAKES.items():
        assert old in VALID
        (folder / f"{name}.yml").write_text(VALID.replace(old, new, 1))
    code, lines = lint(*folder.iterdir())
    assert code == 1
    found: dict[str, list[str]] = {path.stem: [] for path in folder.iterdir()}
    for line in lines:
        file, place = line.split(":", 1)
        found[Path(file).stem].append(place)
    return found


def test_a_valid_workflow_passes_beside_broken_ones(broken: dict[str, list[str]]):
    assert broken["valid"] == []


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_in_a_workflow_fails_with_its_place(broken: dict[str, list[str]], name: str):
    *_, place, message = MISTAKES[name]
    assert any(line.startswith(place) and message in line for line in broken[name]), broken[name]
    assert all(re.match(r"\d+:\d+: ", line) for line in broken[name])


def test_a_workflow_that_is_not_there_is_named(tmp_path: Path):
    code, (line,) = lint(tmp_path / "none.yml")
    assert code == 2
    assert str(tmp_path / "none.yml") in line
    assert lint() == (2, ["Name the workflows to check: node lint-workflows.mjs FILE..."])


def test_the_workflow_that_is_written_for_authors_passes(make_demo: MakeDemo):
    spec = make_demo()
    (spec.parent / ".git").mkdir()
    wheel = spec.parent / f"lit_demo_builder-{__version__}-py3-none-any.whl"
    wheel.touch()
    assert lint(write_workflow(spec, repo=spec.parent, wheel=wheel)) == (0, [])
    (spec.parent / "requirements.txt").touch()
    assert lint(write_workflow(spec, repo=spec.parent, wheel=wheel)) == (0, [])


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_workflows_may_only_read_unless_a_job_says_more(path: Path):
    workflow = load(path)
    assert workflow["permissions"] == {"contents": "read"}
    for job in workflow["jobs"].values():
        assert job["timeout-minutes"] <= 60
        for step in job["steps"]:
            assert re.fullmatch(r"actions/[\w-]+@v\d+", step.get("uses", "actions/none@v1"))


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_workflows_make_what_the_makefile_has(path: Path):
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    text = path.read_text(encoding="utf-8").replace("${{ matrix.jax }}", "newest")
    for targets in re.findall(r"\bmake ((?:[a-z-]+ )+)PYTHON=python\n", text):
        for target in targets.split():
            assert re.search(rf"^([a-z-]+ )*{target}[ :]", makefile, re.MULTILINE), target


def test_pre_commit_runs_the_linters_of_make_lint():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    (linters,) = re.findall(r"^LINTERS := (.+)", makefile, re.MULTILINE)
    (repo,) = load(ROOT / ".pre-commit-config.yaml")["repos"]
    assert repo["repo"] == "local"
    assert [hook["id"] for hook in repo["hooks"]] == linters.split()
    for hook in repo["hooks"]:
        assert hook["entry"] == f"make --silent {hook['id']}"
        assert hook["language"] == "system"


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_issue_forms_ask_for_something(path: Path):
    form = load(path)
    assert form["name"]
    assert form["description"]
    asked = [field for field in form["body"] if field["type"] != "markdown"]
    assert len({field["id"] for field in asked}) == len(asked) > 2
    assert all(field["attributes"]["label"] for field in asked)
    assert any(field["validations"]["required"] for field in asked if "validations" in field)


def test_a_release_has_the_wheel_that_was_tried():
    jobs = load(ROOT / ".github" / "workflows" / "release.yml")["jobs"]
    steps = [step.get("run", "") for step in jobs["wheel"]["steps"]]
    (made,) = (place for place, step in enumerate(steps) if step.startswith("make wheel"))
    (tried,) = (place for place, step in enumerate(steps) if 'pip" install dist/*.whl' in step)
    assert made < tried
    assert jobs["release"]["needs"] == "wheel"
    (attached,) = (step["run"] for step in jobs["release"]["steps"] if "run" in step)
    assert attached.startswith('gh release create "$GITHUB_REF_NAME" dist/*.whl ')

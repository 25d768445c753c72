"""The wheel alone, in an environment and a folder of its own and without Node on the path."""

import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.environments import make_environment

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def python(wheel: Path) -> Path:
    """A Python with the built wheel."""
    python = make_environment(wheel.parent / "venv")
    install = [sys.executable, "-m", "pip", "--python", python, "install", "--no-deps", "-q", wheel]
    subprocess.run(install, check=True, capture_output=True)
    return python


def run(python: Path, *words: str, cwd: Path) -> str:
    """Run a command of the wheel's, with a path on which there is no Node."""
    command = [python.parent / words[0], *words[1:]]
    environment = {**os.environ, "PATH": str(python.parent)}
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.wheel
def test_the_wheel_runs_from_its_own_files(python: Path, tmp_path: Path):
    code = "import builder.resources as r; print(r.__file__, r.web_folder(), r.data_folder())"
    files = run(python, "python", "-c", code, cwd=tmp_path).split()
    assert all(file.startswith(str(python.parent.parent)) for file in files)


@pytest.mark.wheel
def test_the_wheel_says_that_it_is_typed(python: Path, tmp_path: Path):
    code = (
        "import importlib.resources as r; print(r.files('builder').joinpath('py.typed').is_file())"
    )
    assert run(python, "python", "-c", code, cwd=tmp_path) == "True\n"


@pytest.mark.wheel
def test_a_project_builds_with_nothing_but_the_wheel(python: Path, tmp_path: Path):
    run(python, "lit-demo", "new", "x", cwd=tmp_path)
    run(python, "lit-demo", "build", "x/demo.toml", "--cache-dir", "cache", cwd=tmp_path)
    report = json.loads((tmp_path / "_site" / "report.json").read_text())
    assert report["models"][0]["parity"]["min_cosine"] > 0.9999
    assert "as built" in run(python, "lit-demo", "check", cwd=tmp_path)


@pytest.mark.wheel
def test_the_steps_of_the_published_workflow_run_in_order(
    python: Path, wheel: Path, tmp_path: Path
):
    run(python, "lit-demo", "new", "demo", cwd=tmp_path)
    (tmp_path / ".git").mkdir()
    (tmp_path / "demo" / "requirements.txt").write_text("click\n")
    # Installed from a wheel that is still there, it needs no option.
    run(python, "lit-demo", "publish", "workflow", "demo/demo.toml", cwd=tmp_path)
    steps = read_steps(tmp_path)
    assert [step["name"] for step in steps] == [
        *("Install", "Install what the demo's own code needs", "Build", "Check"),
    ]
    fresh = make_environment(tmp_path / "runner", with_pip=True)
    printed = [run_step(step, fresh, tmp_path) for step in steps]
    assert "as built" in printed[-1]
    assert (tmp_path / ".github" / "lit-demo" / wheel.name).is_file()
    # A gallery needs more than the program.
    spec = tmp_path / "demo" / "demo.toml"
    spec.write_text(f'{spec.read_text()}\n[gallery]\npictures = "images/*.webp"\n')
    run(python, "lit-demo", "publish", "workflow", "demo/demo.toml", cwd=tmp_path)
    assert "faiss-cpu" in run_step(read_steps(tmp_path)[0], fresh, tmp_path)


def read_steps(repo: Path) -> list[dict[str, Any]]:
    """What a workflow runs."""
    workflow = yaml.safe_load((repo / ".github/workflows/lit-demo.yml").read_text())
    return [step for step in workflow["jobs"]["build"]["steps"] if "run" in step]


def run_step(step: dict[str, Any], python: Path, repo: Path) -> str:
    """Run a step as a runner with that Python does."""
    environment = {**os.environ, **step.get("env", {}), "PATH": f"{python.parent}:/usr/bin:/bin"}
    command = ["bash", "-e", "-c", step["run"]]
    done = subprocess.run(command, cwd=repo, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, f"{step['name']}: {done.stdout}{done.stderr}"
    return done.stdout


def test_both_sides_have_one_version():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    package = json.loads((ROOT / "webapp_src" / "package.json").read_text())
    lock = json.loads((ROOT / "webapp_src" / "package-lock.json").read_text())
    assert project["version"] == package["version"] == lock["version"]

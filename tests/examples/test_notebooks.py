"""The notebooks of `examples/`, in an empty folder of an environment that has only the wheel."""

import shutil
from pathlib import Path
from typing import Any

import nbformat
import pytest

from tests.environments import make_environment
from tests.examples.notebooks import NOTEBOOKS, execute

NAMES = [notebook.stem for notebook in NOTEBOOKS]


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_environment(tmp_path_factory.mktemp("notebooks") / "venv", with_pip=True)


@pytest.mark.wheel
@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=NAMES)
def test_a_notebook_runs_from_the_wheel_beside_it(
    notebook: Path, wheel: Path, python: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    shutil.copy(wheel, tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv("PYTHONPATH", raising=False)
    content = execute(notebook, tmp_path, python)
    (archive,) = tmp_path.glob("*.zip")
    assert archive.stat().st_size > 1_000_000
    page, link = html_of(content)
    assert "open it" in page
    assert archive.name in link


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=NAMES)
def test_a_notebook_is_kept_with_what_it_shows(notebook: Path):
    content: Any = nbformat.read(notebook, as_version=4)
    nbformat.validate(content)
    cells = [cell for cell in content.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    outputs = [output for cell in cells for output in cell.outputs]
    assert not [output for output in outputs if output.output_type == "error"]
    assert any("image/png" in output.get("data", {}) for output in outputs)
    page, archive = html_of(content)
    assert "open it" in page
    assert ".zip" in archive


def html_of(content: Any) -> list[str]:
    outputs = (output for cell in content.cells for output in cell.get("outputs", ()))
    return ["".join(o.data["text/html"]) for o in outputs if "text/html" in o.get("data", {})]

"""What the README shows works as it stands there."""

from pathlib import Path

import pytest

from tests.docs.pages import find_blocks


def test_the_python_example_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (code,) = [code for page, code in find_blocks("python") if page == "README.md"]
    monkeypatch.chdir(tmp_path)
    exec(compile(code, "README.md", "exec"), {})
    assert (tmp_path / "prod" / "model.json").is_file()
    assert (tmp_path / "prod_rows" / "model.json").is_file()

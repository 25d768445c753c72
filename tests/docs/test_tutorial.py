"""What the tutorial shows is what the commands print."""

import re
import shutil
from pathlib import Path

import pytest

from tests.test_cli import run

TUTORIAL = Path(__file__).parents[2] / "docs" / "tutorial.md"


def blocks(language: str) -> list[str]:
    text = TUTORIAL.read_text(encoding="utf-8")
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


def test_the_mistake_is_reported_as_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    assert run("new", "my-demo")[0] == 0
    spec = Path("my-demo", "demo.toml")
    shutil.copy(Path("my-demo/images/kitten.jpg"), Path("my-demo/images/my-dog.jpg"))
    (table,) = blocks("toml")
    text = f"{spec.read_text(encoding='utf-8').rstrip()}\n\n{table}"
    spec.write_text(text.replace("my-dog.jpg", "my-dgo.jpg"), encoding="utf-8")
    code, printed = run("build", spec)
    (shown,) = blocks("text")
    assert (code, printed) == (2, shown)

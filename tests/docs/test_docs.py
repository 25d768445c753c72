import re
import subprocess
import sys
from pathlib import Path

import pytest

from docs.generate_reference import FOLDER, render_pages

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(("name", "page"), render_pages().items())
def test_the_reference_says_what_the_code_does(name: str, page: str):
    written = (FOLDER / name).read_text(encoding="utf-8")
    assert written == page, f"docs/reference/{name} is out of date; run `make generate`"


def test_the_documentation_builds_without_a_warning(tmp_path: Path):
    config = ROOT / ".ci" / "mkdocs.yml"
    command = [sys.executable, "-m", "mkdocs", "build", "--config-file", str(config)]
    built = subprocess.run(
        [*command, "--site-dir", str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert built.returncode == 0, built.stderr
    page = (tmp_path / "reference" / "python" / "index.html").read_text(encoding="utf-8")
    assert "input_signatures" in page


def test_every_page_is_in_the_navigation():
    navigation = (ROOT / ".ci" / "mkdocs.yml").read_text(encoding="utf-8")
    named = set(re.findall(r"([\w/-]+\.md)$", navigation, re.MULTILINE))
    docs = ROOT / "docs"
    assert named == {path.relative_to(docs).as_posix() for path in docs.rglob("*.md")}

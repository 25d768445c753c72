import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from builder import __version__
from builder.cli import main
from tests.conftest import DEMO, MakeDemo
from tests.test_site import write_small_site


def run(*words: str | Path) -> tuple[int, str]:
    result = CliRunner().invoke(main, [str(word) for word in words], catch_exceptions=False)
    return result.exit_code, result.output


@pytest.mark.parametrize("command", ["new", "build", "serve", "check"])
def test_every_command_explains_itself(command: str):
    assert command in run("--help")[1]
    code, text = run(command, "--help")
    assert code == 0
    assert "Usage:" in text


def test_the_version_is_that_of_the_package():
    assert __version__ in run("--version")[1]


def test_new_says_what_to_do_next(tmp_path: Path):
    code, text = run("new", tmp_path / "mine")
    assert code == 0
    assert f"lit-demo build {tmp_path / 'mine' / 'demo.toml'}" in text


def test_mistakes_in_a_spec_exit_with_2_and_no_traceback(make_demo: MakeDemo):
    spec = make_demo(DEMO.replace("title =", "titel ="))
    code, text = run("build", spec, "-o", spec.parent / "site")
    assert code == 2
    assert "demo.toml:1: titel: unknown key" in text
    assert "Traceback" not in text
    assert not (spec.parent / "site").exists()


def test_a_picture_that_is_none_exits_with_2(make_demo: MakeDemo):
    spec = make_demo()
    (spec.parent / "images" / "red.png").write_bytes(b"not a picture")
    code, text = run("build", spec, "-o", spec.parent / "site")
    assert code == 2
    assert "red.png: not a picture" in text


def test_check_passes_a_whole_site_and_fails_a_changed_one(tmp_path: Path):
    write_small_site(tmp_path / "site")
    assert run("check", tmp_path / "site") == (
        0,
        f"{tmp_path / 'site'}: all 9 files are as built.\n",
    )
    (tmp_path / "site" / "a.js").write_text("changed")
    code, text = run("check", tmp_path / "site")
    assert code == 2
    assert "a.js: has 7 bytes, not 4" in text


def test_serve_refuses_a_folder_without_a_site(tmp_path: Path):
    assert run("serve", tmp_path)[0] == 2


def test_importing_the_package_loads_nothing_heavy():
    heavy = ("jax", "flax", "PIL", "numpy", "pydantic", "rich")
    code = f"import sys, builder.cli; print([m for m in {heavy} if m in sys.modules])"
    loaded = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True
    )
    assert loaded.stdout.strip() in ("[]", "['rich']")

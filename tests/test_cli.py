import subprocess
import sys

import pytest

from builder.version import __version__
from tests.commands.run import run


@pytest.mark.parametrize("command", ["new", "build", "convert", "serve", "check", "models"])
def test_every_command_explains_itself(command: str):
    assert command in run("--help")[1]
    code, text = run(command, "--help")
    assert code == 0
    assert "Usage:" in text


def test_the_version_is_that_of_the_package():
    assert __version__ in run("--version")[1]


def test_importing_the_package_loads_nothing_heavy():
    heavy = ("jax", "flax", "PIL", "numpy", "pydantic", "rich")
    code = f"import sys, builder.cli; print([m for m in {heavy} if m in sys.modules])"
    loaded = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True
    )
    assert loaded.stdout.strip() in ("[]", "['rich']")

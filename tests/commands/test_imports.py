"""The command import."""

from pathlib import Path

from click.testing import CliRunner

from builder.cli import main
from tests.models.original_demo import (
    write_original_demo,
)


def test_the_command_says_what_to_do_next_or_what_is_wrong(tmp_path: Path):
    source = write_original_demo(tmp_path / "original")
    command = ["import", str(source), "-o", str(tmp_path / "project")]
    done = CliRunner().invoke(main, command, catch_exceptions=False)
    assert done.exit_code == 0
    assert f"lit-demo build {tmp_path / 'project' / 'demo.toml'}" in done.output
    again = CliRunner().invoke(main, command, catch_exceptions=False)
    assert again.exit_code == 2
    assert "Name another folder with -o" in again.output

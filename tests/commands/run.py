"""The command line, run as a user runs it."""

from pathlib import Path

from click.testing import CliRunner

from builder.cli import main


def run(*words: str | Path) -> tuple[int, str]:
    """The exit code and what was printed."""
    result = CliRunner().invoke(main, [str(word) for word in words], catch_exceptions=False)
    return result.exit_code, result.output

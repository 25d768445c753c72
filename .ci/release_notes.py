"""Prints what CHANGELOG.md says about a version: `python .ci/release_notes.py 0.1.0`."""

import re
import sys
from pathlib import Path

CHANGELOG = Path(__file__).parents[1] / "CHANGELOG.md"


def find_notes(changelog: str, version: str) -> str:
    """The text below the heading of `version`.

    Raises:
        LookupError: if there is no such heading, or nothing below it.
    """
    for section in re.split(r"^## ", changelog, flags=re.MULTILINE)[1:]:
        heading, _, notes = section.partition("\n")
        if heading.split()[0].strip("[]") == version and notes.strip():
            return notes.strip()
    raise LookupError(f"CHANGELOG.md has no notes on {version}. Write them below '## {version}'.")


def main() -> None:
    """Print the notes, or say that there are none and exit with 2."""
    (version,) = sys.argv[1:]
    try:
        print(find_notes(CHANGELOG.read_text(encoding="utf-8"), version))
    except LookupError as error:
        print(error.args[0], file=sys.stderr)
        sys.exit(2)


if __name__ == "__main__":
    main()

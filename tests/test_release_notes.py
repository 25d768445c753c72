"""The notes of a release come from the changelog."""

import importlib.util
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def release_notes() -> Any:
    """The script, which is not part of a package."""
    path = ROOT / ".ci" / "release_notes.py"
    spec = importlib.util.spec_from_file_location("release_notes", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


CHANGELOG = """\
# Changelog

## Unreleased

## 0.10.0 - 2027-01-01

### Added

- Ten.

## 0.1.0 - 2026-11-24

- One.
"""


def test_a_version_has_the_notes_below_its_heading(release_notes: Any):
    assert release_notes.find_notes(CHANGELOG, "0.1.0") == "- One."
    assert release_notes.find_notes(CHANGELOG, "0.10.0") == "### Added\n\n- Ten."


@pytest.mark.parametrize("version", ["0.2.0", "0.1", "Unreleased"])
def test_a_version_without_notes_is_named(release_notes: Any, version: str):
    with pytest.raises(LookupError, match=rf"has no notes on {version}\. Write them below"):
        release_notes.find_notes(CHANGELOG, version)


def test_the_changelog_has_a_section_for_this_version(release_notes: Any):
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    changelog = release_notes.CHANGELOG.read_text(encoding="utf-8")
    assert changelog.index("\n## Unreleased\n") < changelog.index(f"\n## {version} - ")
    assert "### Added" in release_notes.find_notes(changelog, version)

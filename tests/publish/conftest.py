"""Repositories to publish from, whatever git is set to on this machine."""

from pathlib import Path

import pytest

from tests.publish.repositories import Repositories, use_own_settings


@pytest.fixture
def own_git_configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file of the user's settings, which are those of an author A and no others."""
    return use_own_settings(tmp_path, monkeypatch)


@pytest.fixture
def repos(tmp_path: Path, own_git_configuration: Path) -> Repositories:
    """An author's repository and its remote."""
    return Repositories(tmp_path)

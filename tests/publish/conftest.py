"""Repositories to publish from, whatever git is set to on this machine."""

from pathlib import Path

import pytest

from tests.publish.repositories import Repositories


@pytest.fixture
def own_git_configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file of the user's settings, which are those of an author A and no others."""
    path = tmp_path / "gitconfig"
    path.write_text("[user]\nname = A\nemail = a@example.org\n[init]\ndefaultBranch = main\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(path))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    return path


@pytest.fixture
def repos(tmp_path: Path, own_git_configuration: Path) -> Repositories:
    """An author's repository and its remote."""
    return Repositories(tmp_path)

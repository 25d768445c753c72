"""Where another machine can install this program from."""

import json
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest

from builder.errors import BuilderError
from builder.publish.requirement import find_requirement
from builder.version import __version__


class Installed:
    """A package as it was installed from somewhere."""

    def __init__(self, record: dict[str, Any] | None):
        self.record = record

    def read_text(self, name: str) -> str | None:
        assert name == "direct_url.json"
        return self.record and json.dumps(self.record)


def find(monkeypatch: pytest.MonkeyPatch, record: dict[str, Any] | None) -> str | Path:
    monkeypatch.setattr(metadata, "distribution", lambda _: Installed(record))
    return find_requirement()


@pytest.mark.parametrize(
    ("record", "requirement"),
    [
        (None, f"=={__version__}"),
        (
            {"url": "https://x.org/a.git", "vcs_info": {"vcs": "git", "commit_id": "c0ffee"}},
            " @ git+https://x.org/a.git@c0ffee",
        ),
        ({"url": "https://x.org/a.whl", "archive_info": {}}, " @ https://x.org/a.whl"),
    ],
)
def test_it_is_installed_as_it_was_here(
    monkeypatch: pytest.MonkeyPatch, record: dict[str, Any] | None, requirement: str
):
    assert find(monkeypatch, record) == f"lit-demo-builder{requirement}"


def test_a_wheel_on_this_machine_is_found(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    wheel = tmp_path / "a wheel.whl"
    wheel.touch()
    record = {"url": wheel.as_uri(), "archive_info": {}}
    assert find(monkeypatch, record) == wheel
    wheel.unlink()
    with pytest.raises(BuilderError, match="make wheel"):
        find(monkeypatch, record)


def test_a_folder_is_nothing_to_install_from(monkeypatch: pytest.MonkeyPatch):
    with pytest.raises(BuilderError, match="--wheel dist/"):
        find(monkeypatch, {"url": "file:///work", "dir_info": {"editable": True}})

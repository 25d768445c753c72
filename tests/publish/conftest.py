"""Repositories to publish from, whatever git is set to on this machine."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from builder.publish.serve import make_server, running
from builder.site.bundle import to_json
from builder.site.files import refer
from tests.publish.previews import FILES
from tests.publish.repositories import Repositories, use_own_settings
from tests.site.sites import small_manifest


@pytest.fixture
def own_git_configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file of the user's settings, which are those of an author A and no others."""
    return use_own_settings(tmp_path, monkeypatch)


@pytest.fixture
def repos(tmp_path: Path, own_git_configuration: Path) -> Repositories:
    """An author's repository and its remote."""
    return Repositories(tmp_path)


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A site, and beside its files and its folder some that are not part of it."""
    refs = tuple(refer(url, data) for url, data in FILES.items())
    manifest = to_json(small_manifest().model_copy(update={"files": refs}))
    (tmp_path / "secret.txt").write_text("secret")
    others = {"notes.txt": "mine", ".git/config": "secret", "assets/.env": "secret"}
    for url, data in {**FILES, "manifest.json": manifest, **others}.items():
        path = tmp_path / "site" / url
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return tmp_path / "site"


@pytest.fixture
def port(site: Path) -> Iterator[int]:
    with running(make_server(site, port=0, host="127.0.0.1", base_path="/demo")) as port:
        yield port

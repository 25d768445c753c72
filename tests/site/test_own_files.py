import json
from typing import Any

import pytest

from builder.site.bundle import to_json
from builder.site.own_files import own_files
from builder.version import NAME
from tests.site.sites import FILES, small_manifest

OURS: dict[str, Any] = {"generator": {"name": NAME, "version": "0"}}


def nothing(url: str) -> None:
    """Stands for a site of which only the manifest is there."""


def test_a_manifest_names_the_files_of_its_site():
    named = own_files(to_json(small_manifest()), nothing)
    assert named is not None
    assert named.keys() == FILES.keys()


def test_a_manifest_of_another_version_is_understood():
    later = {**OURS, "schemaVersion": 7, "rooms": [{"doors": {"url": "a/b", "sha256": "0" * 64}}]}
    assert own_files(json.dumps(later).encode(), nothing) == {"a/b": "0" * 64}


@pytest.mark.parametrize(
    "other",
    [
        b"",
        b"{",
        b"[]",
        b"[" * 100_000,
        b'"text"',
        b'{"manifest_version": 3, "name": "An extension"}',
        b'{"generator": "hugo"}',
        b'{"generator": {"name": "hugo"}}',
        b"\xff\xfe",
    ],
)
def test_other_programs_files_are_not_ours(other: bytes):
    assert own_files(other, nothing) is None


@pytest.mark.parametrize("url", ["/etc/passwd", "../a", "a/../../b", "", "..\\a"])
def test_files_outside_the_site_are_never_its_own(url: str):
    named = {**OURS, "files": [{"url": url, "sha256": "0" * 64, "bytes": 1}]}
    assert own_files(json.dumps(named).encode(), nothing) == {}


def test_a_gallery_s_files_are_those_that_its_lists_name():
    names = bytes(range(32))
    first, second = names[:16].hex(), names[16:].hex()
    lists = [
        {"url": "gallery/rows/a.list", "folder": "gallery/rows", "suffix": ".bin"},
        {"url": "gallery/lost.list", "folder": "gallery/lost", "suffix": ".bin"},
        {"url": "gallery/rows/a.list", "folder": "../above", "suffix": ".bin"},
        {"url": "gallery/rows/a.list", "folder": "gallery", "suffix": "/x"},
        {"url": 3},
    ]
    content = json.dumps({**OURS, "gallery": {"files": lists}}).encode()
    named = own_files(content, {"gallery/rows/a.list": names}.get)
    assert named == {f"gallery/rows/{name}.bin": name for name in (first, second)}

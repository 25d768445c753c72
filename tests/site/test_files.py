"""Data files of a site that have names of their content."""

import hashlib

from builder.manifest import FileRef
from builder.site.files import Files


def test_a_file_has_another_name_when_its_content_is_another():
    files = Files()
    first, again, other = (files.add("data/a", ".bin", data) for data in (b"1", b"1", b"2"))
    assert first == again
    assert first.url != other.url
    assert first.url == f"data/a-{first.sha256[:10]}.bin"
    assert files.content == {first.url: b"1", other.url: b"2"}


def test_a_file_may_keep_its_own_name():
    files = Files()
    assert files.add_as("weights.bin", b"12") == FileRef(
        url="weights.bin", sha256=hashlib.sha256(b"12").hexdigest(), bytes=2
    )
    assert files.content == {"weights.bin": b"12"}

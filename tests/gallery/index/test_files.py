"""Files that are named by their contents."""

import hashlib

from builder.gallery.index.files import NamedFiles, list_urls


def test_a_file_is_named_by_its_content():
    files = NamedFiles()
    url = files.add("rows", b"content")
    assert url == f"gallery/rows/{hashlib.sha256(b'content').hexdigest()[:32]}.bin"
    assert files.contents == {url: b"content"}


def test_equal_contents_are_one_file():
    files = NamedFiles()
    assert files.add("rows", b"same") == files.add("rows", b"same")
    assert len(files.contents) == 1


def test_a_list_leads_to_its_files_in_their_order():
    files = NamedFiles()
    listed = files.add_list("records", [b"one", b"two", b"one"], suffix=".json")
    content = files.contents[listed.url]
    assert (listed.count, listed.bytes) == (3, len(content))
    assert listed.sha256 == hashlib.sha256(content).hexdigest()
    found = [files.contents[url] for url in list_urls(listed, content)]
    assert found == [b"one", b"two", b"one"]


def test_files_without_a_suffix_can_be_listed():
    files = NamedFiles()
    listed = files.add_list("records", [b"one"], suffix="")
    assert [*list_urls(listed, files.contents[listed.url])] == [files.add("records", b"one", "")]

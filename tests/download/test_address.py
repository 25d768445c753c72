"""What of an address is asked for, and what is shown."""

import pytest

from builder.download.address import hiding, mask_password, split_credentials, web_address


@pytest.mark.parametrize(
    ("url", "mirror", "address"),
    [
        ("gs://a/b.npz", None, "https://storage.googleapis.com/a/b.npz"),
        ("gs://a/b.npz", "http://here/x/", "http://here/x/a/b.npz"),
        ("https://else.where/b.npz", "http://here", "https://else.where/b.npz"),
    ],
)
def test_a_mirror_takes_the_place_of_google_storage(url: str, mirror: str | None, address: str):
    assert web_address(url, mirror) == address


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("https://host/a", "https://host/a"),
        ("https://me:secret@host/a", "https://***@host/a"),
        ("https://token@host:8080/a", "https://***@host:8080/a"),
        ("https://me:se/cr?et#@host/a", "https://***@host/a"),
        ("https://me:se@cret@host/a", "https://***@host/a"),
        ("me:secret@host", "***@host"),
        ("from https://a:b@c to ftp://d:e@f.", "from https://***@c to ftp://***@f."),
    ],
)
def test_passwords_are_not_shown(text: str, shown: str):
    assert mask_password(text) == shown


def test_credentials_become_a_header():
    assert split_credentials("https://host/a@b") == ("https://host/a@b", None)
    address, header = split_credentials("https://me:s%3Acret@host/a")
    assert address == "https://host/a"
    assert header == "Basic bWU6czpjcmV0"


def test_what_is_being_hidden_is_not_shown():
    with hiding("a/secret"), hiding(None):
        assert mask_password("a/secret and a%2Fsecret") == "*** and ***"
        with hiding("another"):
            assert mask_password("another a/secret") == "*** ***"
        assert mask_password("another") == "another"
    assert mask_password("a/secret") == "a/secret"

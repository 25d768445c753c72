import hashlib

import pytest

from builder.site.seal import UNSEALED, is_sealed, seal

SEALED = seal(b'{\n "sha256": "%b",\n "title": "A demo"\n}' % UNSEALED.encode())


def test_a_manifest_says_its_own_hash():
    stated = SEALED.split(b'"')[3]
    blank = SEALED.replace(stated, UNSEALED.encode())
    assert stated.decode() == hashlib.sha256(blank).hexdigest()
    assert is_sealed(SEALED)


@pytest.mark.parametrize(
    "changed",
    [
        SEALED.replace(b"demo", b"Demo"),
        SEALED + b"\n",
        SEALED[:-1],
        SEALED.replace(SEALED.split(b'"')[3], UNSEALED.encode()),
        b'{"title": "A demo"}',
        b"",
    ],
)
def test_any_change_shows(changed: bytes):
    assert not is_sealed(changed)

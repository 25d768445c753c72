"""Files as a site stores them: compressed, where that saves enough."""

import gzip
import os
from pathlib import Path

import pytest

from builder.cache import Cache
from builder.site.compression import compress

NOISE = os.urandom(5000)


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(tmp_path / "cache")


@pytest.mark.parametrize("data", [b"a cat " * 99, NOISE + bytes(500)], ids=["text", "a little"])
def test_what_becomes_smaller_is_compressed(data: bytes, cache: Cache):
    packed = compress(data, cache)
    assert packed is not None
    assert len(packed) < len(data)
    assert gzip.decompress(packed) == data


@pytest.mark.parametrize("data", [b"", b"{}", NOISE, NOISE + bytes(100)])
def test_what_does_not_become_much_smaller_is_left_alone(data: bytes, cache: Cache):
    assert compress(data, cache) is None


def test_the_result_says_nothing_of_time_and_machine(cache: Cache):
    packed = compress(b"a cat " * 99, cache)
    assert packed is not None
    # No flags, so no name; no time; the highest level; an unknown system: RFC 1952, 2.3.
    assert packed[:10] == bytes.fromhex("1f8b08 00 00000000 02 ff")


@pytest.mark.parametrize("data", [b"a cat " * 99, NOISE], ids=["smaller", "not smaller"])
def test_it_is_done_once(data: bytes, cache: Cache, monkeypatch: pytest.MonkeyPatch):
    packed = compress(data, cache)

    def refuse(*_: object):
        raise AssertionError("something was compressed again")

    monkeypatch.setattr("builder.site.compression._gzip", refuse)
    assert compress(data, cache) == packed

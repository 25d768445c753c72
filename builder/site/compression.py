"""Files as a site stores them: compressed, where that saves enough."""

import gzip
import io

from builder.cache import Cache, digest
from builder.fingerprint import compression_code
from builder.manifest import CompressibleRef

_LEVEL = 9
_WORTH = 0.97
"""A compressed file is at most this part of the original, or it is not worth its time."""


def compress(data: bytes, cache: Cache) -> bytes | None:
    """The data as gzip (RFC 1952) without a name or a time in it; None if that saves too little.

    The bytes depend on the data and on zlib, and so may their hash.
    """
    key = digest(data, compression_code())
    if (kept := cache.load("compressed", key)) is None:
        packed = _gzip(data)
        kept = packed if len(packed) <= _WORTH * len(data) else b""
        cache.store("compressed", key, kept)
    return kept or None


def decompress(ref: CompressibleRef, stored: bytes) -> bytes:
    """The content of a file of a site that this process has made."""
    return gzip.decompress(stored) if ref.encoding == "gzip" else stored


def _gzip(data: bytes) -> bytes:
    # gzip.compress would name the operating system.
    packed = io.BytesIO()
    with gzip.GzipFile("", "wb", _LEVEL, packed, mtime=0) as file:
        file.write(data)
    return packed.getvalue()

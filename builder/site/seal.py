"""A manifest's hash of itself, by which a page and `lit-demo check` know that it is whole.

The manifest says its own SHA-256 in its first key. What is hashed is the file with zeros in the
place of that value.
"""

import hashlib
import re

UNSEALED = "0" * 64
"""What stands in the place of the hash while it is computed."""

_SEAL = re.compile(rb'\A\{\s*"sha256": "([0-9a-f]{64})"')


def seal(data: bytes) -> bytes:
    """A manifest with `UNSEALED` as its first value, with its hash in that place."""
    digest = hashlib.sha256(data).hexdigest()
    return data.replace(UNSEALED.encode(), digest.encode(), 1)


def is_sealed(data: bytes) -> bool:
    """Whether a manifest is exactly what was sealed."""
    found = _SEAL.match(data)
    if found is None:
        return False
    start, end = found.span(1)
    return seal(data[:start] + UNSEALED.encode() + data[end:]) == data

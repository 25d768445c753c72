"""The names of pieces that were cut, in a Bloom filter that a page looks them up in.

Bloom 1970, https://doi.org/10.1145/362686.362692; Fowler, Noll and Vo's hash, RFC 9923.
"""

import base64
from collections.abc import Collection

import numpy as np

from builder.text.cutting.inventory import Inventory
from builder.vocabulary import CutPieces

_BITS_PER_NAME = 12
_HASHES = 8
"""With 12 bits for each name, 0.3 % of other names seem to be in the filter."""
_BYTES_AT_LEAST = 8


def describe_cut(inventory: Inventory, rows: Collection[int]) -> CutPieces:
    """What was cut, of the pieces whose characters have all stayed.

    Of others, unknown pieces or bytes remain, which tell by themselves.
    """
    spelling = inventory.spelling
    chars = {char for index in rows if (char := inventory.singles.get(index)) is not None}
    # Pieces of byte-level vocabularies are made of bytes, which all stay.
    cut = (inventory.names[index] for index in set(inventory.ranked).difference(rows))
    names = [name for name in cut if spelling.is_bytes or chars.issuperset(spelling.strip(name))]
    return CutPieces(
        filter=base64.b64encode(_make_filter(names)).decode(),
        hashes=_HASHES,
        longest=max((len(name.encode("utf-16-le")) // 2 for name in names), default=0),
        space=spelling.space,
        prefix=spelling.prefix,
        suffix=spelling.suffix,
    )


def _make_filter(names: Collection[str]) -> bytes:
    size = max(_BYTES_AT_LEAST, -(-len(names) * _BITS_PER_NAME // 8))
    bits = np.zeros(8 * size, bool)
    for name in names:
        bits[list(places_of(name, _HASHES, 8 * size))] = True
    return np.packbits(bits, bitorder="little").tobytes()


def places_of(name: str, hashes: int, bits: int) -> list[int]:
    """The places of a name's bits in a filter of so many."""
    found = 0x811C9DC5
    for byte in name.encode():
        found = (found ^ byte) * 0x01000193 & 0xFFFFFFFF
    step = found >> 15 | 1
    return [(found + i * step & 0xFFFFFFFF) % bits for i in range(hashes)]

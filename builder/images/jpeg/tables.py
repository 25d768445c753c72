"""The tables of a JPEG file: quantization, and Huffman codes."""

import heapq
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from builder.images.jpeg.segments import HUFFMAN, QUANTIZATION, OddJpegError, Segment

_LONGEST = 16
_CODES = 1 << _LONGEST

QuantizationTables: TypeAlias = dict[int, bytes]
"""By number; 64 steps of one byte each, in zigzag order."""


def read_quantization(body: bytes) -> Iterator[tuple[int, bytes]]:
    """Each table in a segment with its number.

    Raises:
        OddJpegError: if a table is cut off, or has steps of two bytes.
    """
    while body:
        if body[0] > 3 or len(body) < 65 or 0 in body[1:65]:
            raise OddJpegError("a quantization table that is none")
        yield body[0], body[1:65]
        body = body[65:]


def write_quantization(number: int, table: bytes) -> Segment:
    """The segment of one table."""
    return Segment(QUANTIZATION, bytes([number]) + table)


@dataclass(frozen=True)
class HuffmanTable:
    """How many codes there are of each length from 1 to 16, and the symbols in their order."""

    counts: bytes
    symbols: bytes

    @cached_property
    def lengths(self) -> dict[int, int]:
        """The length of each symbol's code, in the order of the codes."""
        lengths = (n for n, count in enumerate(self.counts, 1) for _ in range(count))
        return dict(zip(self.symbols, lengths, strict=True))

    @cached_property
    def codes(self) -> dict[int, str]:
        """The code of each symbol in binary digits."""
        codes: dict[int, str] = {}
        code = length = 0
        for symbol, longer in self.lengths.items():
            code <<= longer - length
            codes[symbol] = f"{code:0{longer}b}"
            code, length = code + 1, longer
        return codes

    @cached_property
    def lookup(self) -> NDArray[np.int64]:
        """int64[65536]: for each 16 bits, 32 times the symbol that they begin with plus the length
        of its code; 0 if there is no such code."""
        lookup = np.zeros(_CODES, np.int64)
        place = 0
        for symbol, length in self.lengths.items():
            span = _CODES >> length
            lookup[place : place + span] = symbol << 5 | length
            place += span
        return lookup


def read_huffman(body: bytes) -> Iterator[tuple[int, HuffmanTable]]:
    """Each table in a segment with its class and number (0x00 to 0x03 for DC, 0x10 to 0x13 for AC).

    Raises:
        OddJpegError: if a table is cut off or its codes do not exist.
    """
    while body:
        counts, number = body[1:17], body[0]
        total = sum(counts)
        table = HuffmanTable(counts, body[17 : 17 + total])
        taken = sum(count * (_CODES >> length) for length, count in enumerate(counts, 1))
        distinct = len(set(table.symbols))
        if number & ~0x13 or len(counts) != 16 or not total or distinct != total or taken > _CODES:
            raise OddJpegError("a Huffman table that is none")
        yield number, table
        body = body[17 + total :]


def write_huffman(number: int, table: HuffmanTable) -> Segment:
    """The segment of one table."""
    return Segment(HUFFMAN, bytes([number]) + table.counts + table.symbols)


def make_huffman(frequencies: Mapping[int, int]) -> HuffmanTable:
    """Short codes for frequent symbols; none has more than 16 bits, or only ones (T.81, K.2)."""
    while True:
        lengths = _code_lengths(frequencies)
        if max(lengths.values()) <= _LONGEST:
            break
        frequencies = {symbol: -(-count // 2) for symbol, count in frequencies.items()}
    # By length; the last code of all, which has only ones, is left to no symbol.
    symbols = sorted(frequencies, key=lambda symbol: (lengths[symbol], symbol))
    counts = Counter(lengths[symbol] for symbol in symbols)
    return HuffmanTable(bytes(counts[n] for n in range(1, _LONGEST + 1)), bytes(symbols))


def _code_lengths(frequencies: Mapping[int, int]) -> dict[int, int]:
    """Depths in Huffman's tree, in which -1 stands for the code that must stay unused."""
    # The second entries make every entry of the heap distinct, and -1 the least frequent symbol.
    heap = [(count, symbol, [symbol]) for symbol, count in {-1: 0, **frequencies}.items()]
    heapq.heapify(heap)
    lengths = dict.fromkeys([-1, *frequencies], 0)
    while len(heap) > 1:
        one, other = heapq.heappop(heap), heapq.heappop(heap)
        both = one[2] + other[2]
        for symbol in both:
            lengths[symbol] += 1
        heapq.heappush(heap, (one[0] + other[0], min(one[1], other[1]), both))
    return lengths

"""Scans that have all coefficients of their blocks, as those of baseline files (T.81, F)."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, repeat

import numpy as np
from numpy.typing import NDArray

from builder.images.jpeg.bits import MAX_AC_SIZE, MAX_DC_SIZE, Bits
from builder.images.jpeg.segments import OddJpegError
from builder.images.jpeg.tables import HuffmanTable

_END_OF_BLOCK, _NO_CODE = 256, 128
"""More coefficients than there are: that many are covered by the end, or by what is not a code."""


@dataclass(frozen=True)
class Symbols:
    """The symbols of an interval in their order.

    `tables` has the index of each one's Huffman table (2 for each block of a unit, for DC and AC),
    `slots` the index of the coefficient at which it was read (64 for each block), and `ends` the
    places where its code ends.
    """

    symbols: NDArray[np.int64]
    tables: NDArray[np.int64]
    slots: NDArray[np.int64]
    ends: NDArray[np.int64]


class BlockCoding:
    """How the blocks of a unit are coded: the tables of each for DC and AC."""

    def __init__(self, pattern: Sequence[tuple[HuffmanTable, HuffmanTable]]):
        self._lookups = np.stack([table.lookup for pair in pattern for table in pair])
        known = {
            (table, is_ac): _list_steps(table, is_ac)
            for pair in set(pattern)
            for is_ac, table in enumerate(pair)
        }
        self._steps = [(known[dc, 0], known[ac, 1]) for dc, ac in pattern]

    def read_symbols(self, bits: Bits, units: int, *, strict: bool = False) -> Symbols:
        """The symbols of that many units, after which nothing may be left.

        When `strict`, the last byte must be filled with ones.

        Raises:
            OddJpegError: if they are not blocks, or something else follows.
        """
        found = self._go_over(bits, units)
        bits.finish(strict=strict)
        places, slots = map(np.array, found)
        tables = slots // 64 * 2 % len(self._lookups) + (slots % 64 > 0)
        codes = bits.words[places >> 3] >> (16 - (places & 7)) & 0xFFFF
        entries = self._lookups[tables, codes]
        return Symbols(entries >> 5, tables, slots, places + (entries & 31))

    def read_coefficients(self, bits: Bits, units: int) -> NDArray[np.int32]:
        """int32[units, blocks, 64]; the first of each is the difference to the block before.

        Raises:
            OddJpegError: as `read_symbols` does.
        """
        found = self.read_symbols(bits, units)
        is_dc = found.slots % 64 == 0
        sizes = np.where(is_dc, found.symbols, found.symbols & 15)
        words = bits.words[found.ends >> 3]
        values = words >> (32 - (found.ends & 7) - sizes) & ((1 << sizes) - 1)
        values = np.where(values >> np.maximum(sizes - 1, 0), values, values - (1 << sizes) + 1)
        slots = found.slots + np.where(is_dc, 0, found.symbols >> 4)
        coefficients = np.zeros(units * len(self._steps) * 64, np.int32)
        coefficients[slots[sizes > 0]] = values[sizes > 0]
        return coefficients.reshape(units, -1, 64)

    def _go_over(self, bits: Bits, units: int) -> tuple[list[int], list[int]]:
        """The places of the codes, and the slots; this loop takes nearly all of the time."""
        words, place, base = bits.list, bits.place, 0
        places: list[int] = []
        slots: list[int] = []
        try:
            for dc, ac in chain.from_iterable(repeat(self._steps, units)):
                places.append(place)
                slots.append(base)
                step = dc[words[place >> 3] >> (16 - (place & 7)) & 0xFFFF]
                place += step & 31
                k = (step >> 5) + 1
                while k < 64:
                    places.append(place)
                    slots.append(base + k)
                    step = ac[words[place >> 3] >> (16 - (place & 7)) & 0xFFFF]
                    place += step & 31
                    k += step >> 5
                if 64 < k < _END_OF_BLOCK:
                    raise OddJpegError("a block of too many coefficients")
                base += 64
        except IndexError:
            raise OddJpegError("coded data that ends too early") from None
        bits.place = place
        return places, slots


def _list_steps(table: HuffmanTable, is_ac: int) -> list[int]:
    """For each 16 bits: 32 times the coefficients that a code covers, plus its bits with the value.

    The end of a block covers `_END_OF_BLOCK`, and what is not a code `_NO_CODE`.
    """
    cover = _cover_ac if is_ac else _cover_dc
    moves = np.array([covered << 5 | size for covered, size in map(cover, range(256))])
    symbols, lengths = table.lookup >> 5, table.lookup & 31
    return np.where(lengths, moves[symbols] + lengths, _NO_CODE << 5).tolist()


def _cover_dc(symbol: int) -> tuple[int, int]:
    """How many coefficients a symbol covers besides the first, and the bits of its value."""
    return (0, symbol) if symbol <= MAX_DC_SIZE else (_NO_CODE, 0)


def _cover_ac(symbol: int) -> tuple[int, int]:
    run, size = divmod(symbol, 16)
    if size == 0:
        return {0: _END_OF_BLOCK, 15: 16}.get(run, _NO_CODE), 0
    return (run + 1, size) if size <= MAX_AC_SIZE else (_NO_CODE, 0)

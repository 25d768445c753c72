"""Coded data as bits."""

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from builder.images.jpeg.segments import OddJpegError
from builder.images.jpeg.tables import HuffmanTable

_RESTART = re.compile(rb"\xff([\xd0-\xd7])")


def split_intervals(coded: bytes, units: int, interval: int) -> list[tuple[bytes, int]]:
    """The data between restart markers, each with the number of units that it codes.

    Raises:
        OddJpegError: if there are other markers than there should be.
    """
    interval = interval or units
    data = _RESTART.split(coded)
    counts = [min(interval, units - start) for start in range(0, units, interval)]
    markers = [bytes([0xD0 + i % 8]) for i in range(len(counts) - 1)]
    if data[1::2] != markers:
        raise OddJpegError("restart markers that are missing or too many")
    return [
        (part.replace(b"\xff\0", b"\xff"), n) for part, n in zip(data[::2], counts, strict=True)
    ]


class Bits:
    """The bits of an interval, read one by one from `place` on."""

    def __init__(self, data: bytes):
        self.data = data
        padded = np.frombuffer(data + bytes(8), np.uint8).astype(np.int64)
        self.words: NDArray[np.int64] = (
            padded[:-3] << 24 | padded[1:-2] << 16 | padded[2:-1] << 8 | padded[3:]
        )
        """The 32 bits from each byte on, with zeros after the last."""
        self._list: list[int] = self.words.tolist()
        self.place = 0

    def take(self, count: int) -> int:
        """The next bits as a number, at most 16."""
        place = self.place
        self.place += count
        word = self._list[place >> 3]
        return (word >> (32 - (place & 7) - count)) & ((1 << count) - 1)

    def take_symbol(self, lookup: Sequence[int]) -> int:
        """The symbol whose code comes next.

        Raises:
            OddJpegError: if there is no such code.
        """
        place = self.place
        found = lookup[self._list[place >> 3] >> (16 - (place & 7)) & 0xFFFF]
        if not found:
            raise OddJpegError("a code that no table has")
        self.place += found & 31
        return found >> 5

    def take_value(self, size: int) -> int:
        """The next number of `size` bits, which is negative if it begins with a zero."""
        return extend(self.take(size), size) if size else 0

    def skip_blocks(
        self, tables: Sequence[tuple[Sequence[int], Sequence[int]]], units: int
    ) -> tuple[list[int], list[int]]:
        """Go over blocks whose coefficients are all coded in one scan.

        `tables` has the `steps` of a unit's blocks for DC and AC. Returns the places of the codes,
        and the index of the coefficient at which each was read, 64 to a block.

        Raises:
            OddJpegError: if they are not blocks.
        """
        words, place, base = self._list, self.place, 0
        places: list[int] = []
        slots: list[int] = []
        for dc, ac in list(tables) * units:
            places.append(place)
            slots.append(base)
            k = dc[words[place >> 3] >> (16 - (place & 7)) & 0xFFFF]
            place += k & 31
            k = (k >> 5) + 1
            while k < 64:
                places.append(place)
                slots.append(base + k)
                step = ac[words[place >> 3] >> (16 - (place & 7)) & 0xFFFF]
                place += step & 31
                k += step >> 5
            if 64 < k < _END_OF_BLOCK:
                raise OddJpegError("a block of too many coefficients")
            base += 64
        self.place = place
        return places, slots

    def finish(self, *, strict: bool = False) -> None:
        """Make sure that only the rest of a byte is left, when `strict` all ones.

        Raises:
            OddJpegError: if that is not so.
        """
        left = 8 * len(self.data) - self.place
        if left < 0:
            raise OddJpegError("coded data that ends too early")
        if left > 7:
            raise OddJpegError(f"{left // 8:,} bytes after the last block")
        if strict and self.take(left) != (1 << left) - 1:
            raise OddJpegError("bits after the last block")


_END_OF_BLOCK, _NO_CODE = 256, 128


def steps(table: HuffmanTable, *, is_ac: bool) -> list[int]:
    """For each 16 bits: 32 times the coefficients that a code covers, plus its bits with the value.

    The end of a block, and what is not a code, cover more than there are.
    """
    lookup = table.lookup
    symbols, lengths = lookup >> 5, lookup & 31
    runs, sizes = symbols >> 4, symbols & 15
    if not is_ac:
        covered = np.where(symbols <= MAX_DC_SIZE, 0, _NO_CODE)
        sizes = np.where(symbols <= MAX_DC_SIZE, symbols, 0)
    else:
        covered = np.where(sizes <= MAX_AC_SIZE, runs + 1, _NO_CODE)
        empty = np.select([runs == 0, runs == 15], [_END_OF_BLOCK, 16], _NO_CODE)
        covered = np.where(sizes == 0, empty, covered)
    covered = np.where(lengths == 0, _NO_CODE, covered)
    return (covered << 5 | (lengths + sizes)).tolist()


MAX_DC_SIZE, MAX_AC_SIZE = 11, 10
"""Bits of the largest differences and coefficients where samples have 8 bits."""


def extend(value: int, size: int) -> int:
    """The number that `size` bits stand for (T.81, F.2.2.1)."""
    return value if value >> (size - 1) else value - (1 << size) + 1

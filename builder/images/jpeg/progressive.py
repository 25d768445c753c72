"""Scans of progressive files, which bring some coefficients, or their next bits (T.81, G)."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from builder.images.jpeg.bits import MAX_AC_SIZE, MAX_DC_SIZE, Bits, split_intervals
from builder.images.jpeg.frame import Frame, ScanHeader
from builder.images.jpeg.segments import OddJpegError
from builder.images.jpeg.tables import HuffmanTable

Block = list[int]
"""64 coefficients in zigzag order."""

_UNSEEN = -1


class Progress:
    """The coefficients so far, and the lowest bit to which each of them is known."""

    def __init__(self, frame: Frame):
        self._frame = frame
        self._blocks = {
            part.id: [[0] * 64 for _ in range(frame.order_blocks(part).size)]
            for part in frame.components
        }
        self._known = {part.id: [_UNSEEN] * 64 for part in frame.components}

    def finish(self) -> dict[int, NDArray[np.int32]]:
        """int32[n, 64] for each component, by its id.

        Raises:
            OddJpegError: if a coefficient is not known to its last bit.
        """
        if any(bit for known in self._known.values() for bit in known):
            raise OddJpegError("coefficients that no scan completes")
        return {id: np.array(blocks, np.int32) for id, blocks in self._blocks.items()}

    def scan(
        self,
        header: ScanHeader,
        coded: bytes,
        interval: int,
        tables: Mapping[int, HuffmanTable],
    ) -> None:
        """Read one scan.

        Raises:
            OddJpegError: if it does not go on where those before ended.
            IndexError: if the data ends too early.
            KeyError: if a table is missing.
        """
        self._note(header)
        orders = header.order_blocks(self._frame)
        start = 0
        for data, count in split_intervals(coded, len(orders[0]), interval):
            bits, stop = Bits(data), start + count
            if header.first:
                ((component, _, number),) = header.components
                lookup: list[int] = tables[0x10 | number].lookup.tolist()
                blocks = self._blocks[component.id][start:stop]
                (_refine_ac if header.high else _read_ac)(bits, blocks, lookup, header)
            elif header.high:
                for _, block in self._select(header, orders, start, stop):
                    block[0] |= bits.take(1) << header.low
            else:
                _read_dc(bits, self._select(header, orders, start, stop), header, tables)
            bits.finish()
            start = stop

    def _select(
        self, header: ScanHeader, orders: Sequence[NDArray[np.intp]], start: int, stop: int
    ) -> Iterator[tuple[int, Block]]:
        """The blocks of these units in the order of the scan, each with its component's index."""
        lists = [order[start:stop].tolist() for order in orders]
        blocks = [self._blocks[component.id] for component, *_ in header.components]
        for unit in zip(*lists, strict=True):
            for part, places in enumerate(unit):
                for place in places:
                    yield part, blocks[part][place]

    def _note(self, header: ScanHeader) -> None:
        """Make sure that a scan brings what is missing, and take it as brought."""
        ends = header.last == 0 if header.first == 0 else header.first <= header.last <= 63
        alone = header.first == 0 or len(header.components) == 1
        step = header.high == 0 or header.low == header.high - 1
        if not (ends and alone and step and header.low <= 13):
            raise OddJpegError("a scan of coefficients that cannot be")
        for component, *_ in header.components:
            known = self._known[component.id]
            for k in range(header.first, header.last + 1):
                if known[k] != (header.high or _UNSEEN):
                    raise OddJpegError("a scan of coefficients that are known already")
                known[k] = header.low


def _read_dc(
    bits: Bits,
    units: Iterator[tuple[int, Block]],
    header: ScanHeader,
    tables: Mapping[int, HuffmanTable],
) -> None:
    lookups: list[list[int]] = [tables[dc].lookup.tolist() for _, dc, _ in header.components]
    before = [0] * len(lookups)
    for part, block in units:
        size = bits.take_symbol(lookups[part])
        if size > MAX_DC_SIZE:
            raise OddJpegError("a coefficient that is too large")
        before[part] += bits.take_value(size)
        block[0] = before[part] << header.low


def _read_ac(bits: Bits, blocks: list[Block], lookup: list[int], header: ScanHeader) -> None:
    ended = 0
    for block in blocks:
        k = header.first
        while k <= header.last and not ended:
            run, size = divmod(bits.take_symbol(lookup), 16)
            if size > MAX_AC_SIZE:
                raise OddJpegError("a coefficient that is too large")
            if size:
                k += run
                if k > header.last:
                    raise OddJpegError("a block of too many coefficients")
                block[k] = bits.take_value(size) * (1 << header.low)
                k += 1
            elif run == 15:
                k += 16
            else:
                ended = (1 << run) + bits.take(run)
        if ended:
            ended -= 1
    if ended:
        raise OddJpegError("more blocks than there are")


def _refine_ac(bits: Bits, blocks: list[Block], lookup: list[int], header: ScanHeader) -> None:
    bit = 1 << header.low
    ended = 0
    for block in blocks:
        k = header.first
        while k <= header.last and not ended:
            run, size = divmod(bits.take_symbol(lookup), 16)
            if size > 1:
                raise OddJpegError("a coefficient that is too large")
            value = 0
            if size:
                value = bit if bits.take(1) else -bit
            elif run < 15:
                ended = (1 << run) + bits.take(run)
                break
            # Go over `run` coefficients that stay zero; those that are not get their next bit.
            while k <= header.last:
                if block[k]:
                    _refine(bits, block, k, bit)
                elif run:
                    run -= 1
                else:
                    block[k] = value
                    k += 1
                    break
                k += 1
            else:
                if value or run:
                    raise OddJpegError("a block of too many coefficients")
        if ended:
            for place in range(k, header.last + 1):
                if block[place]:
                    _refine(bits, block, place, bit)
            ended -= 1
    if ended:
        raise OddJpegError("more blocks than there are")


def _refine(bits: Bits, block: Block, k: int, bit: int) -> None:
    if bits.take(1):
        block[k] += bit if block[k] > 0 else -bit

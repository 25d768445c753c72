"""The coefficients that a JPEG file codes, read from any kind of scan."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from builder.images.jpeg import progressive
from builder.images.jpeg.baseline import BlockCoding
from builder.images.jpeg.bits import Bits, split_intervals
from builder.images.jpeg.frame import Frame, ScanHeader, read_frame, read_scan_header
from builder.images.jpeg.segments import (
    FRAMES,
    HUFFMAN,
    PROGRESSIVE,
    QUANTIZATION,
    RESTART,
    SCAN,
    OddJpegError,
    Segment,
    is_about,
)
from builder.images.jpeg.tables import HuffmanTable, read_huffman, read_quantization

Blocks = NDArray[np.int32]
"""int32[n, 64] in zigzag order."""


@dataclass
class Coefficients:
    """What a picture is made of: its frame, the quantization of each component, and its blocks.

    The blocks of a component are in rows from left to right, by its id.
    """

    frame: Frame
    quantization: Mapping[int, bytes]
    blocks: Mapping[int, Blocks]


def read_coefficients(segments: list[Segment]) -> Coefficients:
    """The coefficients of a picture that consists of whole MCUs; all other segments are ignored.

    What is outside the edges of other pictures could be anything.

    Raises:
        OddJpegError: for pictures in other ways of coding, or incomplete ones.
    """
    reader = _Reader()
    for segment in segments:
        reader.read(segment)
    return reader.finish()


@dataclass
class _Reader:
    frame: Frame | None = None
    interval: int = 0
    quantization: dict[int, bytes] = field(default_factory=dict[int, bytes])
    tables: dict[int, HuffmanTable] = field(default_factory=dict[int, HuffmanTable])
    blocks: dict[int, Blocks] = field(default_factory=dict[int, Blocks])
    progress: progressive.Progress | None = None

    def read(self, segment: Segment) -> None:
        marker = segment.marker
        if marker == QUANTIZATION:
            for number, table in read_quantization(segment.body):
                if self.quantization.setdefault(number, table) != table:
                    raise OddJpegError("two quantization tables of one number")
        elif marker == HUFFMAN:
            self.tables |= dict(read_huffman(segment.body))
        elif marker == RESTART:
            self.interval = int.from_bytes(segment.body)
        elif marker in FRAMES:
            self._begin(segment)
        elif marker == SCAN:
            self._scan(segment)
        elif not is_about(marker):
            raise OddJpegError("a way of coding that is not for plain pictures")

    def finish(self) -> Coefficients:
        if self.frame is None:
            raise OddJpegError("no frame")
        if self.progress:
            self.blocks = self.progress.finish()
        components = self.frame.components
        if self.blocks.keys() != {component.id for component in components}:
            raise OddJpegError("components that no scan has")
        if any(component.table not in self.quantization for component in components):
            raise OddJpegError("components without a quantization table")
        steps = {component.id: self.quantization[component.table] for component in components}
        return Coefficients(self.frame, steps, self.blocks)

    def _begin(self, segment: Segment) -> None:
        if self.frame:
            raise OddJpegError("two frames")
        frame = self.frame = read_frame(segment)
        if not frame.fills_mcus:
            raise OddJpegError("parts of an MCU outside the picture")
        if frame.kind == PROGRESSIVE:
            self.progress = progressive.Progress(frame)

    def _scan(self, segment: Segment) -> None:
        if self.frame is None:
            raise OddJpegError("a scan before its frame")
        header = read_scan_header(segment, self.frame)
        try:
            if self.progress:
                self.progress.scan(header, segment.coded, self.interval, self.tables)
            else:
                self._scan_once(self.frame, header, segment.coded)
        except IndexError:
            raise OddJpegError("coded data that ends too early") from None
        except KeyError:
            raise OddJpegError("a scan without its tables") from None

    def _scan_once(self, frame: Frame, header: ScanHeader, coded: bytes) -> None:
        """Read a scan that has all coefficients of its components."""
        if (header.first, header.last, header.high, header.low) != (0, 63, 0, 0):
            raise OddJpegError("a scan of some coefficients only")
        orders = header.order_blocks(frame)
        units = len(orders[0])
        pattern = [
            (self.tables[dc], self.tables[0x10 | ac])
            for (_, dc, ac), order in zip(header.components, orders, strict=True)
            for _ in range(order.shape[1])
        ]
        coding = BlockCoding(pattern)
        parts = [
            coding.read_coefficients(Bits(data), count)
            for data, count in split_intervals(coded, units, self.interval)
        ]
        start = 0
        for (component, *_), order in zip(header.components, orders, strict=True):
            if component.id in self.blocks:
                raise OddJpegError("a component in two scans")
            stop = start + order.shape[1]
            mine = [_sum_differences(part[:, start:stop]) for part in parts]
            blocks = np.empty((order.size, 64), np.int32)
            blocks[order.ravel()] = np.concatenate(mine)
            self.blocks[component.id] = blocks
            start = stop


def _sum_differences(blocks: Blocks) -> Blocks:
    flat = blocks.reshape(-1, 64)
    flat[:, 0] = flat[:, 0].cumsum()
    return flat

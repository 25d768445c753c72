"""The headers of frames and scans, and the order in which a scan has its blocks."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from builder.images.jpeg.segments import OddJpegError, Segment

_MAX_SIDE = 4096


@dataclass(frozen=True)
class Component:
    """A colour channel in the frame: its id, sampling factors, and quantization table."""

    id: int
    across: int
    down: int
    table: int


@dataclass(frozen=True)
class Frame:
    """What a frame header says; MCUs are the units that scans of all components are coded in."""

    kind: int
    width: int
    height: int
    components: tuple[Component, ...]

    @property
    def mcu_size(self) -> tuple[int, int]:
        """Width and height of an MCU in pixels."""
        across = max(component.across for component in self.components)
        return 8 * across, 8 * max(component.down for component in self.components)

    @property
    def mcus(self) -> tuple[int, int]:
        """How many MCUs there are across and down."""
        width, height = self.mcu_size
        return -(-self.width // width), -(-self.height // height)

    @property
    def fills_mcus(self) -> bool:
        """Whether no part of an MCU is outside the picture."""
        width, height = self.mcu_size
        return self.width % width == 0 and self.height % height == 0

    def order_blocks(self, component: Component) -> NDArray[np.intp]:
        """int[mcus, blocks]: where the blocks of each MCU are among those of the component."""
        across, down = self.mcus
        order = np.arange(across * down * component.across * component.down)
        order = order.reshape(down, component.down, across, component.across)
        return order.transpose(0, 2, 1, 3).reshape(across * down, -1)


def read_frame(segment: Segment) -> Frame:
    """The header of a frame of three components of 8 bits.

    Raises:
        OddJpegError: if it is another, or not well formed.
    """
    body = segment.body
    if len(body) != 15 or body[0] != 8 or body[5] != 3:
        raise OddJpegError("not three components of 8 bits")
    components = tuple(
        Component(body[i], body[i + 1] >> 4, body[i + 1] & 15, body[i + 2]) for i in (6, 9, 12)
    )
    height, width = int.from_bytes(body[1:3]), int.from_bytes(body[3:5])
    sides = [side for part in components for side in (part.across, part.down)]
    blocks = sum(part.across * part.down for part in components)
    if max(width, height) > _MAX_SIDE:
        raise OddJpegError("more pixels than a picture for a page has")
    if not (width and height and all(1 <= side <= 4 for side in sides) and blocks <= 10):
        raise OddJpegError("sizes that cannot be")
    if len({component.id for component in components}) != 3:
        raise OddJpegError("two components of one name")
    return Frame(segment.marker, width, height, components)


@dataclass(frozen=True)
class ScanHeader:
    """Which components a scan codes, with their DC and AC tables, and which coefficients.

    `first` to `last` in zigzag order; the bits below `high` and from `low` on, where `high` is 0 in
    the first scan of a coefficient.
    """

    components: tuple[tuple[Component, int, int], ...]
    first: int
    last: int
    high: int
    low: int

    def order_blocks(self, frame: Frame) -> list[NDArray[np.intp]]:
        """int[units, blocks] for each component, whose blocks are in rows if it is alone."""
        orders = [frame.order_blocks(component) for component, *_ in self.components]
        return [np.arange(orders[0].size)[:, None]] if len(orders) == 1 else orders


def read_scan_header(segment: Segment, frame: Frame) -> ScanHeader:
    """The header of a scan.

    Raises:
        OddJpegError: if it does not fit the frame.
    """
    body, known = segment.body, {component.id: component for component in frame.components}
    count = body[0] if body else 0
    ids = body[1 : 1 + 2 * count : 2]
    in_order = sorted(set(ids), key=list(known).index) if set(ids) <= set(known) else []
    if not count or len(body) != 4 + 2 * count or list(ids) != in_order:
        raise OddJpegError("a scan of other components than the frame has")
    tables = body[2 : 2 + 2 * count : 2]
    first, last, bits = body[1 + 2 * count :]
    parts = tuple((known[id], t >> 4, t & 15) for id, t in zip(ids, tables, strict=True))
    return ScanHeader(parts, first, last, bits >> 4, bits & 15)

"""A JPEG file made anew from its coefficients: the same pixels, and nothing else."""

from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from builder.images.jpeg.bits import MAX_AC_SIZE, MAX_DC_SIZE
from builder.images.jpeg.coefficients import Coefficients, read_coefficients
from builder.images.jpeg.segments import (
    APP0,
    APP14,
    BASELINE,
    FRAMES,
    JFIF,
    SCAN,
    OddJpegError,
    Segment,
    read_segments,
    write_segments,
)
from builder.images.jpeg.tables import HuffmanTable, make_huffman, write_huffman, write_quantization

_LUMA, _CHROMA = 0, 1
_DC, _AC = 0x00, 0x10

Code = tuple[int, int, int, int]
"""The number of a Huffman table, a symbol, and the value after it with its size in bits."""


def rebuild_jpeg(jpeg: bytes) -> bytes | None:
    """The picture of a JPEG file as a baseline file in which there is nothing else.

    It has the coefficients and the quantization of the old one, so it is decoded to the same
    pixels. None for what is not a plain picture of three components in YCbCr and whole MCUs.
    """
    try:
        segments = read_segments(jpeg)
        if not _is_ycbcr(segments):
            return None
        return write_jpeg(read_coefficients(segments))
    except OddJpegError:
        return None


def write_jpeg(picture: Coefficients) -> bytes:
    """A baseline file with a single scan and Huffman tables that fit.

    Raises:
        OddJpegError: if a coefficient is larger than those of baseline files.
    """
    codes = list(_list_codes(picture))
    counts: dict[int, Counter[int]] = {}
    for table, symbol, *_ in codes:
        counts.setdefault(table, Counter())[symbol] += 1
    tables = {number: make_huffman(found) for number, found in sorted(counts.items())}
    quantization = sorted(set(picture.quantization.values()))
    return write_segments(
        [
            Segment(APP0, JFIF),
            *(write_quantization(number, table) for number, table in enumerate(quantization)),
            _write_frame(picture, quantization),
            *(write_huffman(number, table) for number, table in tables.items()),
            # Of the components 1 to 3, the first has tables of its own. Coefficients 0 to 63.
            Segment(SCAN, bytes([3, 1, 0x00, 2, 0x11, 3, 0x11, 0, 63, 0]), _join(codes, tables)),
        ]
    )


def _is_ycbcr(segments: Sequence[Segment]) -> bool:
    """Whether decoders take the components for luma and chroma (libjpeg, jdapimin.c)."""
    if any(s.marker == APP0 and s.body.startswith(b"JFIF\0") for s in segments):
        return True
    adobe = [s.body for s in segments if s.marker == APP14 and s.body.startswith(b"Adobe")]
    if adobe:
        return adobe[-1][11:12] == b"\1"
    return any(s.marker in FRAMES and s.body[6::3] == b"\1\2\3" for s in segments)


def _write_frame(picture: Coefficients, quantization: Sequence[bytes]) -> Segment:
    frame = picture.frame
    body = bytes([8]) + frame.height.to_bytes(2) + frame.width.to_bytes(2) + bytes([3])
    for number, part in enumerate(frame.components, 1):
        table = quantization.index(picture.quantization[part.id])
        body += bytes([number, part.across << 4 | part.down, table])
    return Segment(BASELINE, body)


def _list_codes(picture: Coefficients) -> Iterator[Code]:
    """All codes of the scan, MCU by MCU."""
    frame = picture.frame
    rows: list[NDArray[np.int32]] = []
    for component in frame.components:
        order = frame.order_blocks(component)
        blocks = picture.blocks[component.id][order.ravel()]
        blocks[:, 0] = np.diff(blocks[:, 0], prepend=np.int32(0))
        rows.append(blocks.reshape(*order.shape, 64))
    kinds = [_CHROMA if i else _LUMA for i, part in enumerate(rows) for _ in range(part.shape[1])]
    for mcu in np.concatenate(rows, axis=1):
        for kind, block in zip(kinds, mcu, strict=True):
            yield from _list_codes_of_block(kind, block)


def _list_codes_of_block(kind: int, block: NDArray[np.int32]) -> Iterator[Code]:
    yield _code(_DC | kind, 0, int(block[0]), MAX_DC_SIZE)
    last = 0
    for k in np.flatnonzero(block[1:]).tolist():
        run = k - last
        for _ in range(run // 16):
            yield _AC | kind, 0xF0, 0, 0
        yield _code(_AC | kind, run % 16, int(block[k + 1]), MAX_AC_SIZE)
        last = k + 1
    if last < 63:
        yield _AC | kind, 0x00, 0, 0


def _code(table: int, run: int, value: int, max_size: int) -> Code:
    size = abs(value).bit_length()
    if size > max_size:
        raise OddJpegError("a coefficient that is too large")
    return table, run << 4 | size, value if value > 0 else value + (1 << size) - 1, size


def _join(codes: Sequence[Code], tables: dict[int, HuffmanTable]) -> bytes:
    """The codes bit after bit; the last byte is filled with ones."""
    digits = {number: table.codes for number, table in tables.items()}
    bits = "".join(
        digits[table][symbol] + (f"{value:0{size}b}" if size else "")
        for table, symbol, value, size in codes
    )
    count = -(-len(bits) // 8)
    return int(bits.ljust(8 * count, "1"), 2).to_bytes(count).replace(b"\xff", b"\xff\0")

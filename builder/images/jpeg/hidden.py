"""What a JPEG file holds besides its picture."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from builder.images.jpeg.baseline import BlockCoding
from builder.images.jpeg.bits import Bits, split_intervals
from builder.images.jpeg.frame import Frame, read_frame, read_scan_header
from builder.images.jpeg.segments import (
    APP0,
    BASELINE,
    COMMENT,
    HUFFMAN,
    JFIF,
    QUANTIZATION,
    SCAN,
    OddJpegError,
    Segment,
    is_about,
    read_segments,
    write_segments,
)
from builder.images.jpeg.tables import HuffmanTable, read_huffman, read_quantization

_ANOTHER_WAY = "another way of coding than a single baseline scan"
_IDENTIFIERS = {
    b"Exif": "Exif",
    b"http://ns.adobe.com": "XMP",
    b"Photoshop": "IPTC",
    b"ICC_PROFILE": "a colour profile",
    b"MPF": "more pictures",
    b"JFXX": "a thumbnail",
    b"JFIF": "JFIF with a thumbnail or a density",
}


def hidden_content(jpeg: bytes) -> str | None:
    """What a JPEG file holds besides its picture, in words; None if that is nothing.

    A picture for a site is a baseline file of one scan: the segment of JFIF, the tables that the
    picture uses, each once and without entries that it does not use, and the coded blocks up to
    their last bit. Everything else could carry something that nobody sees.
    """
    try:
        segments = read_segments(jpeg)
        about = [s for s in segments if is_about(s.marker)]
        for position, segment in enumerate(about):
            if position or segment != Segment(APP0, JFIF):
                return _describe(segment)
        _check_picture([segment for segment in segments if not is_about(segment.marker)])
        alone = write_segments(segments)
        if jpeg == alone:
            return None
        if jpeg.startswith(alone):
            return f"{len(jpeg) - len(alone):,} bytes after its end mark"
        return "bytes between its segments"
    except OddJpegError as error:
        return str(error)


def _describe(segment: Segment) -> str:
    size = f"{len(segment.body):,} bytes"
    if segment.marker == COMMENT:
        return f"a comment of {size}"
    name = f"APP{segment.marker - APP0}"
    kinds = [kind for start, kind in _IDENTIFIERS.items() if segment.body.startswith(start)]
    return f"a segment {name} of {size}" + (f" ({kinds[0]})" if kinds else "")


def _check_picture(segments: Sequence[Segment]) -> None:
    """Check everything that codes the picture.

    Raises:
        OddJpegError: saying what else there is.
    """
    if not segments or segments[-1].marker != SCAN:
        raise OddJpegError("no scan, or something after it")
    *before, scan = segments
    kinds = Counter(segment.marker for segment in before)
    if kinds[BASELINE] != 1 or kinds.keys() - {BASELINE, QUANTIZATION, HUFFMAN}:
        raise OddJpegError(_ANOTHER_WAY)
    frame = read_frame(next(segment for segment in before if segment.marker == BASELINE))
    header = read_scan_header(scan, frame)
    ids = [component.id for component, *_ in header.components]
    if ids != [1, 2, 3] or (header.first, header.last, header.high, header.low) != (0, 63, 0, 0):
        raise OddJpegError(_ANOTHER_WAY)
    _check_quantization(before, frame)
    # The numbers of the tables for DC and AC, for each block of an MCU.
    pattern = [
        (dc, 0x10 | ac)
        for component, dc, ac in header.components
        for _ in range(component.across * component.down)
    ]
    _check_codes(_read_codes(before, pattern), pattern, scan.coded, math.prod(frame.mcus))


def _check_quantization(segments: Iterable[Segment], frame: Frame) -> None:
    found = [
        number
        for segment in segments
        if segment.marker == QUANTIZATION
        for number, _ in read_quantization(segment.body)
    ]
    if sorted(found) != sorted({component.table for component in frame.components}):
        raise OddJpegError("quantization tables that the picture does not use")


def _read_codes(
    segments: Iterable[Segment], pattern: Sequence[tuple[int, int]]
) -> dict[int, HuffmanTable]:
    found = [
        entry
        for segment in segments
        if segment.marker == HUFFMAN
        for entry in read_huffman(segment.body)
    ]
    if sorted(number for number, _ in found) != sorted({n for pair in pattern for n in pair}):
        raise OddJpegError("Huffman tables that the picture does not use")
    return dict(found)


def _check_codes(
    tables: Mapping[int, HuffmanTable],
    pattern: Sequence[tuple[int, int]],
    coded: bytes,
    mcus: int,
) -> None:
    ((data, _),) = split_intervals(coded, mcus, interval=0)
    coding = BlockCoding([(tables[dc], tables[ac]) for dc, ac in pattern])
    found = coding.read_symbols(Bits(data), mcus, strict=True)
    numbers = np.array(pattern).ravel()[found.tables]
    for number, table in tables.items():
        if set(found.symbols[numbers == number].tolist()) != set(table.symbols):
            raise OddJpegError("codes that the picture does not use")

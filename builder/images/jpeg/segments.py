"""The segments that a JPEG file is made of: markers, tables and coded data."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

START, END = b"\xff\xd8", b"\xff\xd9"
APP0, APP14, COMMENT = 0xE0, 0xEE, 0xFE
QUANTIZATION, HUFFMAN, RESTART, SCAN = 0xDB, 0xC4, 0xDD, 0xDA
BASELINE, EXTENDED, PROGRESSIVE = FRAMES = (0xC0, 0xC1, 0xC2)

JFIF = b"JFIF\0\1\1\0\0\1\0\1\0\0"
"""The body of the segment that says how colours are coded: version 1.1, square pixels."""

# Coded data has a zero after each of its bytes 0xFF, and may have restart markers.
_AFTER_CODED = re.compile(rb"\xff[^\x00\xd0-\xd7]")
_WITHOUT_BODY = {0x00, 0x01, *range(0xD0, 0xDA), 0xFF}


class OddJpegError(Exception):
    """The file is damaged, or holds something that a plain picture does not."""


@dataclass(frozen=True)
class Segment:
    """A marker with its body; the coded data follows that of a scan."""

    marker: int
    body: bytes
    coded: bytes = b""


def is_about(marker: int) -> bool:
    """Whether a segment says something about the picture, such as where it was taken."""
    return marker in range(APP0, APP0 + 16) or marker == COMMENT


def read_segments(jpeg: bytes) -> list[Segment]:
    """The segments between the start and the end of the picture; what lies between them is lost.

    Raises:
        OddJpegError: if the file does not consist of segments.
    """
    if not jpeg.startswith(START):
        raise OddJpegError("no start mark")
    segments: list[Segment] = []
    place = len(START)
    while True:
        while jpeg.startswith(b"\xff\xff", place):
            place += 1
        if jpeg.startswith(END, place):
            return segments
        head = jpeg[place : place + 4]
        if len(head) < 4 or head[0] != 0xFF or head[1] in _WITHOUT_BODY:
            raise OddJpegError(f"no segment at byte {place:,}")
        stop = place + 2 + int.from_bytes(head[2:])
        if stop < place + 4 or stop > len(jpeg):
            raise OddJpegError(f"the segment at byte {place:,} is cut off")
        body, place = jpeg[place + 4 : stop], stop
        if head[1] == SCAN:
            after = _AFTER_CODED.search(jpeg, place)
            if after is None:
                raise OddJpegError("no end mark")
            segments.append(Segment(SCAN, body, jpeg[place : after.start()]))
            place = after.start()
        else:
            segments.append(Segment(head[1], body))


def write_segments(segments: Iterable[Segment]) -> bytes:
    """A file of these segments and nothing else."""
    parts = (
        bytes([0xFF, segment.marker])
        + (len(segment.body) + 2).to_bytes(2)
        + segment.body
        + segment.coded
        for segment in segments
    )
    return START + b"".join(parts) + END

"""Places in a JPEG file where something could be hidden."""

from collections.abc import Callable, Mapping

from builder.images.jpeg.segments import END, SCAN, Segment, read_segments, write_segments

SECRET = b"A secret place: 52.5163 N, 13.3777 E."

Hide = Callable[[bytes], bytes]


def _segment(marker: int, start: bytes = b"") -> bytes:
    body = start + SECRET
    return bytes([0xFF, marker]) + (len(body) + 2).to_bytes(2) + body


def _after_start(added: bytes) -> Hide:
    return lambda jpeg: jpeg[:2] + added + jpeg[2:]


def _before(marker: int, added: bytes) -> Hide:
    return lambda jpeg: jpeg.replace(bytes([0xFF, marker]), added + bytes([0xFF, marker]), 1)


def _before_end(added: bytes) -> Hide:
    return lambda jpeg: jpeg.removesuffix(END) + added + END


def _before_last_scan(jpeg: bytes) -> bytes:
    place = jpeg.rindex(bytes([0xFF, SCAN]))
    return jpeg[:place] + _segment(0xE1, b"Exif\0\0") + jpeg[place:]


def _lengthen(marker: int) -> Hide:
    """Append to the first segment of a kind."""

    def hide(jpeg: bytes) -> bytes:
        segments = read_segments(jpeg)
        place = next(i for i, segment in enumerate(segments) if segment.marker == marker)
        segments[place] = Segment(marker, segments[place].body + SECRET)
        return write_segments(segments)

    return hide


def _bits_at_the_end(jpeg: bytes) -> bytes:
    """Clear the last of the bits that fill the last byte, if the picture leaves any."""
    return jpeg[:-3] + bytes([jpeg[-3] & 0xFE]) + END


def _restart_interval(jpeg: bytes) -> bytes:
    interval = (0xFFFF).to_bytes(2)
    with_header = _before(SCAN, b"\xff\xdd\0\4" + interval)(jpeg)
    return _before_end(b"\xff\xd0" + SECRET)(with_header)


_UNUSED_STEPS = b"\xff\xdb\0\x43\3" + SECRET.ljust(64, b"!")
_UNUSED_CODES = b"\xff\xc4\0\x53\3" + bytes(7) + b"\x40" + bytes(8) + bytes(range(64))

PAYLOADS: Mapping[str, Hide] = {
    "after the end mark": lambda jpeg: jpeg + SECRET,
    "another picture after the end mark": lambda jpeg: jpeg + jpeg,
    "a comment": _after_start(_segment(0xFE)),
    "Exif": _after_start(_segment(0xE1, b"Exif\0\0")),
    "XMP": _after_start(_segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0")),
    "IPTC": _after_start(_segment(0xED, b"Photoshop 3.0\0")),
    "a comment between tables": _before(0xC4, _segment(0xFE)),
    "Exif before the last scan": _before_last_scan,
    "a JFXX thumbnail": _before(0xDB, _segment(0xE0, b"JFXX\0\x13")),
    "a long JFIF": _lengthen(0xE0),
    "a second JFIF": _before(0xDB, _segment(0xE0, b"JFIF\0")),
    "a long Adobe segment": _before(0xDB, _segment(0xEE, b"Adobe\0\x64\0\0\0\0\1")),
    "a segment that nobody knows": _before(0xDB, _segment(0xEB)),
    "a reserved marker": _before(0xDB, _segment(0xF7)),
    "a long quantization table": _lengthen(0xDB),
    "an unused quantization table": _before(0xC0, _UNUSED_STEPS),
    "a long Huffman table": _lengthen(0xC4),
    "an unused Huffman table": _before(0xC4, _UNUSED_CODES),
    "a table after the scan": _before_end(_UNUSED_STEPS),
    "fill bytes": _before(0xDB, b"\xff" * 40),
    "fill bytes before the end mark": _before_end(b"\xff" * 40),
    "bytes between segments": _before(0xC0, SECRET),
    "bytes after the last block": _before_end(SECRET),
    "a restart interval after the last block": _restart_interval,
    "a restart marker at the end": _before_end(b"\xff\xd0"),
    "bits after the last block": _bits_at_the_end,
}
"""By name: what changes a baseline file of one scan with JFIF so that it carries something."""

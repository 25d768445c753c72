"""A published picture holds nothing besides the picture."""

import numpy as np
import pytest
from PIL import Image

from builder.images.jpeg.hidden import hidden_content
from tests.conftest import gradient, jpeg_bytes
from tests.images.jpeg.payloads import PAYLOADS


def noise(side: int, seed: int = 0) -> Image.Image:
    pixels = np.random.default_rng(seed).integers(0, 256, (side, side, 3), np.uint8)
    return Image.fromarray(pixels)


@pytest.mark.parametrize("quality", [1, 50, 80, 92, 100])
@pytest.mark.parametrize("subsampling", ["4:4:4", "4:2:2", "4:2:0"])
@pytest.mark.parametrize(
    "picture", [gradient(112, 112), gradient(75, 75), noise(64), Image.new("RGB", (32, 32), "red")]
)
def test_what_pillow_writes_for_a_page_holds_only_the_picture(
    picture: Image.Image, subsampling: str, quality: int
):
    jpeg = jpeg_bytes(picture, quality=quality, subsampling=subsampling, optimize=True)
    assert hidden_content(jpeg) is None


@pytest.mark.parametrize("name", PAYLOADS)
def test_everything_else_is_found(name: str):
    jpeg = jpeg_bytes(gradient(64, 64), optimize=True)
    carrier = PAYLOADS[name](jpeg)
    assert carrier != jpeg
    assert hidden_content(carrier)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("a comment", "a comment of 37 bytes"),
        ("Exif", "a segment APP1 of 43 bytes (Exif)"),
        ("XMP", "a segment APP1 of 66 bytes (XMP)"),
        ("IPTC", "a segment APP13 of 51 bytes (IPTC)"),
        ("a JFXX thumbnail", "a segment APP0 of 43 bytes (a thumbnail)"),
        ("after the end mark", "37 bytes after its end mark"),
        ("bytes after the last block", "37 bytes after the last block"),
        ("fill bytes", "bytes between its segments"),
        ("an unused Huffman table", "Huffman tables that the picture does not use"),
    ],
)
def test_what_is_found_is_named(name: str, words: str):
    assert hidden_content(PAYLOADS[name](jpeg_bytes(gradient(64, 64), optimize=True))) == words


@pytest.mark.parametrize(
    "options",
    [{"progressive": True}, {"optimize": False}, {"restart_marker_blocks": 1}, {"dpi": (72, 72)}],
    ids=str,
)
def test_ways_of_coding_that_could_carry_something_are_found(options: dict[str, object]):
    assert hidden_content(jpeg_bytes(gradient(64, 64), **{"optimize": True, **options}))


@pytest.mark.parametrize("content", [b"", b"\xff\xd8", b"\x89PNG\r\n\x1a\n", b"GIF89a", bytes(99)])
def test_what_is_not_a_jpeg_is_found(content: bytes):
    assert hidden_content(content)


def test_a_cut_or_altered_file_is_judged_without_an_exception():
    jpeg = jpeg_bytes(gradient(48, 48), optimize=True)
    rng = np.random.default_rng(0)
    for end in range(len(jpeg)):
        assert hidden_content(jpeg[:end])
    for _ in range(500):
        altered = bytearray(jpeg)
        for place in rng.integers(0, len(jpeg), 3):
            altered[place] = int(rng.choice(np.array([0, 255, rng.integers(0, 256)])))
        hidden_content(bytes(altered))


def test_blocks_behind_a_restart_marker_do_not_count_as_the_picture():
    # A decoder ends at the marker; the bytes behind it could be anything that reads as blocks.
    jpeg = jpeg_bytes(noise(64), quality=100, optimize=True)
    start = jpeg.rindex(b"\xff\xda") + 14
    for place in range(start, len(jpeg) - 2, 97):
        if b"\xff" not in jpeg[place - 1 : place + 1]:
            carrier = jpeg[:place] + b"\xff\xd0" + jpeg[place:]
            assert hidden_content(carrier) == "restart markers that are missing or too many"


def test_a_file_that_says_that_it_is_huge_is_found_at_once():
    jpeg = bytearray(jpeg_bytes(gradient(48, 48), optimize=True))
    place = jpeg.index(b"\xff\xc0")
    jpeg[place + 5 : place + 9] = b"\xff\xf0\xff\xf0"
    assert hidden_content(bytes(jpeg)) == "more pixels than a picture for a page has"

"""A file made anew has the same pixels, and nothing else of the old file."""

import io
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from builder.images.jpeg.hidden import hidden_content
from builder.images.jpeg.rebuild import rebuild_jpeg
from tests.conftest import gradient, jpeg_bytes
from tests.images.jpeg.payloads import PAYLOADS, SECRET
from tests.images.jpeg.test_hidden import noise


def pixels_of(jpeg: bytes) -> NDArray[np.uint8]:
    with Image.open(io.BytesIO(jpeg)) as picture:
        return np.asarray(picture)


OPTIONS: list[dict[str, Any]] = [
    {},
    {"optimize": True},
    {"progressive": True},
    {"restart_marker_blocks": 1},
    {"restart_marker_rows": 1},
    {"progressive": True, "restart_marker_blocks": 3},
]


@pytest.mark.parametrize("options", OPTIONS, ids=str)
@pytest.mark.parametrize("subsampling", ["4:4:4", "4:2:2", "4:2:0"])
@pytest.mark.parametrize("picture", [gradient(64, 96), noise(32), Image.new("RGB", (32, 16))])
@pytest.mark.parametrize("quality", [1, 95])
def test_every_way_of_coding_keeps_its_pixels(
    picture: Image.Image, subsampling: str, quality: int, options: dict[str, Any]
):
    jpeg = jpeg_bytes(picture, quality=quality, subsampling=subsampling, **options)
    rebuilt = rebuild_jpeg(jpeg)
    assert rebuilt
    assert hidden_content(rebuilt) is None
    np.testing.assert_array_equal(pixels_of(rebuilt), pixels_of(jpeg))
    assert rebuild_jpeg(rebuilt) == rebuilt


def test_it_is_about_as_small_as_what_libjpeg_writes():
    jpeg = jpeg_bytes(noise(64), optimize=True)
    rebuilt = rebuild_jpeg(jpeg)
    assert rebuilt
    assert len(rebuilt) <= len(jpeg) * 1.01


@pytest.mark.parametrize("progressive", [False, True])
@pytest.mark.parametrize("name", PAYLOADS)
def test_nothing_hidden_is_kept(name: str, progressive: bool):
    carrier = PAYLOADS[name](jpeg_bytes(gradient(64, 64), progressive=progressive))
    rebuilt = rebuild_jpeg(carrier)
    if rebuilt is not None:
        assert SECRET not in rebuilt
        assert hidden_content(rebuilt) is None
        np.testing.assert_array_equal(pixels_of(rebuilt), pixels_of(carrier))


@pytest.mark.parametrize(
    "jpeg",
    [
        b"",
        b"\xff\xd8\xff\xd9",
        jpeg_bytes(gradient(64, 64))[:-200],
        jpeg_bytes(gradient(60, 64)),
        jpeg_bytes(gradient(64, 64).convert("L")),
        jpeg_bytes(gradient(64, 64).convert("CMYK")),
        jpeg_bytes(gradient(64, 64), keep_rgb=True),
        jpeg_bytes(gradient(64, 64)).replace(b"\xff\xc0", b"\xff\xc3", 1),
    ],
    ids=["empty", "no frame", "cut off", "parts of an MCU", "grey", "CMYK", "RGB", "lossless"],
)
def test_what_is_not_a_whole_plain_picture_is_refused(jpeg: bytes):
    assert rebuild_jpeg(jpeg) is None


def test_a_cut_or_altered_file_ends_without_an_exception():
    rng = np.random.default_rng(0)
    for progressive in (False, True):
        jpeg = jpeg_bytes(gradient(32, 32), progressive=progressive)
        for _ in range(300):
            altered = bytearray(jpeg[: rng.integers(len(jpeg) // 2, len(jpeg) + 1)])
            for place in rng.integers(0, len(altered), 3):
                altered[place] = int(rng.choice(np.array([0, 255, rng.integers(0, 256)])))
            rebuild_jpeg(bytes(altered))

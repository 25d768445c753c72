"""Every kind of picture becomes upright RGB in sRGB, or is refused."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageCms

from builder.errors import ImageError
from builder.images.open import open_picture
from tests.conftest import gradient, jpeg_bytes
from tests.images.pictures import mean_colour, save


@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_orientation_is_applied(tmp_path: Path, orientation: int):
    upright = gradient(120, 80)
    stored = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }.get(orientation)
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = tmp_path / "a.png"
    (upright.transpose(stored) if stored is not None else upright).save(path, exif=exif)
    np.testing.assert_array_equal(np.asarray(open_picture(path)), np.asarray(upright))


def translucent(mode: str) -> Image.Image:
    """A red (or black) picture of which nothing is opaque."""
    picture = Image.new("RGBA", (40, 40), (255, 0, 0, 0))
    return picture.convert(mode)


@pytest.mark.parametrize(
    ("name", "picture", "colour"),
    [
        ("grey.png", Image.new("L", (40, 40), 77), (77, 77, 77)),
        ("bits.png", Image.new("1", (40, 40), 1), (255, 255, 255)),
        ("palette.png", Image.new("RGB", (40, 40), (9, 99, 199)).quantize(4), (9, 99, 199)),
        ("cmyk.tif", Image.new("CMYK", (40, 40), (255, 0, 0, 0)), (0, 255, 255)),
        ("alpha.png", translucent("RGBA"), (255, 255, 255)),
        ("grey-alpha.png", translucent("LA"), (255, 255, 255)),
        ("half.png", Image.new("RGBA", (40, 40), (0, 0, 0, 128)), (127, 127, 127)),
        ("deep.png", Image.fromarray(np.full((40, 40), 257 * 77, np.uint16)), (77, 77, 77)),
        ("deep.tif", Image.fromarray(np.full((40, 40), 257 * 3, np.uint16)), (3, 3, 3)),
        ("colour.webp", Image.new("RGB", (40, 40), (255, 255, 255)), (255, 255, 255)),
        ("colour.avif", Image.new("RGB", (40, 40), (255, 255, 255)), (255, 255, 255)),
        ("colour.jpg", Image.new("RGB", (40, 40), (255, 255, 255)), (255, 255, 255)),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_every_kind_of_picture_becomes_rgb(
    tmp_path: Path, name: str, picture: Image.Image, colour: tuple[int, int, int]
):
    opened = open_picture(save(picture, tmp_path / name))
    assert opened.mode == "RGB"
    assert mean_colour(opened) == colour


def test_transparent_entries_of_a_palette_become_white(tmp_path: Path):
    picture = Image.new("P", (40, 40), 1)
    picture.putpalette([0, 0, 0, 200, 0, 0])
    opened = open_picture(save(picture, tmp_path / "a.png", transparency=1))
    assert mean_colour(opened) == (255, 255, 255)


@pytest.mark.parametrize("suffix", ["gif", "webp", "png"])
def test_an_animation_shows_its_first_frame(tmp_path: Path, suffix: str):
    frames = [Image.new("RGB", (40, 40), colour) for colour in ("red", "blue")]
    path = tmp_path / f"a.{suffix}"
    frames[0].save(path, save_all=True, append_images=frames[1:], lossless=True)
    red, green, blue = mean_colour(open_picture(path))
    assert red > 250
    assert max(green, blue) < 5


def test_a_colour_profile_is_applied(tmp_path: Path):
    # Pillow can make profiles for few spaces; Lab is one that is certainly not sRGB.
    lab = ImageCms.createProfile("LAB")
    srgb = ImageCms.createProfile("sRGB")
    red = Image.new("RGB", (40, 40), (200, 30, 40))
    stored = ImageCms.profileToProfile(red, srgb, lab, outputMode="LAB")
    assert stored is not None
    path = tmp_path / "a.tif"
    stored.save(path, icc_profile=ImageCms.ImageCmsProfile(lab).tobytes())
    np.testing.assert_allclose(mean_colour(open_picture(path)), (200, 30, 40), atol=3)


def test_a_damaged_colour_profile_is_ignored(tmp_path: Path):
    path = save(Image.new("RGB", (40, 40), (7, 8, 9)), tmp_path / "a.png", icc_profile=b"nonsense")
    assert mean_colour(open_picture(path)) == (7, 8, 9)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "not a picture"),
        (b"<html>not a picture</html>", "not a picture"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "not a picture"),
        (jpeg_bytes(gradient(300, 300))[:2000], "cut off or damaged"),
    ],
    ids=["empty", "html", "postscript", "truncated"],
)
def test_what_is_not_a_whole_picture_is_refused(tmp_path: Path, content: bytes, message: str):
    path = tmp_path / "fake.jpg"
    path.write_bytes(content)
    with pytest.raises(ImageError, match=message):
        open_picture(path)


def test_a_decompression_bomb_is_refused(tmp_path: Path):
    path = save(Image.new("1", (12_000, 12_000)), tmp_path / "bomb.png")
    assert path.stat().st_size < 100_000
    with pytest.raises(ImageError, match="million pixels"):
        open_picture(path)

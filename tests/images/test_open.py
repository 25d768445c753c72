"""Every kind of picture becomes upright RGB in sRGB, or is refused."""

import contextlib
import os
import random
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageCms

from builder.errors import ImageError
from builder.images import open as module
from builder.images.open import open_picture, register_heif
from tests.conftest import gradient, jpeg_bytes
from tests.images.damage import damage, samples
from tests.images.pictures import add_chunks, encode, mean_colour, png_chunk, save


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


@pytest.mark.parametrize("limit", [None, Image.MAX_IMAGE_PIXELS])
def test_a_decompression_bomb_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: int | None
):
    # Notebooks often lift the limit for pictures of their own.
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", limit)
    path = save(Image.new("1", (12_000, 12_000)), tmp_path / "bomb.png")
    assert path.stat().st_size < 100_000
    with pytest.raises(ImageError, match="million pixels"):
        open_picture(path)


def write(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def turned(orientation: int) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = orientation
    return exif.tobytes()


@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
def test_what_phones_write_is_opened_upright(tmp_path: Path, orientation: int):
    register_heif()
    upright = gradient(120, 80)
    stored = {3: Image.Transpose.ROTATE_180, 6: Image.Transpose.ROTATE_90}
    stored |= {8: Image.Transpose.ROTATE_270}
    picture = upright.transpose(stored[orientation]) if orientation in stored else upright
    path = tmp_path / "IMG_0001.HEIC"
    picture.save(path, "HEIF", exif=turned(orientation), quality=95)
    opened = open_picture(path)
    assert opened.size == upright.size
    difference = np.asarray(opened).astype(int) - np.asarray(upright)
    assert np.abs(difference).mean() < 3


def make_large(monkeypatch: pytest.MonkeyPatch, pixels: int = 10_000) -> None:
    """Make pictures of more pixels than that large ones."""
    monkeypatch.setattr(module, "PIXEL_LIMIT", pixels)


@pytest.mark.parametrize("options", [{}, {"progressive": True}], ids=str)
@pytest.mark.parametrize(("side", "decoded"), [(100, 100), (104, 52), (240, 60), (512, 64)])
def test_a_large_jpeg_is_reduced_by_its_decoder(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    side: int,
    decoded: int,
    options: dict[str, bool],
):
    make_large(monkeypatch)
    path = write(tmp_path / "a.jpg", jpeg_bytes(gradient(side, side), quality=95, **options))
    opened = open_picture(path)
    assert opened.size == (decoded, decoded)
    difference = np.asarray(opened).astype(int) - np.asarray(gradient(decoded, decoded))
    assert np.abs(difference).mean() < 3


@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
def test_a_crop_means_the_same_in_a_reduced_picture(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, orientation: int
):
    jpeg = jpeg_bytes(gradient(400, 200), quality=95, exif=turned(orientation))
    path, box = write(tmp_path / "a.jpg", jpeg), (40, 120, 160, 180)
    whole = open_picture(path, box)
    make_large(monkeypatch)
    reduced = open_picture(path, box)
    assert (whole.size, reduced.size) == ((120, 60), (30, 15))
    np.testing.assert_allclose(mean_colour(reduced), mean_colour(whole), atol=4)
    full = "200x400" if orientation > 4 else "400x200"
    with pytest.raises(ImageError, match=f"outside the picture, which is {full}"):
        open_picture(path, (0, 0, 401, 201))


def test_a_crop_of_less_than_a_pixel_of_a_reduced_picture_is_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    path = write(tmp_path / "a.jpg", jpeg_bytes(gradient(400, 200)))
    make_large(monkeypatch)
    assert open_picture(path, (399, 199, 400, 200)).size == (1, 1)


def jpeg_of_size(width: int, height: int, **options: object) -> bytes:
    """A small JPEG file that says that it is large."""
    jpeg = bytearray(jpeg_bytes(gradient(16, 16), **options))
    place = jpeg.index(b"\xff\xc2" if options.get("progressive") else b"\xff\xc0")
    jpeg[place + 5 : place + 9] = height.to_bytes(2) + width.to_bytes(2)
    return bytes(jpeg)


def test_a_jpeg_beyond_what_cameras_make_is_refused(tmp_path: Path):
    path = write(tmp_path / "a.jpg", jpeg_of_size(65_000, 65_000))
    with pytest.raises(ImageError, match="more than 300 million pixels"):
        open_picture(path)


def test_a_progressive_jpeg_of_very_many_scans_is_refused(tmp_path: Path):
    jpeg = jpeg_of_size(9000, 9000, progressive=True)
    place = jpeg.rindex(b"\xff\xda")
    path = write(tmp_path / "a.jpg", jpeg[:place] + 100 * jpeg[place:-2] + jpeg[-2:])
    with pytest.raises(ImageError, match="too many scans"):
        open_picture(path)


FLOATS = np.linspace(0, 1, 64, dtype=np.float32)[None].repeat(48, axis=0)


@pytest.mark.parametrize("scale", [1, 255])
def test_floats_are_grey_from_0_to_1_or_whole_numbers_to_255(tmp_path: Path, scale: int):
    values = FLOATS if scale == 1 else np.rint(FLOATS * scale)
    opened = open_picture(save(Image.fromarray(values), tmp_path / "a.tif"))
    row = np.asarray(opened)[0, :, 0]
    np.testing.assert_array_equal(row, np.rint(FLOATS[0] * 255))


@pytest.mark.parametrize(
    "values",
    [FLOATS * 3.7, FLOATS * 65_535, FLOATS - 0.5, FLOATS * np.nan, FLOATS + np.inf],
    ids=["to 3.7", "to 65535", "negative", "NaN", "infinite"],
)
@pytest.mark.filterwarnings("ignore:invalid value")
def test_floats_that_could_mean_anything_are_refused(
    tmp_path: Path, values: np.ndarray[tuple[int, int], np.dtype[np.float32]]
):
    path = save(Image.fromarray(values.astype(np.float32)), tmp_path / "a.tif")
    with pytest.raises(ImageError, match="not clear which is white"):
        open_picture(path)


@pytest.mark.parametrize(("lowest", "highest"), [(-1, 255), (0, 70_000)])
def test_whole_numbers_that_could_mean_anything_are_refused(
    tmp_path: Path, lowest: int, highest: int
):
    values = np.linspace(lowest, highest, 64).astype(np.int32)[None].repeat(48, axis=0)
    path = save(Image.fromarray(values), tmp_path / "a.tif")
    with pytest.raises(ImageError, match="not clear which is white"):
        open_picture(path)


def test_a_dark_picture_of_16_bits_stays_dark(tmp_path: Path):
    path = save(Image.fromarray(np.full((9, 9), 200, np.uint16)), tmp_path / "a.pgm")
    assert mean_colour(open_picture(path)) == (1, 1, 1)


def png_with(picture: Image.Image, *chunks: bytes, **options: object) -> bytes:
    return add_chunks(encode(picture, "PNG", **options), *chunks)


def gamma_chunk(gamma: float) -> bytes:
    return png_chunk(b"gAMA", round(gamma * 100_000).to_bytes(4))


SRGB_CHUNK = png_chunk(b"sRGB", b"\0")
GREY = (55, 55, 55)


@pytest.mark.parametrize(
    ("chunks", "expected"),
    [
        ([gamma_chunk(1)], 128),
        ([gamma_chunk(1 / 1.8)], 71),
        ([gamma_chunk(0.45455)], 55),
        ([gamma_chunk(0.46)], 55),
        ([gamma_chunk(1), SRGB_CHUNK], 55),
        ([gamma_chunk(0)], 55),
        ([], 55),
    ],
    ids=["linear", "Mac", "sRGB's", "nearly sRGB's", "overruled by sRGB", "senseless", "none"],
)
@pytest.mark.parametrize("mode", ["RGB", "L", "P", "I;16", "LA"])
def test_the_gamma_of_a_png_counts_as_in_browsers(
    tmp_path: Path, mode: str, chunks: list[bytes], expected: int
):
    grey = Image.new("L", (32, 32), 55)
    deep = Image.fromarray(np.full((32, 32), 55 * 257, np.uint16))
    picture = deep if mode == "I;16" else grey.convert(mode)
    path = write(tmp_path / "a.png", png_with(picture, *chunks))
    np.testing.assert_allclose(mean_colour(open_picture(path)), expected, atol=1)


def test_a_colour_profile_overrules_gamma(tmp_path: Path):
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    picture = Image.new("RGB", (32, 32), GREY)
    path = write(tmp_path / "a.png", png_with(picture, gamma_chunk(1), icc_profile=profile))
    np.testing.assert_allclose(mean_colour(open_picture(path)), GREY, atol=1)


def test_gamma_leaves_transparency_as_it_is(tmp_path: Path):
    picture = Image.new("RGBA", (32, 32), (*GREY, 128))
    path = write(tmp_path / "a.png", png_with(picture, gamma_chunk(1)))
    np.testing.assert_allclose(mean_colour(open_picture(path)), 191, atol=1)


def raw_png(depth: int, colour: int, rows: list[bytes], width: int, *chunks: bytes) -> bytes:
    """A PNG file of these rows; colour 0 is grey, 2 is RGB, 3 a palette."""
    header = width.to_bytes(4) + len(rows).to_bytes(4) + bytes([depth, colour, 0, 0, 0])
    data = zlib.compress(b"".join(b"\0" + row for row in rows))
    image = png_chunk(b"IDAT", data) + png_chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", header) + b"".join(chunks) + image


@pytest.mark.parametrize(
    ("depth", "colour", "row", "key", "expected"),
    [
        (16, 0, bytes([0, 0, 117, 117]), bytes([0, 0]), [255, 117]),
        (16, 0, bytes([117, 0, 117, 1]), bytes([117, 1]), [117, 255]),
        (8, 0, bytes([0, 117]), bytes([0, 0]), [255, 117]),
        (4, 0, bytes([0x37]), bytes([0, 3]), [255, 7 * 17]),
        (2, 0, bytes([0b01_10_0000]), bytes([0, 1]), [255, 2 * 85]),
        (1, 0, bytes([0b01_000000]), bytes([0, 0]), [255, 255]),
        (1, 0, bytes([0b01_000000]), bytes([0, 1]), [0, 255]),
        (8, 2, bytes([9, 9, 9, 117, 117, 117]), bytes([0, 9, 0, 9, 0, 9]), [255, 117]),
        (16, 2, bytes([9] * 6 + [117] * 6), bytes([9] * 6), [255, 117]),
    ],
)
def test_the_transparent_colour_of_a_png_becomes_white(
    tmp_path: Path, depth: int, colour: int, row: bytes, key: bytes, expected: list[int]
):
    content = raw_png(depth, colour, [row], 2, png_chunk(b"tRNS", key))
    pixels = np.asarray(open_picture(write(tmp_path / "a.png", content)))
    np.testing.assert_array_equal(pixels[0, :, 0], expected)


def test_transparent_entries_of_a_palette_of_few_bits_become_white(tmp_path: Path):
    palette = png_chunk(b"PLTE", bytes([10, 10, 10, 20, 20, 20, 30, 30, 30]))
    alpha = png_chunk(b"tRNS", bytes([255, 0, 255]))
    content = raw_png(2, 3, [bytes([0b00_01_10_00])], 3, palette, alpha)
    pixels = np.asarray(open_picture(write(tmp_path / "a.png", content)))
    np.testing.assert_array_equal(pixels[0, :, 0], [10, 255, 30])


@pytest.mark.parametrize(
    "chunk",
    [
        png_chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(5_000_000))),
        png_chunk(b"tEXt", b"Comment\0" + b"x" * 2_000_000),
        png_chunk(b"iTXt", b"Comment\0\1\0\0\0" + zlib.compress(bytes(5_000_000))),
        png_chunk(b"zTXt", b"Comment\0\0" + b"not compressed"),
        png_chunk(b"tEXt", b"") * 1000,
    ],
    ids=["zTXt", "tEXt", "iTXt", "damaged", "many"],
)
@pytest.mark.parametrize("at_end", [False, True])
def test_long_texts_in_a_png_do_not_matter(tmp_path: Path, chunk: bytes, at_end: bool):
    png = encode(gradient(40, 32), "PNG")
    content = png[:-12] + chunk + png[-12:] if at_end else add_chunks(png, chunk)
    opened = open_picture(write(tmp_path / "a.png", content))
    np.testing.assert_array_equal(np.asarray(opened), np.asarray(gradient(40, 32)))


@pytest.mark.parametrize(
    "exif",
    [
        b"",
        b"Exif\0\0",
        b"Exif\0\0nonsense",
        b"Exif\0\0MM\0*\0\0\0\x08\xff\xff" + bytes(40),
        # An orientation that is a text, and one that is out of range.
        b"Exif\0\0MM\0*\0\0\0\x08\0\1\1\x12\0\2\0\0\0\2six\0\0\0\0\0",
        b"Exif\0\0MM\0*\0\0\0\x08\0\1\1\x12\0\3\0\0\0\1\0\x63\0\0\0\0\0\0",
        # A width that is a text.
        b"Exif\0\0MM\0*\0\0\0\x08\0\1\1\0\0\2\0\0\0\4abc\0\0\0\0\0",
    ],
)
@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP"])
def test_odd_exif_says_nothing_about_the_pixels(tmp_path: Path, format: str, exif: bytes):
    content = encode(gradient(40, 32), format, exif=exif)
    assert open_picture(write(tmp_path / "a", content)).size == (40, 32)


def test_what_is_not_a_file_is_refused_without_waiting(tmp_path: Path):
    os.mkfifo(tmp_path / "fifo")
    for path in (tmp_path / "fifo", tmp_path, Path("/dev/zero"), tmp_path / "nothing"):
        with pytest.raises(ImageError, match="not a file"):
            open_picture(path)


def test_a_name_that_no_file_can_have_is_refused():
    with pytest.raises(ImageError, match="File name too long"):
        open_picture(Path("x" * 300))


def test_a_file_that_may_not_be_read_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def refuse(*_: object, **__: object):
        raise PermissionError(13, "Permission denied")

    path = save(gradient(9, 9), tmp_path / "a.png")
    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(ImageError, match="cannot be read: Permission denied"):
        open_picture(path)


@pytest.mark.parametrize("error", [RuntimeError("x"), MemoryError(), RecursionError(), KeyError(1)])
def test_whatever_a_decoder_raises_becomes_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
):
    def fail(*_: object) -> None:
        raise error

    path = save(gradient(9, 9), tmp_path / "a.png")
    monkeypatch.setattr(module, "to_upright_rgb", fail)
    with pytest.raises(ImageError):
        open_picture(path)


@pytest.mark.parametrize("name", samples())
def test_a_damaged_file_is_refused_or_shown(tmp_path: Path, name: str):
    content, randomness = samples()[name], random.Random(0)
    assert open_picture(write(tmp_path / "whole", content)).mode == "RGB"
    for _ in range(40):
        path = write(tmp_path / "damaged", damage(content, randomness))
        with contextlib.suppress(ImageError):
            assert open_picture(path).mode == "RGB"


@pytest.mark.parametrize(
    "content",
    [
        b"P6 0 0 255\n",
        b"P6 1000000 1000000 255\n",
        b"BM" + bytes(12) + (40).to_bytes(4, "little") + b"\xff" * 36,
        raw_png(8, 0, [b"\0"], 0),
        raw_png(8, 0, [b"\0"], 2**31 - 1),
        b"GIF89a" + bytes(20),
        jpeg_of_size(0, 0),
    ],
)
def test_absurd_sizes_are_refused(tmp_path: Path, content: bytes):
    with pytest.raises(ImageError):
        open_picture(write(tmp_path / "a", content))

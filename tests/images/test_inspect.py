"""Pictures that are refused before anything is decoded, and those that are decoded to make sure."""

import random
from pathlib import Path

import pytest
from PIL import Image

from builder.errors import ImageError
from builder.images import inspect
from builder.images.inspect import inspect_picture
from builder.images.open import open_picture
from tests.conftest import gradient, jpeg_bytes
from tests.images.damage import damage, samples
from tests.images.pictures import encode, save


@pytest.fixture
def decoded(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The pictures that were decoded."""
    paths: list[Path] = []

    def note(path: Path, crop: object = None) -> Image.Image:
        paths.append(path)
        return open_picture(path)

    monkeypatch.setattr(inspect, "open_picture", note)
    return paths


@pytest.mark.parametrize("name", samples())
def test_a_whole_picture_of_any_format_is_not_decoded(
    tmp_path: Path, decoded: list[Path], name: str
):
    path = tmp_path / "picture"
    path.write_bytes(samples()[name])
    inspect_picture(path)
    assert decoded == []


@pytest.mark.parametrize("name", ["JPEG", "progressive JPEG", "PNG", "WEBP", "GIF", "AVIF", "HEIF"])
def test_a_picture_that_is_cut_off_is_refused(tmp_path: Path, name: str):
    path = tmp_path / "picture"
    path.write_bytes(samples()[name][:-60])
    with pytest.raises(ImageError, match="cut off or damaged"):
        inspect_picture(path)


def test_the_small_jpeg_in_the_metadata_does_not_make_a_jpeg_whole(tmp_path: Path):
    path = tmp_path / "a.jpg"
    exif = b"Exif\0\0" + jpeg_bytes(gradient(16, 16))
    path.write_bytes(jpeg_bytes(gradient(300, 300), exif=exif)[:-2000])
    with pytest.raises(ImageError, match="cut off or damaged"):
        inspect_picture(path)


def test_what_follows_a_jpeg_does_not_matter(tmp_path: Path, decoded: list[Path]):
    path = tmp_path / "with-film.jpg"
    path.write_bytes(jpeg_bytes(gradient(30, 30)) + b"a film" * 1000)
    inspect_picture(path)
    assert decoded == []


def test_a_picture_without_its_end_is_decoded_and_may_be_used(tmp_path: Path, decoded: list[Path]):
    path = tmp_path / "a.gif"
    path.write_bytes(encode(gradient(30, 30), "GIF") + b"more")
    inspect_picture(path)
    assert decoded == [path]


def test_a_crop_is_compared_with_the_upright_picture(tmp_path: Path):
    exif = Image.Exif()
    exif[0x0112] = 6
    path = save(gradient(40, 20), tmp_path / "a.jpg", exif=exif)
    inspect_picture(path, (0, 0, 20, 40))
    with pytest.raises(ImageError, match="is 20x40") as caught:
        inspect_picture(path, (0, 0, 40, 20))
    assert caught.value.key == "crop"


@pytest.mark.parametrize("content", [b"", b"<svg/>", b"\xff\xd8\xff"])
def test_what_is_not_a_picture_is_refused(tmp_path: Path, content: bytes):
    path = tmp_path / "a.jpg"
    path.write_bytes(content)
    with pytest.raises(ImageError):
        inspect_picture(path)


def test_a_picture_that_is_too_large_is_refused_without_decoding(
    tmp_path: Path, decoded: list[Path]
):
    path = save(Image.new("1", (12_000, 12_000)), tmp_path / "bomb.png")
    with pytest.raises(ImageError, match="million pixels"):
        inspect_picture(path)
    assert decoded == []


def test_no_picture_that_can_be_opened_is_refused(tmp_path: Path):
    randomness = random.Random(0)
    path = tmp_path / "picture"
    refused = 0
    for content in [*samples().values()] * 8:
        path.write_bytes(damage(content, randomness))
        try:
            inspect_picture(path)
        except ImageError:
            refused += 1
            with pytest.raises(ImageError):
                open_picture(path)
    assert refused > 20

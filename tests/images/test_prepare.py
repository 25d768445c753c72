import contextlib
import io
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pytest
from PIL import Image, ImageCms

from builder.cache import Cache
from builder.errors import ImageError, SpecError
from builder.images import prepare
from builder.images.jpeg.hidden import hidden_content
from builder.images.open import read_plain_jpeg, register_heif
from builder.images.prepare import PreparedImage, prepare_image, prepare_images
from builder.images.preprocess import preprocess
from builder.model import Preprocessing
from builder.spec.images import ImageSpec
from tests.conftest import gradient, jpeg_bytes
from tests.images.jpeg.payloads import PAYLOADS, SECRET
from tests.images.pictures import encode, save

PROFILE = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
TF_BILINEAR = Preprocessing(resize="tf-bilinear")


def image_spec(path: Path, **fields: Any) -> ImageSpec:
    table = {"file": str(path), "description": "A picture.", "prompts": ["a", "b"], **fields}
    return ImageSpec.model_validate(table, context=Path())


def test_the_pixels_are_those_of_the_shipped_jpeg(tmp_path: Path):
    image = prepare_image(image_spec(save(gradient(640, 480), tmp_path / "a.png")))
    shipped = np.asarray(Image.open(io.BytesIO(image.photo.jpeg)))
    assert image.pixels.shape == (224, 224, 3)
    assert image.pixels.dtype == np.uint8
    np.testing.assert_array_equal(image.pixels, shipped)


@pytest.mark.parametrize("progressive", [False, True])
def test_the_pixels_of_a_jpeg_of_the_right_size_are_kept(tmp_path: Path, progressive: bool):
    path = tmp_path / "a.jpg"
    path.write_bytes(jpeg_bytes(gradient(224, 224), quality=70, progressive=progressive))
    image = prepare_image(image_spec(path))
    np.testing.assert_array_equal(image.pixels, np.asarray(Image.open(path)))
    assert hidden_content(image.photo.jpeg) is None


@pytest.mark.parametrize(
    ("side", "options", "fields"),
    [
        (225, {}, {}),
        (224, {"exif": b"Exif\0\0MM\0*\0\0\0\x08\0\1\1\x12\0\3\0\0\0\1\0\6\0\0\0\0\0\0"}, {}),
        (
            224,
            {"icc_profile": ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()},
            {},
        ),
        (224, {"keep_rgb": True}, {}),
        (224, {}, {"crop": [0, 0, 100, 100]}),
    ],
    ids=["another size", "turned", "a colour profile", "RGB", "a crop"],
)
def test_any_other_jpeg_is_compressed_again(
    tmp_path: Path, side: int, options: dict[str, Any], fields: dict[str, Any]
):
    path = tmp_path / "a.jpg"
    path.write_bytes(jpeg_bytes(gradient(side, side), **options))
    image = prepare_image(image_spec(path, **fields))
    assert read_plain_jpeg(path, 224) is None or fields
    assert hidden_content(image.photo.jpeg) is None


def published(image: PreparedImage) -> list[bytes]:
    return [picture.jpeg for picture in (image.photo, *image.display, image.thumbnail)]


@pytest.mark.parametrize("name", PAYLOADS)
def test_nothing_hidden_in_a_jpeg_is_published(tmp_path: Path, name: str):
    path = tmp_path / "a.jpg"
    path.write_bytes(PAYLOADS[name](jpeg_bytes(gradient(224, 224))))
    with contextlib.suppress(ImageError):
        for jpeg in published(prepare_image(image_spec(path))):
            assert SECRET not in jpeg
            assert hidden_content(jpeg) is None


@pytest.mark.parametrize("side", [300, 1000])
def test_sharper_copies_hold_only_the_picture(tmp_path: Path, side: int):
    path = tmp_path / "a.jpg"
    path.write_bytes(PAYLOADS["Exif"](jpeg_bytes(gradient(side, side))))
    for jpeg in published(prepare_image(image_spec(path))):
        assert SECRET not in jpeg
        assert hidden_content(jpeg) is None


def test_every_preprocessing_has_its_view_and_the_page_shows_the_first(tmp_path: Path):
    spec = image_spec(save(gradient(640, 480), tmp_path / "a.png"))
    others = (Preprocessing(), Preprocessing(size=384))
    image = prepare_image(spec, (TF_BILINEAR, *others))
    for preprocessing, view in image.views.items():
        assert view.photo.size == preprocessing.size
        shipped = np.asarray(Image.open(io.BytesIO(view.photo.jpeg)))
        np.testing.assert_array_equal(view.pixels, shipped)
    assert image.photo is image.views[TF_BILINEAR].photo
    assert image.views[Preprocessing()].photo == prepare_image(spec).photo


def test_a_preprocessing_that_several_models_share_is_done_once(tmp_path: Path):
    spec = image_spec(save(gradient(300, 260), tmp_path / "a.png"))
    assert len(prepare_image(spec, (TF_BILINEAR, Preprocessing(), TF_BILINEAR)).views) == 2


@pytest.mark.parametrize("focal_point", [(0.0, 0.0), (0.5, 0.5), (1.0, 1.0)])
@pytest.mark.parametrize("size", [(400, 200), (200, 401), (224, 224)])
def test_both_kernels_see_the_same_square(size: tuple[int, int], focal_point: tuple[float, float]):
    bicubic, bilinear = (
        np.asarray(preprocess(gradient(*size), kernel, focal_point), np.int64)
        for kernel in (Preprocessing(), TF_BILINEAR)
    )
    # The gradient's steps are those of half a pixel, by which the two crops may differ.
    assert np.abs(bicubic - bilinear).max() <= 2


@pytest.mark.parametrize("resize", ["bicubic", "tf-bilinear"])
def test_a_squashed_picture_keeps_its_edges(resize: Literal["bicubic", "tf-bilinear"]):
    pixels = np.asarray(preprocess(gradient(400, 200), Preprocessing(40, resize, "squash")))
    assert pixels.shape == (40, 40, 3)
    np.testing.assert_allclose(pixels[:, [0, -1], 0].mean(axis=0), (0, 255), atol=5)


def test_a_page_shows_the_crop_even_to_models_that_squash(tmp_path: Path):
    spec = image_spec(save(gradient(400, 200), tmp_path / "a.png"))
    crop, squash = (Preprocessing(resize="tf-bilinear", fit=fit) for fit in ("crop", "squash"))
    views = prepare_image(spec, (crop, squash)).views
    difference = views[crop].pixels.astype(int) - views[squash].pixels
    assert np.abs(difference).mean() < 1


def test_a_very_long_picture_takes_little_memory():
    pixels = np.asarray(preprocess(gradient(20_000, 2), TF_BILINEAR))
    assert pixels.shape == (224, 224, 3)


@pytest.mark.parametrize(
    ("size", "display"),
    [
        ((224, 224), []),
        ((300, 260), []),
        ((420, 427), [420]),
        ((448, 600), [448]),
        ((2000, 700), [448, 700]),
        ((1000, 1200), [448, 896]),
    ],
)
def test_sharper_copies_are_made_where_the_source_allows(
    tmp_path: Path, size: tuple[int, int], display: list[int]
):
    image = prepare_image(image_spec(save(gradient(*size), tmp_path / "a.png")))
    assert [picture.size for picture in image.display] == display
    for picture in (*image.display, image.thumbnail, image.photo):
        with Image.open(io.BytesIO(picture.jpeg)) as decoded:
            assert decoded.size == (picture.size, picture.size)


def test_a_small_picture_is_enlarged_and_that_is_said(tmp_path: Path):
    path = save(gradient(100, 80), tmp_path / "small.png")
    images = prepare_images([image_spec(path)], cache=Cache(tmp_path))
    assert images.images[0].pixels.shape == (224, 224, 3)
    assert images.enlarged == ["small"]


def test_what_is_small_depends_on_the_largest_model(tmp_path: Path):
    path = save(gradient(300, 300), tmp_path / "a.png")
    preprocessings = (Preprocessing(), Preprocessing(size=384))
    cache = Cache(tmp_path)
    assert prepare_images([image_spec(path)], cache=cache).enlarged == []
    assert prepare_images([image_spec(path)], preprocessings, cache=cache).enlarged == ["a"]


@pytest.mark.parametrize(
    ("fields", "left_to_right", "top_to_bottom"),
    [
        ({}, (100 / 400, 300 / 400), (0, 1)),
        ({"focal_point": [0.0, 0.0]}, (0, 0.5), (0, 1)),
        ({"focal_point": [0.9, 0.9]}, (0.5, 1), (0, 1)),
        ({"focal_point": [0.4, 0.5]}, (60 / 400, 260 / 400), (0, 1)),
        ({"crop": [100, 50, 200, 150]}, (0.25, 0.5), (0.25, 0.75)),
        ({"crop": [0, 0, 400, 100]}, (150 / 400, 250 / 400), (0, 0.5)),
    ],
)
def test_the_crop_keeps_the_right_square(
    tmp_path: Path,
    fields: dict[str, Any],
    left_to_right: tuple[float, float],
    top_to_bottom: tuple[float, float],
):
    # The gradient's red is the place from left to right, its green from top to bottom.
    pixels = prepare_image(
        image_spec(save(gradient(400, 200), tmp_path / "a.png"), **fields)
    ).pixels
    edges = pixels[:, [0, -1], 0].mean(axis=0) / 255, pixels[[0, -1], :, 1].mean(axis=1) / 255
    np.testing.assert_allclose(edges[0], left_to_right, atol=0.02)
    np.testing.assert_allclose(edges[1], top_to_bottom, atol=0.02)


def test_a_crop_outside_the_picture_is_refused(tmp_path: Path):
    spec = image_spec(save(gradient(40, 20), tmp_path / "a.png"), crop=[0, 0, 41, 20])
    with pytest.raises(SpecError, match="40x20"):
        prepare_images([spec], cache=Cache(tmp_path))


def test_no_metadata_of_the_source_is_shipped(tmp_path: Path):
    exif = Image.Exif()
    exif[0x010F] = "Secret Camera"
    path = tmp_path / "a.jpg"
    path.write_bytes(jpeg_bytes(gradient(500, 500), exif=exif, comment=b"Secret"))
    image = prepare_image(image_spec(path))
    for picture in (image.photo, image.thumbnail, *image.display):
        assert b"Secret" not in picture.jpeg


@pytest.mark.parametrize("format", ["PNG", "WEBP", "AVIF", "TIFF", "JPEG2000", "GIF", "HEIF"])
def test_no_format_brings_its_metadata_along(tmp_path: Path, format: str):
    register_heif()
    exif = Image.Exif()
    exif[0x010F] = "Secret Camera"
    path = tmp_path / "a"
    xmp = b"<x:xmpmeta>Secret</x:xmpmeta>"
    path.write_bytes(
        encode(gradient(300, 300), format, exif=exif.tobytes(), xmp=xmp, comment=b"Secret")
    )
    image = prepare_image(image_spec(path))
    for picture in (image.photo, image.thumbnail, *image.display):
        assert b"Secret" not in picture.jpeg
        assert hidden_content(picture.jpeg) is None


def test_all_unusable_pictures_are_named_at_once(tmp_path: Path):
    specs: list[ImageSpec] = []
    for name in ("one.jpg", "two.jpg"):
        (tmp_path / name).write_bytes(b"fake")
        specs.append(image_spec(tmp_path / name))
    with pytest.raises(SpecError) as caught:
        prepare_images(specs, cache=Cache(tmp_path))
    assert [Path(problem.where).name for problem in caught.value.problems] == ["one.jpg", "two.jpg"]


def test_what_was_prepared_before_is_the_same_and_not_opened_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    spec = image_spec(save(gradient(900, 600), tmp_path / "a.png"), focal_point=[0.4, 0.5])
    kinds, cache = (Preprocessing(), Preprocessing(size=384)), Cache(tmp_path / "cache")
    (first,) = prepare_images([spec], kinds, cache=cache).images

    def refuse(*_: object) -> None:
        raise AssertionError("opened again")

    monkeypatch.setattr(prepare, "open_picture", refuse)
    (again,) = prepare_images([spec], kinds, cache=cache).images
    assert again == first
    for kind in kinds:
        np.testing.assert_array_equal(again.views[kind].pixels, first.views[kind].pixels)


@pytest.mark.parametrize(
    ("fields", "kinds"),
    [
        ({"focal_point": [0.4, 0.5]}, (Preprocessing(),)),
        ({"crop": [0, 0, 300, 300]}, (Preprocessing(),)),
        ({}, (Preprocessing(size=384),)),
        ({}, (Preprocessing(resize="tf-bilinear"),)),
        ({}, (Preprocessing(fit="squash"),)),
        ({}, (Preprocessing(), Preprocessing(size=384))),
    ],
)
def test_another_cut_or_another_model_is_prepared_anew(
    tmp_path: Path, fields: dict[str, Any], kinds: tuple[Preprocessing, ...]
):
    path, cache = save(gradient(900, 600), tmp_path / "a.png"), Cache(tmp_path / "cache")
    prepare_images([image_spec(path)], cache=cache)
    (found,) = prepare_images([image_spec(path, **fields)], kinds, cache=cache).images
    assert found == prepare_image(image_spec(path, **fields), kinds)


def test_another_picture_of_the_same_name_is_prepared_anew(tmp_path: Path):
    path, cache = save(gradient(300, 300), tmp_path / "a.png"), Cache(tmp_path / "cache")
    (first,) = prepare_images([image_spec(path)], cache=cache).images
    save(gradient(300, 300, seed=1), path)
    (second,) = prepare_images([image_spec(path)], cache=cache).images
    assert second.photo != first.photo

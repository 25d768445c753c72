from pathlib import Path

from PIL import Image

from builder.cache import Cache
from builder.images.alike import find_alike
from builder.images.prepare import prepare_images
from builder.spec.images import ImageSpec
from tests.conftest import gradient


def test_pictures_that_look_the_same_are_found(tmp_path: Path):
    one = Image.open(Path(__file__).parents[2] / "data/images/kitten.jpg")
    other = Image.open(Path(__file__).parents[2] / "data/images/bison.jpg")
    pictures = {
        "one": one,
        "other": other,
        "grey": Image.new("RGB", (300, 300), "grey"),
        "smaller": one.resize((one.width // 2, one.height // 2)),
        "white": Image.new("RGB", (300, 300), "white"),
        "gradient": gradient(300, 300),
    }
    specs: list[ImageSpec] = []
    for name, picture in pictures.items():
        picture.save(tmp_path / f"{name}.jpg", quality=60 if name == "smaller" else 90)
        table = {"file": f"{name}.jpg", "description": name, "prompts": ["x"]}
        specs.append(ImageSpec.model_validate(table, context=tmp_path))
    images = prepare_images(specs, cache=Cache(tmp_path / "cache")).images
    assert list(find_alike(images)) == [("one", "smaller")]
    assert list(find_alike(images[:1])) == []

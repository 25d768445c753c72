"""What a build says about prompts and pictures."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from builder.images.prepare import ImageSet
from builder.site.built_model import BuiltModel
from builder.site.notes import note_pictures, note_prompts
from tests.site.builds import DescribedModel, ReadingModel, built_model, demo_spec, prepared_image


@pytest.fixture
def images(tmp_path: Path) -> ImageSet:
    prompts = ["a dog", "A dog", "a dog in the snow", "ᚠ"]
    image = {"file": "red.jpg", "description": "Red.", "prompts": prompts}
    spec = demo_spec(tmp_path, images=[image])
    return ImageSet((prepared_image(spec.images[0]),))


def build(images: ImageSet) -> BuiltModel:
    prompts = images.images[0].spec.prompts
    built = built_model()
    tokens = ReadingModel.tokenizer(prompts)
    embeddings = replace(built.embeddings, tokens=tokens, ztxt=np.eye(4, 3, dtype=np.float32))
    return replace(built, model=ReadingModel(), texts=prompts, embeddings=embeddings)


def test_each_kind_of_prompt_is_one_sentence(images: ImageSet):
    assert list(note_prompts(build(images), images, ())) == [
        "1 prompt longer than its 5 tokens, so their ends are not read: 'a dog in the snow' loses"
        " 'snow'",
        "1 prompt with characters that its vocabulary lacks: 'ᚠ'",
        "1 pair of the same tokens, so that they always tie: 'a dog' and 'A dog' of red",
    ]


def test_a_picture_that_no_prompt_fits_is_named(images: ImageSet):
    built = build(images)
    best = float(built.embeddings.zimg[0].max())
    (note,) = list(note_prompts(built, images, (best + 0.1,) * 101))[3:]
    assert note == "1 picture whose prompts fit no better than chance: red"
    assert len(list(note_prompts(built, images, (best - 0.1,) * 101))) == 3


def test_a_model_without_a_tokenizer_has_no_ties(images: ImageSet):
    built = replace(build(images), model=DescribedModel())
    built = replace(built, embeddings=replace(built.embeddings, tokens=np.zeros((4, 0), np.int32)))
    assert list(note_prompts(built, images, ())) == []


def test_small_pictures_are_one_sentence(tmp_path: Path):
    tables = [
        {"file": "red.jpg", "id": f"p{i}", "description": "Red.", "prompts": ["x"]}
        for i in range(5)
    ]
    specs = demo_spec(tmp_path, images=tables).images
    small = ImageSet(tuple(prepared_image(spec, side=100) for spec in specs[:1]))
    assert list(note_pictures(small)) == [
        "1 picture smaller than what a model sees, so enlarged: p0"
    ]
    assert list(note_pictures(ImageSet((prepared_image(specs[0]),)))) == []

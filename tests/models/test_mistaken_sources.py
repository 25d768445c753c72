"""What authors name in place of a model, and what each is told."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from builder.errors import BuilderError
from builder.models.load import load_model
from builder.spec.demo import load_any_spec, load_spec

_DEMO = """\
title = "T"
description = "D"

[[images]]
file = "images/a.png"
description = "A"
prompts = ["a", "b"]

[[models]]
"""
_TOKENIZER = '\n[models.tokenizer]\nvocabulary = "vocab.txt"\nmax_length = 16\n'
_LISTS = "`lit-demo models` lists"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with all that is mistaken for models."""
    top = tmp_path_factory.mktemp("mistaken")
    for name in ("images", "empty", "config", "weights", "tower", "rows", "cache/deep", "notes"):
        (top / name).mkdir(parents=True)
    Image.new("RGB", (30, 30)).save(top / "images" / "a.png")
    for name in ("config/config.json", "cache/deep/config.json", "rows/def.json"):
        (top / name).write_text("{}")
    for name in ("weights/b.safetensors", "tower/text.npz", "tower/tokenizer.model", "notes/a.md"):
        (top / name).write_text("x")
    for name in ("model.safetensors", "model.pt", "train.py", "vocab.txt", "text.txt"):
        (top / name).write_text("x")
    np.savez(top / "digits.npz", x=np.zeros((5, 28, 28)), y=np.zeros(5))
    np.savez(top / "empty.npz")
    return top


@pytest.mark.parametrize(
    ("table", "message", "remedy"),
    [
        ('name = "ViT-B-16"', "no model 'ViT-B-16'", "such as hf:laion/CLIP-ViT-B-16-"),
        ('name = "ViT-B/16"', "an architecture", "such as hf:laion/CLIP-ViT-B-16-"),
        ('name = "B/16"', "an architecture", _LISTS),
        ('name = "ViT-B-32-quickgelu"', "an architecture", "such as hf:laion/CLIP-ViT-B-32-"),
        ('name = "RN50"', "an architecture", _LISTS),
        ('name = "LiT-B16X"', "no model 'LiT-B16X'", "Did you mean 'LiT-B16B'?"),
        ('name = "CLIP"', "no model 'CLIP'", "Did you mean 'hf:openai/clip-vit-base-patch32'?"),
        ('name = "openai/clip-vit"', "no model", "write hf:openai/clip-vit."),
        ('name = "https://huggingface.co/a/b"', "no model", "write hf:a/b."),
        ('name = "my.safetensors"', "no model", 'write checkpoint = "my.safetensors"'),
        ('name = "something"', "no model", "a file or folder of yours is given as checkpoint"),
        ('checkpoint = "ViT-L-14"', "'ViT-L-14'", 'such as name = "hf:'),
        ('checkpoint = "openai/clip-vit"', "no file", 'name = "hf:openai/clip-vit"'),
        ('checkpoint = "hf:a/b@main"', "no file", 'write name = "hf:a/b@main" in place of'),
        ('checkpoint = "mini-tiny"', "no file", 'write name = "mini-tiny"'),
        ('checkpoint = "params.npz"', "no file or folder", "run that first: python "),
        ('checkpoint = "images/params.npz"', "no file or folder", "Add it, or correct the name"),
        ('checkpoint = "train.py"', "is a program", 'write towers = "train:FUNCTION"'),
        ('towers = "train.py"', "does not name", "train:FUNCTION"),
        ('checkpoint = "images/a.png"', "is a picture", "Name it in [[images]]"),
        ('checkpoint = "model.safetensors"', "what model it holds", "lit-demo inspect "),
        ('checkpoint = "model.pt"', "is a pickle", "model.save_pretrained(FOLDER)"),
        ('checkpoint = "empty"', "is empty", "Download the model into it"),
        ('checkpoint = "config"', "holds no weights", "git lfs pull"),
        ('checkpoint = "weights"', "nothing says what they are", "processor.save_pretrained"),
        ('checkpoint = "images"', "holds pictures", "lit-demo new DIR --from "),
        ('checkpoint = "tower"', "a text tower alone", 'text_tower = "tower"'),
        ('checkpoint = "rows"', "the rows of a demo", 'precomputed = "rows"'),
        ('checkpoint = "cache"', "not hold a model itself", "lit-demo inspect "),
        ('checkpoint = "notes"', "has neither config.json", "save_pretrained"),
        (f'checkpoint = "digits.npz"{_TOKENIZER}', "x [5, 28, 28], y [5]", "params of [[functions"),
        (f'checkpoint = "empty.npz"{_TOKENIZER}', "but nothing at all", "[models.architecture]"),
        (f'checkpoint = "text.txt"{_TOKENIZER}', "is not an npz file", "numpy.savez"),
    ],
)
def test_what_is_not_a_model_is_told_apart(folder: Path, table: str, message: str, remedy: str):
    path = folder / "demo.toml"
    path.write_text(f"{_DEMO}{table}\n", encoding="utf-8")
    with pytest.raises(BuilderError) as caught:
        load_model(load_spec(path).models[0], folder)
    assert message in str(caught.value)
    assert remedy in str(caught.value)


@pytest.mark.parametrize(
    ("key", "value"), [("params", '"params.npz"'), ("samples", '"samples.npz"')]
)
def test_a_function_whose_parameters_are_not_trained_yet_says_so(
    folder: Path, key: str, value: str
):
    path = folder / "function.toml"
    path.write_text(
        'title = "T"\ndescription = "D"\ntemplate = "function"\n[[functions]]\n'
        f'function = "train:apply"\n{key} = {value}\n[[functions.inputs]]\nname = "x"\n'
        'shape = "(b, 2)"\n'
    )
    with pytest.raises(BuilderError, match=r"run that first: python .*train\.py"):
        load_any_spec(path)

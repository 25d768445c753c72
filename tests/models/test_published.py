import re
import tomllib
from pathlib import Path

import pytest

from builder.errors import ModelError
from builder.models import published
from builder.models.published import (
    checkpoint_folder,
    find_file,
    find_published,
    published_models,
    require_published,
)
from builder.spec.models import with_none
from builder.spec.types import slug

MODELS = list(published_models().values())


def test_models_say_which_languages_they_were_trained_on():
    languages = {model.name: model.languages for model in MODELS}
    assert languages["LiT-B16B"] == languages["SigLIP-B16-224"] == ("en",)
    assert languages["SigLIP-B16-i18n-256"] == languages["SigLIP2-B16-224"] == ("mul",)


def test_all_published_models_are_there():
    families = [model.family for model in MODELS]
    assert {family: families.count(family) for family in families} == {
        "LiT": 5,
        "SigLIP": 10,
        "SigLIP 2": 15,
    }
    assert len({slug(model.name) for model in MODELS}) == len(MODELS), "ids differ"


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("LiT-L16Ti", "LiT-L16Ti"),
        ("lit-l16ti", "LiT-L16Ti"),
        ("LiT-B16B_2", "LiT-B16B_2"),
        ("SigLIP B/16 224", "SigLIP-B16-224"),
        ("webli_en_b16_224_63724782", "SigLIP-B16-224"),
        ("SigLIP So400m/16-i18n 256", "SigLIP-So400m16-i18n-256"),
        ("siglip2_g-opt16_384", "SigLIP2-g-opt16-384"),
    ],
)
def test_a_model_is_found_however_its_name_is_punctuated(written: str, name: str):
    model = find_published(written)
    assert model
    assert model.name == name


def test_a_config_is_found_by_the_name_of_the_checkpoint_file():
    config = require_published("siglip2_so400m16_256").config
    assert config["image"] == {"variant": "So400m/16", "pool_type": "map", "scan": True}
    assert config["text"] == {"variant": "So400m", "vocab_size": 256_000, "scan": True}
    assert config["out_dim"] == (None, 1152)
    assert config["bias_init"] == -10
    with pytest.raises(ModelError, match="Did you mean 'LiT-L16Ti'"):
        require_published("LiT-L16T")


def test_families_differ_in_how_they_pool_score_and_read():
    lit, bert, siglip, siglip2 = (
        published_models()[name]
        for name in ("LiT-L16Ti", "LiT-L16L", "SigLIP-So400m14-224", "SigLIP2-B16-512")
    )
    assert lit.config["image"]["pool_type"] == bert.config["image"]["pool_type"] == "tok"
    assert siglip.config["image"]["pool_type"] == siglip2.config["image"]["pool_type"] == "map"
    assert [model.scoring for model in (lit, bert, siglip, siglip2)] == [
        "softmax",
        "softmax",
        "sigmoid",
        "sigmoid",
    ]
    assert [model.tokenizer.max_length for model in (lit, bert, siglip, siglip2)] == [
        16,
        16,
        16,
        64,
    ]
    assert [model.tokenizer.pad_id for model in (lit, bert, siglip, siglip2)] == [1, None, 1, 0]
    assert bert.tokenizer.kind == "wordpiece"
    assert siglip2.preprocessing.size == 512


def test_files_have_addresses_and_names_of_their_own():
    names: dict[str, str] = {}
    for model in MODELS:
        for file in model.files:
            assert re.fullmatch(r"gs://[\w./-]+\.(npz|model|txt)", file.url)
            assert names.setdefault(file.name, file.url) == file.url


def test_sizes_are_those_that_their_authors_give():
    # Google's model card: B16B has 196M weights and L16L 638M.
    sizes = {
        name: published_models()[name].image_params + published_models()[name].text_params
        for name in ("LiT-B16B", "LiT-L16L")
    }
    assert {name: round(size / 1e6) for name, size in sizes.items()} == {
        "LiT-B16B": 196,
        "LiT-L16L": 638,
    }
    assert published_models()["LiT-L16Ti"].text_encoder_bytes == pytest.approx(17.2e6, rel=0.01)


def test_a_file_that_was_not_fetched_says_how_to_fetch_it(tmp_path: Path):
    model = published_models()["LiT-L16Ti"]
    with pytest.raises(ModelError, match="lit-demo models fetch LiT-L16Ti --cache-dir"):
        find_file(model.checkpoint, model.name, tmp_path)
    folder = checkpoint_folder(tmp_path)
    folder.mkdir()
    (folder / "LiT-L16Ti.npz").touch()
    assert find_file(model.checkpoint, model.name, tmp_path) == folder / "LiT-L16Ti.npz"


def test_a_hash_in_the_table_is_that_of_the_file():
    with Path(published.__file__).with_name("published.toml").open("rb") as file:
        table = with_none(tomllib.load(file))
    family = table["families"][0]
    entry = {**family["models"][0], "sha256": "ab" * 32}
    vocabulary = {**table["tokenizers"][entry["tokenizer"]], "sha256": "cd" * 32}
    tokenizers = {entry["tokenizer"]: vocabulary}
    model = published._read_model(entry, family, tokenizers)  # pyright: ignore[reportPrivateUsage]
    assert [file.sha256 for file in model.files] == ["ab" * 32, "cd" * 32]


def test_no_file_is_larger_than_its_limit():
    for model in MODELS:
        assert model.checkpoint_bytes < model.checkpoint.max_bytes
        assert all(file.sha256 is None or len(file.sha256) == 64 for file in model.files)

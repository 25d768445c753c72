"""Text towers in folders of their own, in place of a model's."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import jax.numpy as jnp
import numpy as np
import pytest

from builder.errors import BuilderError, ModelError
from builder.evaluation.models import find_specs
from builder.manifest import SoftmaxScoring
from builder.models.load import load_model
from builder.models.text_tower import replace_text_tower
from builder.spec.demo import load_spec, read_table
from builder.spec.models import ModelSpec
from builder.towers.text_transformer import embed_tokens
from builder.tuning.tower_folder import check_tower_target, finish_files, pack_tower, write_tower
from tests.tuning.towers import (
    TEXTS,
    describe_model,
    load_small,
    make_tower,
    write_demo,
    write_random_tower,
)

HUB_MODEL = Path(__file__).parents[1] / "golden" / "hub" / "siglip"


def test_a_model_with_another_text_tower_keeps_all_that_is_of_pictures(tmp_path: Path):
    model = load_small(tmp_path)
    made = write_random_tower(tmp_path / "tower", model)
    spec = write_demo(tmp_path, describe_model(more='text_tower = "tower"'))
    changed = load_model(load_spec(spec).models[0])
    assert changed.image_fingerprint == model.image_fingerprint
    assert changed.scoring == model.scoring
    assert changed.card.image_tower == model.card.image_tower
    assert changed.card.text_tower.startswith("Transformer, 1 layers, width 24, ")
    assert changed.card.text_tower.endswith("distilled")
    assert changed.text_fingerprint != model.text_fingerprint
    tokens = changed.tokenizer(TEXTS[:3])
    assert tokens.shape == (3, 8)
    expected = embed_tokens(made.tower, made.params, jnp.asarray(tokens))
    np.testing.assert_allclose(changed.text_tower(tokens), expected, atol=1e-3)


def test_a_tower_may_bring_its_own_scores(tmp_path: Path):
    model = load_small(tmp_path)
    made = replace(make_tower(model), scoring=SoftmaxScoring(scale=7))
    out = tmp_path / "tower"
    write_tower(out, finish_files(made, "tuned", pack_tower(made), "", "", []))
    assert replace_text_tower(model, out).scoring == SoftmaxScoring(scale=7)


def test_a_tower_of_another_model_is_refused(tmp_path: Path):
    model = load_small(tmp_path)
    out = tmp_path / "tower"
    write_random_tower(out, model)
    with pytest.raises(ModelError, match=r"made for the model 'lit'.*'other' has another image"):
        replace_text_tower(replace(model, id="other", space="another"), out)
    with pytest.raises(ModelError, match=f"whose rows have {model.dim} columns"):
        replace_text_tower(replace(model, dim=3), out)
    mini = ModelSpec(name="mini-tiny", text_tower=out)
    with pytest.raises(ModelError, match="make one for 'mini-tiny'"):
        load_model(mini)


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"precomputed": HUB_MODEL}, "'text_tower' cannot be given with precomputed"),
        ({"name": "hf:a/b", "max_length": 9}, "'max_length' cannot be given with text_tower"),
    ],
)
def test_what_a_text_tower_does_not_go_with_is_refused(table: dict[str, object], message: str):
    with pytest.raises(BuilderError, match=message):
        read_table(ModelSpec, {**table, "text_tower": HUB_MODEL}, "demo.toml")


def test_both_towers_of_mini_have_one_joint_space(tmp_path: Path):
    tiny, small = (load_model(ModelSpec(name=f"mini-{size}")) for size in ("tiny", "small"))
    write_random_tower(tmp_path, tiny)
    assert replace_text_tower(small, tmp_path).space == tiny.space


def test_what_is_not_such_a_folder_is_refused_in_a_sentence(tmp_path: Path):
    model = load_small(tmp_path)
    with pytest.raises(ModelError, match=r"config\.json: there is no such file.*lit-demo distil"):
        replace_text_tower(model, tmp_path)
    with pytest.raises(ModelError, match="is not the folder of a text tower"):
        replace_text_tower(model, HUB_MODEL)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"version": 2}, "version: "),
        ({"txt": {}}, r"unknown key 'txt'\. Did you mean 'text'"),
        ({"text": {"width": 24, "num_heads": 7}}, "heads"),
        ({"text": {"width": 24, "depth": 2, "num_heads": 2}}, "depth 1, not 2"),
        ({"tokenizer": {"max_length": 9}}, "reads 8 tokens, not 9"),
        ({"tokenizer": {"max_length": 8, "end_id": 5000}}, "none is the end_id, 5000"),
    ],
)
def test_a_config_that_does_not_fit_is_refused(
    tmp_path: Path, change: dict[str, object], message: str
):
    model = load_small(tmp_path)
    out = tmp_path / "tower"
    write_random_tower(out, model)
    config = json.loads((out / "config.json").read_text())
    (out / "config.json").write_text(json.dumps({**config, **change}))
    with pytest.raises(ModelError, match=message):
        _ = replace_text_tower(model, out).text_tower


@pytest.mark.parametrize("name", ["text.npz", "tokenizer.model"])
def test_a_file_that_is_missing_is_named(tmp_path: Path, name: str):
    model = load_small(tmp_path)
    out = tmp_path / "tower"
    write_random_tower(out, model)
    (out / name).unlink()
    with pytest.raises(ModelError, match=rf"{name}: there is no such file"):
        replace_text_tower(model, out)


def test_a_tower_is_written_over_an_older_one_and_over_nothing_else(tmp_path: Path):
    model = load_small(tmp_path)
    out = tmp_path / "tower"
    write_random_tower(out, model)
    (out / "notes.txt").write_text("mine")
    check_tower_target(out)
    write_random_tower(out, model)
    assert (out / "notes.txt").read_text() == "mine"
    assert replace_text_tower(model, out).dim == model.dim
    shutil.copytree(HUB_MODEL, tmp_path / "hub")
    with pytest.raises(BuilderError, match="was not written by this program"):
        check_tower_target(tmp_path / "hub")
    with pytest.raises(BuilderError, match=r"lit\.npz: is a file"):
        check_tower_target(tmp_path / "lit.npz")


def test_a_models_name_may_be_a_folder_or_one_of_a_demo(tmp_path: Path):
    (spec,) = find_specs(str(HUB_MODEL))
    assert spec.checkpoint == HUB_MODEL
    path = write_demo(tmp_path, describe_model("one"), describe_model("two"))
    assert [spec.id for spec in find_specs(str(path))] == ["one", "two"]
    assert [spec.id for spec in find_specs(f"{path}#two")] == ["two"]
    with pytest.raises(BuilderError, match=r"demo\.toml: has no model 'three', but one, two"):
        find_specs(f"{path}#three")

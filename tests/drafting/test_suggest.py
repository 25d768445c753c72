from pathlib import Path

import pytest

from builder.drafting.phrases import built_in_vocabulary
from builder.drafting.project import DRAFTS
from builder.resources import data_folder
from builder.spec.demo import load_spec
from tests.commands.run import run

NAMES = ("bison", "eiffel-tower", "kitten", "teacup")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    table = tmp_path / "pictures.csv"
    table.write_text("\n".join(["file", *(f"{data_folder()}/images/{name}.jpg" for name in NAMES)]))
    code, printed = run("new", tmp_path / "demo", "--from", table)
    assert code == 0, printed
    return tmp_path / "demo"


def test_phrases_are_plain_english():
    vocabulary = built_in_vocabulary()
    assert len(vocabulary.things) > 600
    assert {"an owl", "a teapot", "the eiffel tower", "people", "scissors"} <= {*vocabulary.things}
    assert "in the snow" in vocabulary.places


def test_a_model_suggests_what_is_shown(project: Path, tmp_path: Path):
    code, printed = run("suggest", project, "--cache-dir", tmp_path / "cache")
    assert code == 0, printed
    assert "mini-tiny suggests prompts for 4 of 4 pictures" in printed
    assert "not a person" in printed
    prompts = {image.id: image.prompts for image in load_spec(project).images}
    assert all(len(set(texts)) == 5 for texts in prompts.values())
    assert prompts["bison"][0] in ("a bison", "a bull", "a cow", "a buffalo")
    assert prompts["kitten"][0] in ("a cat", "a kitten")
    assert prompts["teacup"][0] in ("a cup", "a mug", "a teacup")
    # Each of the others has the best one of the picture that is most like it.
    assert {texts[4] for texts in prompts.values()} <= {texts[0] for texts in prompts.values()}
    text = (project / "demo.toml").read_text(encoding="utf-8")
    assert text.count("# Draft: mini-tiny suggests these") == 4


def test_what_an_author_wrote_stays(project: Path, tmp_path: Path):
    (tmp_path / "phrases.txt").write_text("a small cat\na large bovine\na cup of tea\na tower\n")
    spec = project / "demo.toml"
    text = spec.read_text(encoding="utf-8")
    mine = text.replace(f'  {DRAFTS["prompts"]}\n  "kitten"', '  "k"')
    assert mine != text
    spec.write_text(mine, encoding="utf-8")
    words = ("suggest", spec, "--phrases", tmp_path / "phrases.txt", "--cache-dir", tmp_path / "c")
    code, printed = run(*words)
    assert code == 0, printed
    assert "3 of 4 pictures" in printed
    images = {image.id: image for image in load_spec(spec).images}
    assert images["kitten"].prompts == ("k",)
    assert images["bison"].prompts[0] == "a large bovine"
    assert images["teacup"].prompts[0] == "a cup of tea"


def test_nothing_to_do_is_said(project: Path):
    spec = project / "demo.toml"
    text = spec.read_text(encoding="utf-8").replace("# Draft", "# Mine")
    spec.write_text(text, encoding="utf-8")
    code, printed = run("suggest", spec)
    assert (code, printed) == (0, f"All 4 pictures in {spec} have prompts; nothing was changed.\n")
    assert spec.read_text(encoding="utf-8") == text

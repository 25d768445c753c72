from pathlib import Path

import pytest

from builder.errors import SpecError
from builder.spec.demo import load_spec
from tests.conftest import DEMO, MakeDemo

TABLE = 'prompt_table = "prompts.csv"\n'
NO_PROMPTS = DEMO.replace('prompts = ["a red square", "a blue circle"]\n', "").replace(
    'prompts = ["a blue square", "a red square"]\n', ""
)


def with_table(make_demo: MakeDemo, csv: str, text: str = NO_PROMPTS) -> Path:
    path = make_demo(TABLE + text)
    (path.parent / "prompts.csv").write_text(csv, encoding="utf-8")
    return path


def problems_of(path: Path) -> list[str]:
    with pytest.raises(SpecError) as caught:
        load_spec(path)
    return [str(problem) for problem in caught.value.problems]


@pytest.mark.parametrize(
    "csv",
    [
        "image,prompt\nred,one\nred,two\nblue,three\n",
        "image,prompt1,prompt2\nred,one,two\nblue,three,\n",
        "prompt,image\none,images/red.png\ntwo,red\nthree,images/blue.png\n",
    ],
)
def test_prompts_may_be_in_a_table(make_demo: MakeDemo, csv: str):
    images = load_spec(with_table(make_demo, csv)).images
    assert [image.prompts for image in images] == [("one", "two"), ("three",)]


def test_each_row_that_is_of_no_picture_is_named(make_demo: MakeDemo):
    path = with_table(make_demo, "image,prompt\nred,one\nbleu,two\nblue,two\nx,3\n")
    unknown, nothing = problems_of(path)
    assert "prompts.csv:3: demo.toml has no picture 'bleu'" in unknown
    assert "Did you mean 'blue'?" in unknown
    assert "prompts.csv:5: demo.toml has no picture 'x'" in nothing


def test_prompts_are_in_one_place(make_demo: MakeDemo):
    (problem,) = problems_of(with_table(make_demo, "image,prompt\nred,one\n", DEMO))
    assert "prompts.csv:2: 'red' has prompts in demo.toml as well" in problem


def test_a_picture_without_any_is_named(make_demo: MakeDemo):
    (problem,) = problems_of(with_table(make_demo, "image,prompt\nred,one\n"))
    assert ":12: images[1].prompts: this key is missing" in problem


def test_a_table_without_its_columns_is_refused(make_demo: MakeDemo):
    (problem,) = problems_of(with_table(make_demo, "picture,prompt\nred,one\n"))
    assert "prompts.csv:1: the columns are picture, prompt" in problem


def test_a_missing_table_is_reported_with_its_line(make_demo: MakeDemo):
    problems = problems_of(make_demo(TABLE + NO_PROMPTS))
    assert ":1: prompt_table: there is no file" in problems[0]


def test_defaults_hold_for_pictures_that_say_nothing_else(make_demo: MakeDemo):
    text = DEMO.replace("[[models]]", '[defaults]\nauthor = "Ada"\nlicense = "MIT"\n\n[[models]]')
    red, blue = load_spec(make_demo(text)).images
    assert (red.author, red.license) == ("Ada", "MIT")
    assert (blue.author, blue.license) == ("Nobody", "CC0-1.0")


def test_a_wrong_default_is_reported_once(make_demo: MakeDemo):
    text = DEMO.replace("[[models]]", '[defaults]\nsource = "me"\nlicence = "MIT"\n\n[[models]]')
    source, licence = problems_of(make_demo(text))
    assert ":5: defaults.source: 'me'" in source
    assert "Did you mean 'license'?" in licence

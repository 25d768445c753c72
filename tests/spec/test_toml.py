"""`demo.toml` as people write it, and what their editors put into it."""

from pathlib import Path

import pytest

from builder.errors import BuilderError, SpecError
from builder.spec.demo import load_any_spec, load_spec
from builder.spec.toml import find_extremes, read_toml
from tests.conftest import DEMO, MakeDemo
from tests.shared import FIELD_CASES, needs


def problem_of(path: Path) -> str:
    with pytest.raises(SpecError) as caught:
        load_any_spec(path)
    (problem,) = caught.value.problems
    return str(problem).removeprefix(f"{path}")


def test_a_byte_order_mark_is_read_over(make_demo: MakeDemo):
    path = make_demo("\ufeff" + DEMO)
    assert load_spec(path).title == "Two pictures"


def test_utf_16_is_named(make_demo: MakeDemo):
    path = make_demo()
    path.write_bytes(DEMO.encode("utf-16"))
    with pytest.raises(BuilderError, match=r"demo\.toml: is text in UTF-16\. Save it as UTF-8"):
        load_spec(path)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"images/red.png"', r'"C:\Users\me\red.png"', ":8: not valid TOML: Invalid hex value"),
        ('"images/red.png"', r'"images\red.png"', ":8: images[0].file: there is no file "),
        ('"images/red.png"', r'"C:\temp\new.png"', r":8: images[0].file: there is no file '"),
        ('"images/red.png"', r'"images\new red.png"', ":8: images[0].file: there is no file "),
    ],
)
def test_backslashes_are_named_with_what_to_write(
    make_demo: MakeDemo, old: str, new: str, message: str
):
    problem = problem_of(make_demo(DEMO.replace(old, new)))
    assert problem.startswith(message)
    assert "use / or 'single quotes'" in problem


def test_backslashes_in_single_quotes_are_no_folders(make_demo: MakeDemo):
    problem = problem_of(make_demo(DEMO.replace('"images/red.png"', r"'images\red.png'")))
    assert "Write / between folders." in problem


@pytest.mark.parametrize("quotes", ["“”", "‘’", "«»", "„“"])
def test_curly_quotes_are_named_with_their_line(make_demo: MakeDemo, quotes: str):
    problem = problem_of(make_demo(DEMO.replace('"A small demo."', quotes[0] + "A" + quotes[1])))
    assert problem.startswith(":2: not valid TOML")
    assert f"a curly quote ({quotes[0]}): write straight ones" in problem


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a = " + "[" * 3000 + "]" * 3000, ": not valid TOML for this program: it is nested too"),
        ("a = " + "[" * 200 + "]" * 200, ":1: a[0]: is nested more than 32 deep"),
        (".".join("a" * 3000) + " = 1", ": a.a: is nested more than 32 deep"),
        ("b = 1\na = " + "1" * 5000, ":2: not valid TOML: the number has thousands of digits"),
        ("b = 1\na = 0x" + "f" * 9000, ":2: a: the number is beyond 64 bits"),
        ("a = -9223372036854775809", ":1: a: the number is beyond 64 bits"),
        ("a = 1\nb = 'x\0'", ":2: not valid TOML: "),
        ("a = 1\nb = 'x", ":2: not valid TOML"),
    ],
)
def test_what_no_demo_has_is_named_with_its_line(tmp_path: Path, text: str, message: str):
    path = tmp_path / "demo.toml"
    path.write_text(text)
    assert problem_of(path).startswith(message)


def test_the_integers_of_toml_are_no_extremes():
    assert list(find_extremes({"a": [2**63 - 1, -(2**63)], "b": True})) == []


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("1979-05-27", "expected text, not datetime.date(1979, 5, 27)"),
        ("inf", "expected text, not inf"),
        ("[" + "1, " * 500 + "]", " ..."),
    ],
)
def test_values_of_other_types_are_shown_in_short(make_demo: MakeDemo, value: str, message: str):
    problem = problem_of(make_demo(DEMO.replace('"Two pictures"', value)))
    assert message in problem
    assert len(problem) < 500


def test_lines_are_counted_as_toml_and_editors_do(make_demo: MakeDemo):
    text = DEMO.replace("A small demo.", "A\u2028small\x85demo.").replace("images/red", "none/red")
    assert problem_of(make_demo(text)).startswith(":8: images[0].file")


def test_the_text_is_given_for_the_lines(make_demo: MakeDemo):
    text, table = read_toml(make_demo())
    assert text == DEMO
    assert table["models"] == [{"name": "mini-tiny"}]


@needs(FIELD_CASES)
def test_the_field_case_with_a_byte_order_mark_is_read():
    assert load_spec(FIELD_CASES / "byte_order_mark.toml").title == "T"


@needs(FIELD_CASES)
def test_the_field_case_with_backslashes_is_refused_with_its_line():
    problem = problem_of(FIELD_CASES / "backslashes.toml")
    assert problem.startswith(":8: not valid TOML")
    assert "use / or 'single quotes'" in problem

"""The `[[functions]]` of a demo."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from builder.spec.functions import FunctionDemoSpec, FunctionSpec, InputSpec, id_of_function
from builder.spec.types import Target

INPUT = {"name": "x", "shape": "(b, 2)"}


def function(folder: Path, **fields: Any) -> FunctionSpec:
    table = {"function": "sums:My_Sum", "inputs": [INPUT], **fields}
    return FunctionSpec.model_validate(table, context=folder)


def test_a_function_is_called_by_its_own_name_unless_another_is_given(tmp_path: Path):
    assert function(tmp_path).id == "my-sum"
    assert function(tmp_path, id="total").id == "total"
    assert id_of_function({"function": "a.b:f_g"}) == "f-g"


def test_modules_are_looked_for_in_the_folder_of_the_demo(tmp_path: Path):
    spec = function(tmp_path)
    assert spec.function == Target("sums", "My_Sum", tmp_path)
    assert str(spec.function) == "sums:My_Sum"


def test_parameters_are_a_value_of_a_module_or_a_file(tmp_path: Path):
    (tmp_path / "params.npz").touch()
    assert function(tmp_path).params is None
    assert function(tmp_path, params="sums:params").params == Target("sums", "params", tmp_path)
    assert function(tmp_path, params="params.npz").params == tmp_path / "params.npz"
    with pytest.raises(ValidationError, match=r"no file .*none\.npz\. Add it, or name"):
        function(tmp_path, params="none.npz")


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"function": "sums"}, "'sums' does not name a module and a function. Write package"),
        ({"function": "a:b:c"}, "does not name a module and a function"),
        ({"inputs": []}, "at least 1"),
        ({"samples": "none.npz"}, r"there is no file .*none\.npz"),
        ({"min_cosine": 1.5}, "less than or equal to 1"),
        ({"min_cosine": 0.0}, "greater than 0"),
        ({"quantization": "int3"}, "quantization"),
    ],
)
def test_a_function_that_cannot_be_is_refused(tmp_path: Path, fields: dict[str, Any], message: str):
    with pytest.raises(ValidationError, match=message):
        function(tmp_path, **fields)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"name": "2x"}, "pattern"),
        ({"name": "x y"}, "pattern"),
        ({"shape": "b, 2"}, "pattern"),
        ({"dtype": "float64"}, "float32"),
        ({"range": [1, 1]}, r"range = \(1.0, 1.0\) is not increasing. Write"),
        ({"range": [2, -2]}, "is not increasing"),
        ({"labels": ["a", " "]}, "the text is empty"),
    ],
)
def test_an_input_that_cannot_be_is_refused(fields: dict[str, Any], message: str):
    with pytest.raises(ValidationError, match=message):
        InputSpec.model_validate({**INPUT, **fields})


def test_a_template_is_built_in_or_a_folder_with_a_page(tmp_path: Path):
    def template(name: str) -> str:
        table = {"title": "T", "description": "D", "template": name}
        table |= {"functions": [{"function": "a:b", "inputs": [INPUT]}]}
        return FunctionDemoSpec.model_validate(table, context=tmp_path).template

    assert [template(name) for name in ("function", "mnist")] == ["function", "mnist"]
    (tmp_path / "mine").mkdir()
    with pytest.raises(ValidationError, match=r"there is no template .*mine\. Name one of image-"):
        template("mine")
    (tmp_path / "mine" / "page.html.j2").touch()
    assert template("mine") == str((tmp_path / "mine").resolve())

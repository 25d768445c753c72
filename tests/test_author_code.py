import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from builder.author_code import author_code, load_function, load_target
from builder.errors import BuilderError, ModelError
from builder.spec.types import Target

WriteModule = Callable[..., Target]


@pytest.fixture
def write(tmp_path: Path) -> WriteModule:
    def write_module(code: str, folder: str = "demo") -> Target:
        path = tmp_path / folder / "my_own_module.py"
        path.parent.mkdir(exist_ok=True)
        path.write_text(code, encoding="utf-8")
        return Target("my_own_module", "make", path.parent)

    return write_module


def test_a_function_is_found_in_the_folder(write: WriteModule):
    target = write("def make():\n    return 3\n")
    assert load_target(target)() == 3
    assert str(target.folder) not in sys.path


def test_a_module_that_changed_is_read_again(write: WriteModule):
    assert load_target(write("make = 1\n")) == 1
    assert load_target(write("make = 2 + 0\n")) == 2
    assert load_target(write("make = 3 + 0\n", "other")) == 3


def test_what_is_no_function_is_named(write: WriteModule):
    with pytest.raises(BuilderError, match=r"my_own_module:make: is no function, but 1\. Name"):
        load_function(write("make = 1\n"))


def test_an_installed_module_is_found_too(tmp_path: Path):
    assert load_target(Target("json", "loads", tmp_path))("[1]") == [1]


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("other = 1\n", r"my_own_module:make: .*my_own_module\.py has nothing called 'make'"),
        ("import no_such_package\n", r"No module named 'no_such_package' \(.*my_own_module.py:1\)"),
        ("x = 1\n1 / 0\n", r"ZeroDivisionError: division by zero \(.*my_own_module\.py:2\)"),
        ("\ndef make(:\n", r"SyntaxError: invalid syntax \(.*my_own_module\.py:2\)"),
        ("import json\njson.loads('{')\n", r"JSONDecodeError: .* \(.*my_own_module\.py:2\)"),
    ],
)
def test_a_module_that_fails_is_named_with_the_line(write: WriteModule, code: str, message: str):
    with pytest.raises(BuilderError, match=message):
        load_target(write(code))


def test_a_module_that_is_not_there_is_named_with_the_folder(tmp_path: Path):
    with pytest.raises(BuilderError, match=f"no module 'no_such' in {tmp_path}"):
        load_target(Target("no_such.module", "make", tmp_path))


def test_errors_that_already_have_a_remedy_pass(write: WriteModule):
    target = write("make = 1\n")
    with pytest.raises(ModelError, match=r"^as it is$"), author_code(target):
        raise ModelError("as it is")

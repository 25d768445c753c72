import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import builder
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
    with pytest.raises(BuilderError, match=r"my_own_module:make: is not a function but 1\. Name"):
        load_function(write("make = 1\n"))


def test_an_installed_module_is_found_too(tmp_path: Path):
    assert load_target(Target("json", "loads", tmp_path))("[1]") == [1]


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("other = 1\n", r"my_own_module:make: .*my_own_module\.py does not define 'make'"),
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


@pytest.mark.parametrize(
    ("file", "owner"),
    [
        ("builder.py", "the package 'builder' of this program"),
        ("builder/__init__.py", "the package 'builder' of this program"),
        ("jax.py", "the installed package 'jax'"),
        ("numpy/__init__.py", "the installed package 'numpy'"),
        ("pydantic.py", "the installed package 'pydantic'"),
    ],
)
def test_a_module_beside_the_target_that_would_replace_one_in_use_is_refused_by_name(
    write: WriteModule, file: str, owner: str
):
    target = write("make = 1\n")
    path = target.folder / file
    path.parent.mkdir(exist_ok=True)
    path.write_text("", encoding="utf-8")
    named = target.folder / Path(file).parts[0]
    with pytest.raises(BuilderError) as caught:
        load_target(target)
    assert str(caught.value) == (
        f"my_own_module:make: {named} has the same name as {owner} and would replace it. Rename it."
    )
    assert str(target.folder) not in sys.path


@pytest.mark.parametrize(
    ("file", "module", "owner"),
    [
        ("builder.py", "builder", "the package 'builder' of this program"),
        ("builder/mine.py", "builder.mine", "the package 'builder' of this program"),
        ("numpy.py", "numpy", "the installed package 'numpy'"),
        ("json.py", "json", "Python's module 'json'"),
    ],
)
def test_a_target_that_would_replace_a_module_in_use_is_refused_by_name(
    tmp_path: Path, file: str, module: str, owner: str
):
    path = tmp_path / file
    path.parent.mkdir(exist_ok=True)
    path.write_text("def make():\n    return 3\n", encoding="utf-8")
    before = {name: sys.modules[name] for name in ("builder", "builder.errors", "numpy", "json")}
    with pytest.raises(BuilderError) as caught:
        load_function(Target(module, "make", tmp_path))
    message = str(caught.value)
    assert f"{tmp_path / Path(file).parts[0]} has the same name as {owner}" in message
    assert message.endswith(f"Rename it, and correct '{module}:make'.")
    assert all(sys.modules[name] is found for name, found in before.items())


@pytest.mark.parametrize("file", ["jax/weights.npz", "json.py", "wave.py", "builder.toml"])
def test_what_replaces_no_module_in_use_may_have_its_name(write: WriteModule, file: str):
    target = write("import json\nmake = json.loads('[1]')\n")
    path = target.folder / file
    path.parent.mkdir(exist_ok=True)
    path.write_text("", encoding="utf-8")
    assert load_target(target) == [1]


def test_this_program_may_lie_in_the_folder():
    folder = Path(builder.__file__).resolve().parent.parent
    assert load_target(Target("builder.errors", "BuilderError", folder)) is BuilderError


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("import sys; sys.exit()", "it ends the program"),
        ("raise SystemExit('bye')", "it ends the program"),
        ("raise BaseException('odd')", "BaseException: odd"),
        ("raise GeneratorExit", "GeneratorExit:"),
        ("make()", "RecursionError: maximum recursion depth exceeded"),
        ("raise MemoryError", "MemoryError:"),
        ("raise Exception('x' * 10_000)", r"Exception: x{480,500} \.\.\."),
        ("raise Unspeakable", "Unspeakable"),
    ],
)
def test_whatever_the_authors_code_raises_names_its_line(
    write: WriteModule, code: str, message: str
):
    unspeakable = "class Unspeakable(Exception):\n    def __str__(self): raise ValueError\n"
    target = write(f"{unspeakable}def make():\n    {code}\n")
    with (
        pytest.raises(BuilderError, match=rf"my_own_module:make: {message} ?\(.*module\.py:4\)"),
        author_code(target),
    ):
        load_function(target)()


def test_a_module_that_ends_the_program_is_named(write: WriteModule):
    with pytest.raises(BuilderError, match=r"it ends the program \(.*my_own_module\.py:2\)"):
        load_target(write("import sys\nsys.exit(0)\n"))


def test_ctrl_c_passes_through_the_authors_code(write: WriteModule):
    with pytest.raises(KeyboardInterrupt):
        load_target(write("raise KeyboardInterrupt\n"))


def test_the_working_directory_and_the_path_are_as_before(write: WriteModule, tmp_path: Path):
    before, place = list(sys.path), Path.cwd()
    code = "import os, sys\nos.chdir('/')\nsys.path[:] = ['added']\nmake = 1\n"
    try:
        assert load_target(write(code)) == 1
        assert Path.cwd() == place
        assert {*sys.path} == {*before, "added"}
    finally:
        sys.path[:] = before


def test_a_module_that_fails_when_asked_for_a_name_is_named(write: WriteModule):
    with pytest.raises(BuilderError, match=r"ValueError: no \(.*my_own_module\.py:2\)"):
        load_target(write("def __getattr__(name):\n    raise ValueError('no')\n"))


def test_a_folder_that_is_not_there_is_named(tmp_path: Path):
    with pytest.raises(BuilderError, match=r"nowhere: cannot be read: No such file"):
        load_target(Target("a", "b", tmp_path / "nowhere"))

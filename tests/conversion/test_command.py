import re
import shlex
from pathlib import Path

import numpy as np
import pytest

from builder import tfjs_predict_fn
from tests.commands.run import run

CODE = """\
import jax
import jax.numpy as jnp

def dense(params, x):
    return jnp.tanh(x @ params["dense"]["kernel"] + params["dense"]["bias"])

def embed(params, tokens):
    return params["table"][tokens].mean(axis=1)

def fail(params, x):
    if x.shape[1] > 8:
        raise ValueError("too many columns")

def repeat(params, x):
    return jax.lax.while_loop(lambda s: jnp.abs(s).sum() < 9, lambda s: s * 2 + 1, x)

def decompose(params, x):
    return jnp.linalg.eigvals(x)
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a module of JAX functions, its name unique since modules are kept."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / f"{module_of(tmp_path)}.py").write_text(CODE)
    rng = np.random.default_rng(0)
    np.savez(
        tmp_path / "params.npz",
        **{  # pyright: ignore[reportArgumentType]
            "dense/kernel": rng.normal(scale=0.1, size=(64, 32)).astype(np.float32),
            "dense/bias": np.ones(32, np.float32),
            "table": rng.normal(size=(100, 64)).astype(np.float32),
        },
    )
    return tmp_path


def module_of(folder: Path) -> str:
    return f"functions_{folder.name}".replace("-", "_")


def convert(project: Path, function: str, *options: str) -> tuple[int, str]:
    target = f"{module_of(project)}:{function}"
    return run("convert", target, "--params", "params.npz", "-o", "out", *options)


def test_a_function_with_a_loop_is_said_to_need_execute_async(project: Path):
    code, text = convert(project, "repeat", "--input", "x=(b, 4):float32")
    assert (code, "call executeAsync()" in text) == (0, True), text
    x = np.ones((2, 4), np.float32)
    np.testing.assert_array_equal(tfjs_predict_fn("out")(x), 3 * x)
    assert "executeAsync" not in convert(project, "dense", "--input", "x=(b, 64):float32")[1]


def test_a_function_is_converted_and_runs(project: Path):
    code, text = convert(project, "dense", "--input", "x=(b, 64):float32")
    assert (code, "min cosine 1.000000" in text) == (0, True), text
    with np.load("params.npz") as params:
        kernel, bias = params["dense/kernel"], params["dense/bias"]
    x = np.random.default_rng(1).normal(size=(3, 64)).astype(np.float32)
    expected = np.tanh(x @ kernel + bias)
    np.testing.assert_allclose(tfjs_predict_fn("out")(x), expected, atol=1e-5)


def test_whole_numbers_may_be_inputs(project: Path):
    assert convert(project, "embed", "--input", "(b, 16):int32")[0] == 0


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["float16", "auto"])
def test_quantized_weights_are_smaller(project: Path, kind: str):
    def size() -> int:
        return sum(path.stat().st_size for path in Path("out").glob("*.bin"))

    convert(project, "dense", "--input", "(b, 64):float32")
    full = size()
    for path in Path("out").iterdir():
        path.unlink()
    code, text = convert(project, "dense", "--input", "(b, 64):float32", "--quantize", kind)
    assert code == 0, text
    assert size() < 0.6 * full


@pytest.mark.parametrize(
    ("function", "options", "message"),
    [
        ("dense", ["--input", "b, 64"], "--input 'b, 64' is not understood"),
        ("dense", ["--input", "(b, 64):float33"], "there is no dtype 'float33'"),
        ("dense", ["--input", "(b, 64):float32", "--min-cosine", "1.1"], "below the 1.1"),
        ("dense", ["--input", "(b, 64):float32", "--max-bytes", "99"], "more than the 99"),
        ("none", ["--input", "(b, 64):float32"], "does not define 'none'"),
        ("fail", ["--input", "(b, 64):float32"], "ValueError: too many columns"),
        ("dense", ["--input", "(b, 7):float32"], "dot_general"),
        ("decompose", ["--input", "(4, 4):float32"], "eig"),
        ("dense", ["--input", "(b, 64):float32", "--converter", "tensorflowjs"], "pip install"),
    ],
)
def test_what_cannot_be_done_is_refused_and_nothing_written(
    project: Path, function: str, options: list[str], message: str
):
    code, text = convert(project, function, *options)
    assert (code, message in text) == (2, True), text
    assert "Traceback" not in text
    assert not Path("out").exists()


def test_only_a_model_of_ours_is_replaced_and_the_rest_is_kept(project: Path):
    convert(project, "dense", "--input", "x=(b, 64):float32")
    stale = {path.name for path in Path("out").glob("weights-*")}
    Path("out", "README.md").write_text("mine")
    Path("out", "weights-0123456789abcdef.bin").write_bytes(b"not what the name says")
    code, text = convert(project, "repeat", "--input", "x=(b, 4):float32")
    assert code == 0, text
    names = {path.name for path in Path("out").iterdir()}
    assert names >= {"model.json", "README.md", "weights-0123456789abcdef.bin"}
    assert stale
    assert not stale & names


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("thesis.tex", "is not empty and holds no model"),
        ("model.json", "was not written by this program"),
        (None, "is not a folder"),
    ],
)
def test_a_folder_of_something_else_is_refused_at_once(
    project: Path, name: str | None, message: str
):
    path = Path("out", name) if name else Path("out")
    path.parent.mkdir(exist_ok=True)
    path.write_text('{"generatedBy": "someone else", "weightsManifest": []}')
    # The function does not exist; it is not even looked for.
    code, text = convert(project, "none", "--input", "x=(b, 4):float32")
    assert (code, message in text) == (2, True), text
    assert "someone else" in path.read_text()


PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "convert.md"


def blocks(language: str) -> list[str]:
    """What the page shows of a language."""
    return re.findall(rf"```{language}\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)


@pytest.mark.slow
def test_what_the_page_shows_in_python_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    exec(compile("\n".join(blocks("python")), PAGE.name, "exec"), {})
    for name in ("module", "mlp", "classifier", "small"):
        assert (tmp_path / name / "model.json").is_file()


def test_what_the_page_shows_of_the_command_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "my_module.py").write_text("def apply(params, x):\n    return x @ params['w']\n")
    np.savez("params.npz", w=np.random.default_rng(0).normal(size=(16, 80)).astype(np.float32))
    (commands,) = blocks("sh")
    for command in commands.splitlines():
        code, text = run(*shlex.split(command)[1:])
        assert code == 0, text


def test_missing_modules_and_files_are_named(project: Path):
    words = ["--input", "(b, 64):float32", "-o", "out"]
    code, text = run("convert", "no_such_module:f", "--params", "params.npz", *words)
    assert (code, "no_such_module" in text) == (2, True)
    code, text = run("convert", f"{module_of(project)}:dense", "--params", "no.npz", *words)
    assert (code, "no.npz" in text) == (2, True)


def test_parameters_that_are_no_npz_file_are_refused(project: Path):
    Path("picture.npz").write_bytes(b"\x89PNG")
    words = ["--input", "(b, 64):float32", "-o", "out", "--params", "picture.npz"]
    code, text = run("convert", f"{module_of(project)}:dense", *words)
    assert (code, text) == (
        2,
        "Error: picture.npz: is not an npz file, or not a complete one. Download it again, or write"
        " one with numpy.savez.\n",
    )

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

from builder.cache import Cache
from builder.errors import BuilderError
from builder.manifest import FunctionSiteManifest
from builder.pipeline.functions import build_functions
from builder.progress import Progress
from builder.project import create_project
from builder.site.check import check_site
from builder.spec.demo import load_any_spec, load_spec
from builder.spec.functions import FunctionDemoSpec
from builder.tfjs.runtime import Runtime
from tests.commands.run import run
from tests.site.manifests import load_function_manifest
from tests.site.sites import content, write_small_site

CODE = """\
import jax.numpy as jnp
import numpy as np

params = {"weight": np.array([0.5, 1])}

def prod(params, xs):
    return (params["weight"] * xs).sum(axis=-1)

def both(params, a, b):
    return {"sum": a + b, "product": a * b}

def dense(params, x):
    return jnp.tanh(x @ params["dense"]["kernel"])

def fails(params, xs):
    raise RuntimeError("out of ideas")

def decompose(params, xs):
    return jnp.linalg.eigvals(jnp.outer(xs[0], xs[0])).real
"""

DEMO = """\
title = "Numbers"
description = "Some numbers."
template = "function"

[[functions]]
function = "sums:prod"
params = "sums:params"

[[functions.inputs]]
name = "xs"
shape = "(b, 2)"
range = [-10, 10]
"""

DENSE = """\
title = "Numbers"
description = "Some numbers."
template = "function"

[[functions]]
function = "sums:dense"
params = "params.npz"
samples = "samples.npz"
quantization = "float16"

[[functions.inputs]]
name = "x"
shape = "(b, 64)"
"""


@pytest.fixture
def demo(tmp_path: Path) -> Path:
    folder = tmp_path / "demo"
    folder.mkdir()
    (folder / "sums.py").write_text(CODE)
    (folder / "demo.toml").write_text(DEMO)
    rng = np.random.default_rng(0)
    kernel = rng.normal(scale=0.1, size=(64, 32)).astype(np.float32)
    np.savez(folder / "params.npz", **{"dense/kernel": kernel})  # pyright: ignore[reportArgumentType]
    np.savez(folder / "samples.npz", x=rng.normal(size=(3, 64)).astype(np.float32))
    return folder


def build(demo: Path) -> tuple[int, str]:
    words = ("-o", demo.parent / "site", "--cache-dir", demo.parent / "cache")
    return run("build", demo / "demo.toml", *words)


def manifest_of(demo: Path) -> FunctionSiteManifest:
    return load_function_manifest(demo.parent / "site")


def predict(demo: Path, inputs: dict[str, object]) -> dict[str, np.ndarray]:
    """What the first function of the built site computes in TensorFlow.js."""
    site, (function, *_) = (
        demo.parent / "site",
        manifest_of(demo).functions,
    )
    files = {Path(w.url).name: (site / w.url).read_bytes() for w in function.weights}
    with Runtime() as runtime:
        runtime.load({"model.json": (site / function.model.url).read_bytes(), **files})
        return runtime.predict(inputs)


def test_a_function_becomes_a_whole_site_that_computes_it(demo: Path):
    code, text = build(demo)
    assert code == 0, text
    site = demo.parent / "site"
    assert check_site(site) == []
    assert run("check", site)[0] == 0
    xs = np.array([[1, 2], [3, 4], [5, 6]], np.float32)
    np.testing.assert_allclose(predict(demo, {"xs": xs})["output"], [2.5, 5.5, 8.5], atol=1e-6)
    report = json.loads((site / "report.json").read_bytes())
    assert report["functions"][0]["parity"]["max_abs_error"] < 1e-5
    assert 0 < report["bytes_before_first_answer"] <= report["total_bytes"]


def test_the_manifest_describes_inputs_and_a_call_to_reproduce(demo: Path):
    build(demo)
    (function,) = manifest_of(demo).functions
    assert function.id == "prod"
    assert [(i.name, i.shape, i.range) for i in function.inputs] == [("xs", (None, 2), (-10, 10))]
    golden = function.golden

    def read(url: str) -> np.ndarray:
        return np.frombuffer((demo.parent / "site" / url).read_bytes(), np.float32)

    xs = read(golden.inputs[0].url).reshape(golden.inputs[0].shape)
    np.testing.assert_allclose(read(golden.outputs[0].url), xs @ [0.5, 1], atol=1e-5)
    assert 0 < golden.tolerance < 0.1


def test_several_inputs_and_outputs_keep_their_names(demo: Path):
    text = DEMO.partition("[[functions]]")[0] + '[[functions]]\nfunction = "sums:both"\n'
    for name in ("a", "b"):
        text += f'[[functions.inputs]]\nname = "{name}"\nshape = "()"\ndtype = "int32"\n'
    (demo / "demo.toml").write_text(text)
    assert build(demo)[0] == 0
    found = predict(demo, {"a": np.int32(6), "b": np.int32(7)})
    assert {name: int(array) for name, array in found.items()} == {"sum": 13, "product": 42}


def test_weights_may_take_fewer_bytes(demo: Path):
    def size() -> int:
        assert build(demo)[0] == 0
        return sum(weight.bytes for weight in manifest_of(demo).functions[0].weights)

    (demo / "demo.toml").write_text(DENSE.replace("float16", "none"))
    full = size()
    (demo / "demo.toml").write_text(DENSE)
    assert size() == full / 2
    assert manifest_of(demo).functions[0].golden.inputs[0].shape == (
        3,
        64,
    )


def test_a_second_build_finds_its_results_and_writes_the_same_bytes(
    demo: Path, monkeypatch: pytest.MonkeyPatch
):
    build(demo)
    first = content(demo.parent / "site")

    def refuse(*_: object) -> None:
        raise AssertionError("converted again")

    monkeypatch.setattr("builder.conversion.page_function._convert", refuse)
    assert build(demo)[0] == 0
    second = content(demo.parent / "site")
    assert {**first, "report.json": b""} == {**second, "report.json": b""}


@pytest.mark.parametrize(("old", "new"), [("0.5, 1", "0.5, 2"), (".sum(", ".max(")])
def test_other_parameters_or_code_are_converted_anew(demo: Path, old: str, new: str):
    build(demo)
    before = manifest_of(demo).functions[0]
    (demo / "sums.py").write_text(CODE.replace(old, new))
    assert build(demo)[0] == 0
    after = manifest_of(demo).functions[0]
    assert after.golden.outputs[0].sha256 != before.golden.outputs[0].sha256
    assert (after.model, after.weights) != (before.model, before.weights)


def edit(old: str, new: str) -> Callable[[Path], None]:
    def spoil(demo: Path) -> None:
        path = demo / "demo.toml"
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new))

    return spoil


def want_samples(demo: Path) -> None:
    (demo / "demo.toml").write_text(DENSE.replace("(b, 64)", "(b, 63)"))


def damage_params(demo: Path) -> None:
    (demo / "demo.toml").write_text(DENSE)
    (demo / "params.npz").write_bytes(b"not a ZIP")


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (edit('"sums:prod"', '"sums:none"'), "sums.py does not define 'none'"),
        (edit('"sums:prod"', '"sum:prod"'), "there is no module 'sum'"),
        (edit('"sums:prod"', '"prod"'), "does not name a module and a function"),
        (edit('"sums:prod"', '"sums:params"'), "is not a function"),
        (edit('"sums:prod"', '"sums:fails"'), "out of ideas"),
        (edit('"sums:prod"', '"sums:decompose"'), "eig"),
        (edit('"sums:params"', '"no.npz"'), "no.npz|Add it"),
        (edit('"(b, 2)"', '"b, 2"'), "is not a shape in parentheses"),
        (edit('"(b, 2)"', '"(b, 2"'), "is not a shape in parentheses"),
        (edit('"(b, 2)"', '"(b +, 2)"'), "is not understood"),
        (edit("[-10, 10]", "[10, -10]"), "is not increasing"),
        (edit('"xs"', '"x s"'), "is not a name"),
        (edit("range", "rang"), "Did you mean 'range'?"),
        (edit('"function"\n', '"no-such-folder"\n'), "there is no template"),
        (want_samples, "'x' has the shape (3, 64), which does not match (b, 63)"),
        (damage_params, "params.npz"),
    ],
)
def test_mistakes_are_told_and_leave_the_old_site(
    demo: Path, spoil: Callable[[Path], None], message: str
):
    site = demo.parent / "site"
    write_small_site(site)
    before = content(site)
    spoil(demo)
    code, text = build(demo)
    assert code == 2, text
    assert "Traceback" not in text
    assert all(part in text for part in message.split("|")), text
    assert content(site) == before


def test_an_id_cannot_stand_twice(demo: Path):
    (demo / "demo.toml").write_text(DEMO + DEMO.partition('template = "function"')[2])
    code, text = build(demo)
    assert (code, "the id 'prod' is already used by functions[0]" in text) == (2, True), text


def test_limits_of_parity_are_kept(demo: Path):
    (demo / "demo.toml").write_text(DENSE.replace('"float16"', '"uint8"\nmin_cosine = 0.99999999'))
    code, text = build(demo)
    assert (code, "below min_cosine" in text) == (2, True), text


PAGE = """\
{% extends "base.html.j2" %}
{% block script %}
<script type="module" src="{{ asset('page.js') }}"></script>
{% endblock %}
{% block body %}
<h1>{{ manifest.title }}</h1>
{% endblock %}
"""


@pytest.fixture
def own_template(demo: Path) -> Path:
    folder = demo / "mine"
    folder.mkdir()
    (folder / "page.html.j2").write_text(PAGE)
    (folder / "page.js").write_text("import { load } from './functions.js';\n")
    (demo / "demo.toml").write_text(DEMO.replace('template = "function"', 'template = "mine"'))
    return folder


def test_a_template_of_the_authors_own_makes_the_page(demo: Path, own_template: Path):
    code, text = build(demo)
    assert code == 0, text
    files = content(demo.parent / "site")
    (script,) = (url for url in files if url.endswith("/page.js"))
    assert f'src="{script}"'.encode() in files["index.html"]
    assert b"Content-Security-Policy" in files["index.html"]
    stub = files[script.replace("page.js", "functions.js")].decode()
    module = stub.removeprefix('export * from "../').removesuffix('";\n')
    assert module in files
    assert check_site(demo.parent / "site") == []


def test_what_a_template_s_folder_hides_is_not_published_but_told(demo: Path, own_template: Path):
    (demo / "secret.js").write_text("secret")
    (own_template / "link.js").symlink_to("../secret.js")
    for name in (".git/config", "model.npz"):
        (own_template / name).parent.mkdir(exist_ok=True)
        (own_template / name).write_text("secret")
    code, text = build(demo)
    assert code == 0, text
    assert "Note: Left out of the site" in text
    assert ".git/ (hidden), link.js (a link that leaves the folder), model.npz (of a kind" in text
    assert b"secret" not in content(demo.parent / "site").values()
    report = json.loads((demo.parent / "site" / "report.json").read_text())
    assert len(report["warnings"]) == 1


def test_files_of_a_template_are_named_by_their_content(demo: Path, own_template: Path):
    def script() -> str:
        assert build(demo)[0] == 0
        (url,) = (url for url in content(demo.parent / "site") if url.endswith("/page.js"))
        return url

    before = script()
    assert script() == before
    (own_template / "page.js").write_text("// Another.\n")
    assert script() != before


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("page.js", "pgae.js", "there is no file 'pgae.js' beside it, only page.js, functions.js"),
        ("manifest.title", "manifest.tilte", "tilte"),
        ("{% endblock %}\n{% block body", "{% block body", "page.html.j2:"),
    ],
)
def test_mistakes_in_a_template_are_told(
    demo: Path, own_template: Path, old: str, new: str, message: str
):
    (own_template / "page.html.j2").write_text(PAGE.replace(old, new))
    code, text = build(demo)
    assert (code, message in text) == (2, True), text
    assert not (demo.parent / "site").exists()


def test_the_project_of_the_function_template_builds_as_it_is(tmp_path: Path):
    spec = load_any_spec(create_project(tmp_path / "mine", "function"))
    assert isinstance(spec, FunctionDemoSpec)
    report = build_functions(
        spec,
        tmp_path / "site",
        cache=Cache(tmp_path / "cache"),
        progress=Progress(Console(quiet=True)),
    )
    assert [function.id for function in report.functions] == ["prod"]


def test_a_demo_of_functions_is_no_demo_of_pictures(demo: Path):
    with pytest.raises(BuilderError, match="has no models or pictures"):
        load_spec(demo / "demo.toml")

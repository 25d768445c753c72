"""What the exporter writes, loaded in Chromium as anyone would load it, against JAX."""

import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from playwright.sync_api import Page, Playwright

from builder.tfjs.export import export
from builder.tfjs.graph import Array
from builder.tfjs.lower import extent
from tests.chromium import SOFTWARE_GPU_FLAGS, chromium_path
from tests.static_server import serve_folder
from tests.tfjs.functions import (
    BITS,
    CONVOLUTIONS,
    LAYERS,
    MODELS,
    ORDER,
    PRODUCTS,
    SEQUENCES,
    UPDATES,
    Function,
)
from tests.tfjs.loops import LOOPS

WEBAPP = Path(__file__).parents[2] / "webapp_src"

# Under Node all functions are tried; here those whose kernels differ most between backends.
CHOSEN = (*PRODUCTS, *SEQUENCES, *LAYERS, *CONVOLUTIONS, *ORDER, *MODELS)

# WebGL writes to places, and holds integers, in ways of its own: as float32, in which the sign bit
# is not exact.
ON_WEBGL = (*CHOSEN, *UPDATES, *(f for f in BITS if f.name != "logical_right_1"))

# On a GPU, the conditions of loops are read back.
ON_GPU = tuple(
    f for f in LOOPS if f.name in ("while_nested", "scan_symbolic_bool", "switch_loops", "lstm")
)

# On every backend; WebGPU compiles a program for each shape, slowly without a GPU.
CASES = [
    pytest.param(backend, function, id=f"{backend}-{function}")
    for backend, functions in {
        "wasm": CHOSEN,
        "webgl": (*ON_WEBGL, *ON_GPU),
        "webgpu": (*PRODUCTS, *MODELS, *ON_GPU),
    }.items()
    for function in functions
]

# Graphics may round exponentials and reciprocals more coarsely than a processor.
TOLERANCE = {"wasm": 1e-5, "webgl": 1e-3, "webgpu": 1e-3}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("exports")
    command = ["npx", "--no-install", "vite", "build", "--config", "e2e/vite.config.ts"]
    subprocess.run([*command, "--outDir", folder, "--logLevel", "warn"], cwd=WEBAPP, check=True)
    (folder / "index.html").write_text('<script type="module" src="page.js"></script>')
    return folder


@pytest.fixture(scope="module")
def origin(folder: Path) -> Iterator[str]:
    with serve_folder(folder) as url:
        yield url


@pytest.fixture(scope="module")
def start(playwright: Playwright, origin: str) -> Iterator[Callable[[str], Page]]:
    """Gives the page of a backend, one for all functions."""
    with ExitStack() as stack:

        @cache
        def start(backend: str) -> Page:
            browser = playwright.chromium.launch(
                executable_path=chromium_path(), args=list(SOFTWARE_GPU_FLAGS)
            )
            stack.callback(browser.close)
            page = browser.new_page()
            page.goto(origin)
            page.wait_for_function("globalThis.exportedModels")
            page.evaluate("(backend) => exportedModels.start(backend)", backend)
            return page

        yield start


def run_in_page(
    page: Page, url: str, inputs: dict[str, Array], outputs: Sequence[str]
) -> list[list[Any]]:
    sent = {
        name: {"values": x.ravel().tolist(), "shape": list(x.shape), "dtype": x.dtype.name}
        for name, x in inputs.items()
    }
    call = "([url, inputs, outputs]) => exportedModels.run(url, inputs, outputs)"
    return page.evaluate(call, [url, sent, list(outputs)])


@pytest.mark.parametrize(("backend", "function"), CASES)
def test_a_model_computes_in_chromium_what_jax_computes(
    start: Callable[[str], Page],
    folder: Path,
    backend: str,
    function: Function,
    monkeypatch: pytest.MonkeyPatch,
):
    if function in LOOPS:
        monkeypatch.setattr(extent, "MOST_EQUATIONS", 50)

    def apply(_: object, *xs: Any) -> Any:
        return function.apply(*xs)

    model = export(apply, (), function.specs)
    model.save(folder / "models" / backend / function.name)
    inputs = function.arrays()
    url = f"models/{backend}/{function.name}/model.json"
    found = run_in_page(start(backend), url, inputs, list(model.outputs))
    expected = jax.tree.leaves(function.apply(*map(jnp.asarray, inputs.values())))
    for values, wanted in zip(found, expected, strict=True):
        actual = np.array(values, np.float64).reshape(wanted.shape)
        tolerance = TOLERANCE[backend]
        np.testing.assert_allclose(actual, np.float64(wanted), rtol=tolerance, atol=tolerance)

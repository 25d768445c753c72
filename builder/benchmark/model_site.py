"""Makes a small site of a single graph model, so that benchmark.html can measure it."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from builder.conversion.samples import check_dims
from builder.errors import SiteError, reading
from builder.function_manifest import ArrayRef, Function, FunctionGolden, FunctionInput
from builder.manifest import FunctionSiteManifest, Generator
from builder.site.bundle import to_json
from builder.site.files import Files, refer
from builder.site.folder import MANIFEST
from builder.site.template import IMAGE_TEXT, load_template
from builder.spec.types import slug
from builder.tfjs.graph import Array
from builder.tfjs.model import read_files
from builder.tfjs.runtime import Runtime
from builder.tfjs.trace import narrow_dtype
from builder.version import NAME, __version__

_DTYPES: Mapping[str, Any] = {"DT_FLOAT": "float32", "DT_INT32": "int32"}
_TOLERANCE = 0.01
"""In parts of the largest output; GPUs compute with fewer digits than Node."""


def make_model_site(folder: Path, batch: int) -> Mapping[str, bytes]:
    """The files of a site for the graph model in a folder that `lit-demo convert` wrote.

    Sizes that vary become `batch`. A browser must compute what TensorFlow.js computes under Node,
    for inputs of random numbers, or of zeros if they are integers.

    Raises:
        ExportError: if a file of the model is missing, or it does not run.
        SiteError: if an input holds neither floats nor integers.
    """
    contents = read_files(folder)
    with reading(folder / "model.json", "Convert the model again.", SiteError):
        signature = json.loads(contents["model.json"])["signature"]
        kinds = signature["inputs"].items()
        inputs = {name: _read_input(folder, name, kind) for name, kind in kinds}
    samples = {name: _draw(kind, batch) for name, kind in inputs.items()}
    with Runtime() as runtime:
        runtime.load(contents)
        outputs = runtime.predict(samples)
    files = Files()
    largest = max(float(np.abs(output).max(initial=0)) for output in outputs.values())
    function = Function(
        id=slug(folder.resolve().name) or "model",
        model=files.add_as("functions/model.json", contents.pop("model.json")),
        weights=tuple(files.add_as(f"functions/{path}", data) for path, data in contents.items()),
        inputs=tuple(inputs.values()),
        outputs=tuple(outputs),
        golden=FunctionGolden(
            inputs=tuple(_add_array(files, f"input-{name}", a) for name, a in samples.items()),
            outputs=tuple(_add_array(files, f"output-{name}", a) for name, a in outputs.items()),
            tolerance=_TOLERANCE * (largest or 1),
        ),
    )
    manifest = FunctionSiteManifest(
        generator=Generator(name=NAME, version=__version__),
        title=folder.resolve().name,
        description="A graph model.",
        language="en",
        links=(),
        files=(),
        functions=(function,),
        data={},
    )
    page = load_template(IMAGE_TEXT).render_others(manifest, MANIFEST)
    refs = tuple(refer(url, data) for url, data in sorted(page.items()))
    named = manifest.model_copy(update={"files": refs})
    return {**files.content, **page, MANIFEST: to_json(named)}


def _read_input(folder: Path, name: str, kind: Mapping[str, Any]) -> FunctionInput:
    if kind["dtype"] not in _DTYPES:
        raise SiteError(f"{folder}: cannot measure the input '{name}' of dtype {kind['dtype']}.")
    sizes = (int(dim["size"]) for dim in kind["tensorShape"].get("dim", ()))
    return FunctionInput(
        name=name,
        dtype=_DTYPES[kind["dtype"]],
        shape=tuple(None if size < 0 else size for size in sizes),
        range=None,
        labels=(),
    )


def _draw(kind: FunctionInput, batch: int) -> Array:
    shape = [batch if size is None else size for size in kind.shape]
    check_dims(shape)
    if kind.dtype == "int32":
        return np.zeros(shape, np.int32)
    return np.random.default_rng(0).uniform(-1, 1, shape).astype(np.float32)


def _add_array(files: Files, stem: str, array: Array) -> ArrayRef:
    file = files.add(f"functions/{slug(stem)}", ".bin", array.tobytes())
    return ArrayRef(**file.model_dump(), dtype=narrow_dtype(array.dtype, stem), shape=array.shape)

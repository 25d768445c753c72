"""A function as TensorFlow.js runs it, compared with JAX before it is kept."""

import io
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import jax
import numpy as np

from builder.author_code import author_code
from builder.cache import Cache, digest, digest_folder
from builder.conversion.calls import Call, load_call
from builder.conversion.selection import select_quantization
from builder.errors import ParityError
from builder.progress import Advance, Progress
from builder.spec.functions import FunctionSpec
from builder.tfjs.export import MAX_ABS_ERROR, Parity, export, measure_parity
from builder.tfjs.graph import Array
from builder.tfjs.model import GraphModel
from builder.tfjs.runtime import Runtime
from builder.version import __version__

_SLACK = 1e-3
"""What a browser's backend may add to the builder's own difference, in parts of the output."""

_EXPORTER = Path(__file__).parents[1] / "tfjs"


@dataclass(frozen=True)
class ConvertedFunction:
    """A graph model by file name, its outputs by name, and how far it is from JAX.

    `float32_max_abs_error` is that of the graph before quantization, the parity that of what is
    shipped. `tolerance` is the largest difference from `call` that a page may accept.
    """

    files: Mapping[str, bytes]
    outputs: tuple[str, ...]
    ops: int
    quantization: str
    float32_max_abs_error: float
    parity: Parity
    tolerance: float


def convert_function(
    spec: FunctionSpec, *, cache: Cache, progress: Progress
) -> tuple[Call, ConvertedFunction]:
    """Convert the function of a spec, or find it in the cache.

    Raises:
        BuilderError: if something that the spec names is missing or fails.
        ExportError: if the function uses something that TensorFlow.js cannot run.
        ParityError: if what would be shipped is not what JAX computes.
    """
    with progress.step(f"Convert {spec.id} to TensorFlow.js", 3) as advance:
        call = load_call(spec)
        advance(1)
        key = _key_of(spec, call)
        if (kept := cache.load("functions", key)) is not None:
            converted = _unpack(kept)
            advance(2)
        else:
            converted = _convert(spec, call, advance)
            cache.store("functions", key, _pack(converted))
    return call, converted


def _convert(spec: FunctionSpec, call: Call, advance: Advance) -> ConvertedFunction:
    inputs = {wanted.name: (wanted.shape, wanted.dtype) for wanted in spec.inputs}
    with author_code(spec.function):
        exact = export(call.apply, call.params, inputs)
    advance(1)
    expected = dict(zip(exact.outputs, call.outputs, strict=True))
    size = max((float(np.max(np.abs(array), initial=1)) for array in call.outputs), default=1.0)
    with Runtime() as runtime:
        runtime.load(exact.files)
        before = measure_parity(runtime.predict(call.inputs), expected)
        # Written so that NaN, which is neither within nor beyond a limit, fails.
        if not before.max_abs_error <= MAX_ABS_ERROR * size:
            raise ParityError(
                f"{spec.id}: the exported function differs from JAX by {before.max_abs_error:.2g},"
                f" where {MAX_ABS_ERROR * size:.2g} at most is allowed."
            )
        model = _quantize(spec, exact, call, expected, runtime)
        runtime.load(model.files)
        parity = measure_parity(runtime.predict(call.inputs), expected)
    if not parity.min_cosine >= spec.min_cosine:
        raise ParityError(
            f"{spec.id}: with {model.quantization_name} weights the least cosine to JAX's output is"
            f" {parity.min_cosine:.6f}, below min_cosine = {spec.min_cosine}. Quantize less, or"
            " allow less."
        )
    advance(1)
    return ConvertedFunction(
        files=model.files,
        outputs=tuple(model.outputs),
        ops=len(model.ops),
        quantization=spec.quantization,
        float32_max_abs_error=before.max_abs_error,
        parity=parity,
        tolerance=parity.max_abs_error + _SLACK * size,
    )


def _quantize(
    spec: FunctionSpec,
    exact: GraphModel,
    call: Call,
    expected: Mapping[str, Array],
    runtime: Runtime,
) -> GraphModel:
    if spec.quantization == "none":
        return exact
    if spec.quantization != "auto":
        return exact.quantized(spec.quantization)
    return select_quantization(
        exact, call.inputs, expected, runtime, min_cosine=spec.min_cosine
    ).model


def _key_of(spec: FunctionSpec, call: Call) -> str:
    """Another when the code, the parameters, the samples, the options or the exporter are."""
    with author_code(spec.function):
        jaxpr = jax.make_jaxpr(call.apply)(call.params, *call.inputs.values())
    arrays = [np.asarray(a) for a in (*jaxpr.consts, *jax.tree.leaves(call.params))]
    return digest(
        __version__,
        digest_folder(_EXPORTER, "*.py"),
        spec.model_dump_json(include={"id", "inputs", "quantization", "min_cosine"}),
        str(jaxpr),
        *(a.tobytes() for a in (*arrays, *call.inputs.values(), *call.outputs)),
    )


def _pack(converted: ConvertedFunction) -> bytes:
    """As a ZIP: the graph model's files, and the rest in `about.json`."""
    about = asdict(replace(converted, files={}))
    del about["files"]
    data = io.BytesIO()
    with ZipFile(data, "w") as archive:
        archive.writestr("about.json", json.dumps(about))
        for name, content in converted.files.items():
            archive.writestr(name, content)
    return data.getvalue()


def _unpack(data: bytes) -> ConvertedFunction:
    with ZipFile(io.BytesIO(data)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    about: dict[str, Any] = json.loads(files.pop("about.json"))
    about |= {"outputs": tuple(about["outputs"]), "parity": Parity(**about["parity"])}
    return ConvertedFunction(files=files, **about)

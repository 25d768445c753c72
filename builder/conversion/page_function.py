"""A function as TensorFlow.js runs it, compared with JAX before it is kept."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace

import jax
import numpy as np

from builder.author_code import author_code
from builder.cache import Cache, digest, pack, unpack
from builder.conversion.calls import Call, load_call
from builder.conversion.check import export_checked
from builder.conversion.parity import Parity, Tolerance
from builder.conversion.samples import Sample
from builder.errors import about
from builder.fingerprint import exporter_code, runtime_code
from builder.progress import Advance, Progress
from builder.spec.functions import FunctionSpec
from builder.tfjs.graph import Array
from builder.tfjs.model import GraphModel
from builder.tfjs.parts.values import numpy_parts

_SLACK = 1e-3
"""What a browser's backend may add to the difference found here, in parts of the output."""


@dataclass(frozen=True)
class ConvertedFunction:
    """A graph model by file name, its outputs by name, and how far it is from JAX.

    `float32_max_abs_error` is the error of the graph before quantization; the parity is that of
    what is shipped. `tolerance` is the largest difference from `call` that a page may accept.
    """

    files: Mapping[str, bytes]
    outputs: tuple[str, ...]
    ops: int
    quantization: str
    float32_max_abs_error: float
    parity: Parity
    tolerance: float


def convert_function(
    spec: FunctionSpec,
    *,
    cache: Cache,
    progress: Progress,
    load: Callable[[FunctionSpec], Call] = load_call,
) -> tuple[Call, ConvertedFunction]:
    """Convert the function of a spec, which `load` finds and calls, or find it in the cache.

    Raises:
        BuilderError: if something that the spec names is missing or fails.
        ExportError: if the function uses something that TensorFlow.js cannot run.
        ParityError: if what would be shipped is not what JAX computes.
    """
    with progress.step(f"Convert {spec.id} to TensorFlow.js", 4) as advance:
        call = load(spec)
        advance(1)
        key = _key_of(spec, call)
        if (kept := cache.load("functions", key)) is not None:
            converted = _unpack(kept)
            advance(3)
        else:
            converted = _convert(spec, call, advance)
            cache.store("functions", key, _pack(converted))
    return call, converted


def _convert(spec: FunctionSpec, call: Call, advance: Advance) -> ConvertedFunction:
    inputs = {wanted.name: (wanted.shape, wanted.dtype) for wanted in spec.inputs}

    def make_samples(model: GraphModel) -> Sequence[Sample]:
        return [Sample(call.inputs, dict(zip(model.outputs, call.outputs, strict=True)))]

    with author_code(spec.function), about(spec.id):
        checked = export_checked(
            call.apply,
            call.params,
            inputs,
            None,
            make_samples,
            quantization=None if spec.quantization == "none" else spec.quantization,
            tolerance=Tolerance(min_cosine=spec.min_cosine),
            advance=advance,
        )
    model, parity = checked.model, checked.parity
    size = max(map(_size_of, call.outputs), default=1.0)
    return ConvertedFunction(
        files=model.files,
        outputs=tuple(model.outputs),
        ops=len(model.ops),
        quantization=spec.quantization,
        float32_max_abs_error=checked.float32.max_abs_error,
        parity=parity,
        tolerance=parity.max_abs_error + _SLACK * size,
    )


def _size_of(output: Array) -> float:
    """The largest finite number in an output, or 1 if that is larger."""
    return float(np.max(np.abs(output), initial=1, where=np.isfinite(output)))


def _key_of(spec: FunctionSpec, call: Call) -> str:
    """A key that changes with the code, parameters, samples, options or exporter."""
    with author_code(spec.function):
        jaxpr = jax.make_jaxpr(call.apply)(call.params, *call.inputs.values())
    leaves = (*jaxpr.consts, *jax.tree.leaves(call.params))
    arrays = [part for leaf in leaves for part in numpy_parts(leaf)]
    return digest(
        exporter_code(),
        runtime_code(),
        spec.model_dump_json(include={"id", "inputs", "quantization", "min_cosine"}),
        str(jaxpr),
        *(a.tobytes() for a in (*arrays, *call.inputs.values(), *call.outputs)),
    )


def _pack(converted: ConvertedFunction) -> bytes:
    facts = asdict(replace(converted, files={}))
    del facts["files"]
    return pack(facts, converted.files)


def _unpack(data: bytes) -> ConvertedFunction:
    facts, files = unpack(data)
    facts |= {"outputs": tuple(facts["outputs"]), "parity": Parity(**facts["parity"])}
    return ConvertedFunction(files=files, **facts)

"""From a JAX function to a graph model that has been checked in TensorFlow.js."""

from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

from builder.errors import ExportError, ParityError
from builder.tfjs.graph import Array
from builder.tfjs.lower import lower
from builder.tfjs.model import Converter, GraphModel
from builder.tfjs.quantize import Quantizations
from builder.tfjs.reference_converter import export_with_tensorflowjs
from builder.tfjs.rewrite import rewrite
from builder.tfjs.runtime import Backend, Runtime
from builder.tfjs.trace import trace
from builder.tfjs.write import write

MAX_ABS_ERROR = 1e-5
MIN_COSINE = 0.9999

BACKENDS: tuple[Backend, ...] = ("wasm", "cpu")
"""In which order a model is tried: the one of every browser, then the one that has all kernels."""


def export(
    apply_fn: Callable[..., Any],
    params: Any,
    inputs: Mapping[str, Any],
    outputs: Sequence[str] | None = None,
    *,
    quantization: Quantizations = None,
    converter: Converter = "native",
) -> GraphModel:
    """Export `apply_fn(params, *inputs)` as a TensorFlow.js graph model.

    `inputs` gives the name, shape and dtype of each argument in order, for example
    `{"tokens": ("(b, 16)", "int32")}` with a symbolic batch `b` (see `trace`); `outputs`
    names what the function returns. `quantization` is how the weights are stored, all or by name;
    they are computed with as float32.

    Raises ExportError, before anything is written, for what TensorFlow.js cannot run, or if
    `converter` is tensorflowjs and that cannot be used here.
    """
    if converter == "tensorflowjs":
        model = export_with_tensorflowjs(apply_fn, params, inputs, outputs)
        return model.quantized(quantization)
    return write(rewrite(lower(trace(apply_fn, params, inputs, outputs))), quantization)


@dataclass(frozen=True)
class Trial:
    """TensorFlow.js on a backend that runs a model; `problems` says why others do not."""

    runtime: Runtime
    problems: tuple[str, ...] = ()


@contextmanager
def start_runtime(
    model: GraphModel, inputs: Mapping[str, Any], converter: Converter
) -> Generator[Trial]:
    """TensorFlow.js on the backend wasm, or on cpu if another converter's graph needs that.

    Raises ExportError if the model cannot be run for `inputs` on either.
    """
    with ExitStack() as stack:
        if converter == "native":
            yield Trial(stack.enter_context(Runtime("wasm")))
            return
        problems: list[str] = []
        for backend in BACKENDS:
            runtime = stack.enter_context(Runtime(backend))
            try:
                runtime.load(model.files)
                runtime.predict(inputs)
            except ExportError as error:
                problems.append(f"On the backend {backend}, {error}")
            else:
                yield Trial(runtime, tuple(problems))
                return
    raise ExportError("\n".join(problems))


@dataclass(frozen=True)
class Parity:
    """How far a graph model in TensorFlow.js is from JAX, over all its outputs.

    `max_abs_error` is the largest difference of two numbers, `min_cosine` the least cosine of two
    rows (last axis).
    """

    max_abs_error: float
    min_cosine: float


def measure_parity(actual: Mapping[str, Array], expected: Mapping[str, Any]) -> Parity:
    """Compare outputs by name with those of JAX."""
    pairs = [
        (np.asarray(actual[n], np.float64), np.asarray(e, np.float64)) for n, e in expected.items()
    ]
    return Parity(
        max_abs_error=max(float(np.max(np.abs(a - e), initial=0)) for a, e in pairs),
        min_cosine=min(float(np.min(_cosines(a, e), initial=1)) for a, e in pairs),
    )


def _cosines(a: Array, b: Array) -> Array:
    """Cosines along the last axis; two rows of zeros agree."""
    norms = np.linalg.norm(np.atleast_1d(a), axis=-1) * np.linalg.norm(np.atleast_1d(b), axis=-1)
    products = np.sum(np.atleast_1d(a) * np.atleast_1d(b), axis=-1)
    return np.where(norms > 0, products / np.where(norms > 0, norms, 1), np.all(a == b))


def check_parity(
    model: GraphModel, inputs: Mapping[str, Any], expected: Mapping[str, Any], runtime: Runtime
) -> Parity:
    """Run a model in TensorFlow.js and compare it with what JAX gave for the same inputs.

    Float32 weights may be off by 1e-5; quantized ones must give rows of cosine 0.9999 at least.
    Raises ParityError beyond that. The runtime holds the model afterwards.
    """
    runtime.load(model.files)
    parity = measure_parity(runtime.predict(inputs), expected)
    exact = model.quantization is None
    # Written so that NaN, which is neither within nor beyond a limit, fails.
    if exact and not parity.max_abs_error <= MAX_ABS_ERROR:
        raise ParityError(
            f"The exported model differs from JAX by {parity.max_abs_error:.2g}; with float32 "
            f"weights {MAX_ABS_ERROR:g} at most is allowed."
        )
    if not exact and not parity.min_cosine >= MIN_COSINE:
        raise ParityError(
            f"With {model.quantization_name} weights the exported model's outputs have a cosine of "
            f"{parity.min_cosine:.6f} to those of JAX; {MIN_COSINE} is the least allowed. "
            "Export with float32 weights instead."
        )
    return parity

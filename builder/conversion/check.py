"""The one way by which graphs are kept: exported, run in TensorFlow.js, compared with JAX.

`convert_jax`, the command, the functions of a page, the text encoders of a site and those that
others have made all pass this check, with the same tolerance and the same words.
"""

from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any, Literal

import jax
import jax.numpy as jnp
import numpy as np

from builder.conversion.parity import Parity, measure_parity, worst
from builder.conversion.samples import Sample
from builder.conversion.selection import select_quantization
from builder.errors import ExportError, ParityError
from builder.options import Converter
from builder.progress import Advance
from builder.tfjs.export import export
from builder.tfjs.model import GraphModel
from builder.tfjs.quantize import Quantizations
from builder.tfjs.runtime import NodeBackend, Runtime

MAX_ERROR = 1e-5
"""How far float32 weights may be off, in parts of the largest number of an output, or of 1."""

MIN_COSINE = 0.9999
"""The least cosine of rows of quantized weights to JAX's."""

BACKENDS: tuple[NodeBackend, ...] = ("wasm", "cpu")
"""In which order a model is tried: the one of every browser, then the one that has all kernels."""

_ROUNDINGS = 4
"""How many roundings of a narrower float JAX may make where TensorFlow.js makes none."""


@dataclass(frozen=True)
class Tolerance:
    """What a model may be off: `Parity.relative_error` with float32 weights, cosine with others."""

    max_error: float = MAX_ERROR
    min_cosine: float = MIN_COSINE

    def check(self, parity: Parity, quantization: str | None) -> None:
        """Let a model pass whose weights are stored so, None for float32.

        Raises:
            ParityError: if it is further from JAX.
        """
        # Written so that NaN, which is neither within nor beyond a limit, fails.
        if quantization is None and not parity.relative_error <= self.max_error:
            raise ParityError(
                f"In TensorFlow.js the model differs from JAX by {parity.max_abs_error:.2g};"
                f" {self.max_error:g} of the largest number is allowed with float32 weights."
            )
        if quantization is not None and not parity.min_cosine >= self.min_cosine:
            raise ParityError(
                f"With {quantization} weights the least cosine to JAX's output is"
                f" {parity.min_cosine:.6f}, below min_cosine = {self.min_cosine}. Quantize less, or"
                " lower min_cosine."
            )


@dataclass(frozen=True)
class Trial:
    """TensorFlow.js on a backend that runs a model; `problems` says why others do not."""

    runtime: Runtime
    problems: tuple[str, ...] = ()


@dataclass(frozen=True)
class CheckedModel:
    """A model that passed: as it ships, its parity, and that of the same with float32 weights.

    `problems` says which backends cannot run it, and why.
    """

    model: GraphModel
    parity: Parity
    float32: Parity
    problems: tuple[str, ...] = ()


@contextmanager
def start_runtime(
    files: Mapping[str, bytes],
    inputs: Mapping[str, Any],
    backends: Sequence[NodeBackend] = BACKENDS,
) -> Generator[Trial]:
    """TensorFlow.js on the first of the backends that runs a graph model for these inputs.

    The only one is taken without a trial.

    Raises:
        ExportError: if none does.
    """
    with ExitStack() as stack:
        problems: list[str] = []
        if len(backends) == 1:
            yield Trial(stack.enter_context(Runtime(backends[0])))
            return
        for backend in backends:
            runtime = stack.enter_context(Runtime(backend))
            try:
                runtime.load(files)
                runtime.predict(inputs)
            except ExportError as error:
                problems.append(f"On the backend {backend}, {error}")
            else:
                yield Trial(runtime, tuple(problems))
                return
    raise ExportError("\n".join(problems))


def check_model(
    model: GraphModel, samples: Sequence[Sample], runtime: Runtime, tolerance: Tolerance
) -> Parity:
    """Run a model on samples; the runtime holds it afterwards.

    Raises:
        ParityError: if it is further from JAX than the tolerance.
    """
    runtime.load(model.files)
    parity = worst(measure_parity(runtime.predict(s.inputs), s.expected) for s in samples)
    tolerance.check(parity, model.quantization_name)
    return parity


def export_checked(
    apply_fn: Callable[..., Any],
    params: Any,
    inputs: Mapping[str, Any],
    outputs: Sequence[str] | None,
    make_samples: Callable[[GraphModel], Sequence[Sample]],
    *,
    quantization: Quantizations | Literal["auto"] = None,
    tolerance: Tolerance | None = None,
    converter: Converter = "native",
    advance: Advance = lambda _: None,
) -> CheckedModel:
    """Export `apply_fn(params, *inputs)` and compare it with JAX; see `builder.tfjs.export`.

    `make_samples` gives what to compare on, for the names that the model has for its inputs and
    outputs. Without a tolerance, it is that of the narrowest float that goes in. `advance` is
    called after the export, the comparison with float32 weights, and that of what ships.

    Raises:
        ExportError: if TensorFlow.js cannot run the function.
        ParityError: if what TensorFlow.js computes is further from JAX than the tolerance.
    """
    exact = export(apply_fn, params, inputs, outputs, converter=converter)
    advance(1)
    samples = make_samples(exact)
    tolerance = tolerance or Tolerance()
    tolerance = Tolerance(
        max(tolerance.max_error, rounding_of(params, samples)), tolerance.min_cosine
    )
    backends = BACKENDS[:1] if converter == "native" else BACKENDS
    with start_runtime(exact.files, samples[0].inputs, backends) as trial:
        float32 = parity = check_model(exact, samples, trial.runtime, tolerance)
        advance(1)
        model = exact
        if quantization == "auto":
            model = select_quantization(
                exact, samples, trial.runtime, min_cosine=tolerance.min_cosine
            ).model
        elif quantization is not None:
            model = exact.quantized(quantization)
        if model is not exact:
            parity = check_model(model, samples, trial.runtime, tolerance)
        advance(1)
    return CheckedModel(model, parity, float32, trial.problems)


def rounding_of(params: Any, samples: Sequence[Sample]) -> float:
    """What narrower floats than float32 cost JAX, which TensorFlow.js computes as float32."""
    arrays: list[Any] = [
        *jax.tree.leaves(params),
        *(a for s in samples for a in (*s.inputs.values(), *s.expected.values())),
    ]
    kinds = {np.dtype(array.dtype) for array in arrays if _is_float(array)}
    return max((_ROUNDINGS * float(jnp.finfo(k).eps) for k in kinds if k.itemsize < 4), default=0.0)


def _is_float(array: Any) -> bool:
    return hasattr(array, "dtype") and jnp.issubdtype(array.dtype, jnp.floating)

"""The one check that every graph must pass: exported, run in TensorFlow.js, compared with JAX.

`convert_jax`, the command, a page's functions, a site's text encoders and those made by others all
go through it, with the same tolerance and the same messages.
"""

from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any, Literal

import jax
import jax.numpy as jnp
import numpy as np

from builder.conversion.extremes import ExtremeSample
from builder.conversion.parity import Parity, Tolerance, measure_parity, worst
from builder.conversion.samples import Sample
from builder.conversion.selection import Select, select_quantization
from builder.errors import ExportError, ParityError
from builder.options import Converter
from builder.progress import Advance
from builder.tfjs.export import export
from builder.tfjs.model import GraphModel
from builder.tfjs.quantize import Quantizations
from builder.tfjs.runtime import NodeBackend, Runtime

BACKENDS: tuple[NodeBackend, ...] = ("wasm", "cpu")
"""Tried in this order: the backend that every browser has, then the one with all kernels."""

_SIGNED = frozenset({"eigh", "svd"})
_SIGNS = (
    "It uses eigenvectors or singular vectors, which have no sign of their own: if it returns them,"
    " fix it in the model, for example v = v * jnp.sign(v[..., -1:, :])."
)
"""What may be behind a difference, where a node is of one of these decompositions."""

_FINITE = frozenset(
    {*_SIGNED, "approx_top_k", "cholesky", "lu", "qr", "triangular_solve", "tridiagonal_solve"}
)
"""What JAX makes no promise about where numbers are not finite: LAPACK computes most of these."""

_ROUNDINGS = 4
"""How often JAX may round to a narrower float where TensorFlow.js does not round."""


@dataclass(frozen=True)
class Trial:
    """TensorFlow.js on a backend that runs a model; `problems` says why the others do not."""

    runtime: Runtime
    problems: tuple[str, ...] = ()


@dataclass(frozen=True)
class CheckedModel:
    """A model that passed, as it ships; its parity, and the parity with float32 weights.

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

    If there is only one, it is used without a trial.

    Raises:
        ExportError: if none of them runs it.
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
    try:
        tolerance.check(parity, model.quantization_name)
    except ParityError as error:
        if not _uses(model, _SIGNED):
            raise
        raise ParityError(f"{error} {_SIGNS}") from error
    return parity


def _uses(model: GraphModel, primitives: frozenset[str]) -> bool:
    """Whether a node was made for one of these primitives, which its name then tells."""
    parts = (part for node in model.nodes for part in node["name"].split("/"))
    return not primitives.isdisjoint(parts)


def export_checked(
    apply_fn: Callable[..., Any],
    params: Any,
    inputs: Mapping[str, Any],
    outputs: Sequence[str] | None,
    make_samples: Callable[[GraphModel], Sequence[Sample]],
    *,
    make_extremes: Callable[[GraphModel], Sequence[ExtremeSample]] | None = None,
    quantization: Quantizations | Literal["auto"] | Select = None,
    tolerance: Tolerance | None = None,
    converter: Converter = "native",
    advance: Advance = lambda _: None,
) -> CheckedModel:
    """Export `apply_fn(params, *inputs)` and compare it with JAX; see `builder.tfjs.export`.

    `make_samples` returns what to compare on, under the names that the model gives its inputs and
    outputs; the model with float32 weights is also compared on what `make_extremes` returns.
    `quantization` may be a function that makes another model of one with float32 weights. The
    default tolerance is that of the narrowest float that goes in. `advance` is called after the
    export, after the comparison with float32 weights, and after that of what ships.

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
        only_finite = _uses(exact, _FINITE)
        for extreme in make_extremes(exact) if make_extremes else ():
            if only_finite and not extreme.is_finite:
                continue
            found = trial.runtime.predict(extreme.sample.inputs)
            extreme.check(found, tolerance.max_error)
        advance(1)
        model = exact
        if quantization == "auto":
            model = select_quantization(
                exact, samples, trial.runtime, min_cosine=tolerance.min_cosine
            ).model
        elif callable(quantization):
            model = quantization(exact, samples, trial.runtime)
        elif quantization is not None:
            model = exact.quantized(quantization)
        if model is not exact:
            parity = check_model(model, samples, trial.runtime, tolerance)
        advance(1)
    return CheckedModel(model, parity, float32, trial.problems)


def rounding_of(params: Any, samples: Sequence[Sample]) -> float:
    """The error in JAX from floats narrower than float32, in which TensorFlow.js computes."""
    arrays: list[Any] = [
        *jax.tree.leaves(params),
        *(a for s in samples for a in (*s.inputs.values(), *s.expected.values())),
    ]
    kinds = {np.dtype(array.dtype) for array in arrays if _is_float(array)}
    return max((_ROUNDINGS * float(jnp.finfo(k).eps) for k in kinds if k.itemsize < 4), default=0.0)


def _is_float(array: Any) -> bool:
    return hasattr(array, "dtype") and jnp.issubdtype(array.dtype, jnp.floating)

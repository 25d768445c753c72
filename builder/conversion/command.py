"""A JAX function by name to a folder with its graph model, compared with JAX before it is kept."""

import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import jax
import numpy as np
from numpy.typing import NDArray

from builder.author_code import author_code, load_function
from builder.conversion.selection import select_quantization
from builder.errors import BuilderError, ExportError, ParityError, writing
from builder.params import read_npz, unflatten_params
from builder.spec.types import TARGET, Target
from builder.tfjs.export import Parity, export, measure_parity, start_runtime
from builder.tfjs.model import Converter, GraphModel
from builder.tfjs.quantize import Quantization
from builder.tfjs.runtime import Runtime

Array = NDArray[Any]
Inputs = Mapping[str, tuple[str, str]]
"""Shape, with symbolic sizes, and dtype of each input by name."""

SAMPLE_SIZES = (1, 2, 5)
"""What symbolic sizes stand for when the converted model is compared with JAX."""

_INPUT = re.compile(r"(?:(?P<name>\w+)=)?(?P<shape>\(.*\)):(?P<dtype>\w+)")
_SMALL = 10
_SELECTION_SIZE = 32


@dataclass(frozen=True)
class Conversion:
    """A converted model and how far it is from JAX; `seconds` is the export alone.

    `problems` are those of backends that cannot run the model.
    """

    model: GraphModel
    parity: Parity
    seconds: float
    problems: tuple[str, ...]


def convert_function(
    target: str,
    params_file: Path,
    input_texts: Sequence[str],
    out: Path,
    *,
    quantization: Quantization | Literal["auto"] | None,
    min_cosine: float,
    max_bytes: int | None,
    converter: Converter = "native",
) -> Conversion:
    """Convert `module:function`, called with the parameters of an npz file and the inputs.

    Raises:
        BuilderError: if something that was named cannot be found or read.
        ExportError: for what TensorFlow.js cannot run, or a model larger than `max_bytes`.
        ParityError: if the model is further from JAX than allowed. Nothing is written then.
    """
    author = parse_target(target)
    apply_fn = load_function(author)
    params = unflatten_params(read_npz(params_file))
    inputs = parse_inputs(input_texts)
    started = time.perf_counter()
    reference = _Reference(apply_fn, params, inputs)
    with author_code(author):
        exact = export(apply_fn, params, inputs, converter=converter)
        sample, _ = reference.run(exact, SAMPLE_SIZES[0])
    with start_runtime(exact, sample, converter) as trial:
        model = _quantize(exact, quantization, reference, min_cosine, trial.runtime)
        seconds = time.perf_counter() - started
        parity = _compare(model, reference, trial.runtime)
    if max_bytes is not None and model.bytes > max_bytes:
        raise ExportError(
            f"{target}: the model has {model.bytes:,} bytes, more than the {max_bytes:,} of"
            " --max-bytes. Store its weights in fewer with --quantize."
        )
    if not parity.min_cosine >= min_cosine:
        raise ParityError(
            f"{target}: the least cosine to JAX's output is {parity.min_cosine:.6f}, below the"
            f" {min_cosine} of --min-cosine. Quantize less, or allow less."
        )
    with writing(out, "Name another folder with -o."):
        model.save(out)
    return Conversion(model, parity, seconds, trial.problems)


def parse_target(text: str) -> Target:
    """The function that `package.module:function` names; modules of this folder come first."""
    if not TARGET.fullmatch(text):
        raise BuilderError(f"'{text}' names no function. Write it as module:function.")
    module, name = text.split(":")
    return Target(module, name, Path.cwd())


def parse_inputs(texts: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Inputs by name from texts such as `(b, 16):int32` and `tokens=(b, 16):int32`."""
    inputs: dict[str, tuple[str, str]] = {}
    for index, text in enumerate(texts):
        found = _INPUT.fullmatch(text.strip())
        if not found:
            raise BuilderError(
                f"--input '{text}' is not understood. Write a shape and a dtype, with a name if you"
                " like: '(b, 16):int32' or 'tokens=(b, 16):int32'."
            )
        name = found["name"] or f"input_{index}"
        if name in inputs:
            raise BuilderError(f"--input '{text}': there is already an input '{name}'.")
        _check_dtype(text, found["dtype"])
        inputs[name] = (found["shape"], found["dtype"])
    return inputs


def _check_dtype(text: str, name: str) -> None:
    try:
        np.dtype(name)
    except TypeError:
        raise BuilderError(
            f"--input '{text}': there is no dtype '{name}'. Write one of numpy's, such as float32,"
            " int32 or bool."
        ) from None


@dataclass(frozen=True)
class _Reference:
    """What JAX computes."""

    apply_fn: Callable[..., Any]
    params: Any
    inputs: Inputs

    def run(self, model: GraphModel, size: int) -> tuple[dict[str, Array], dict[str, Any]]:
        """A random sample and JAX's outputs for it, by the names that the model has for them."""
        sample = _draw_sample(self.inputs, size)
        results = jax.tree.leaves(self.apply_fn(self.params, *sample.values()))
        return sample, dict(zip(model.outputs, results, strict=True))


def _quantize(
    exact: GraphModel,
    quantization: Quantization | Literal["auto"] | None,
    reference: _Reference,
    min_cosine: float,
    runtime: Runtime,
) -> GraphModel:
    if quantization != "auto":
        return exact.quantized(quantization)
    sample, expected = reference.run(exact, _SELECTION_SIZE)
    return select_quantization(exact, sample, expected, runtime, min_cosine=min_cosine).model


def _compare(model: GraphModel, reference: _Reference, runtime: Runtime) -> Parity:
    """The worst parity over samples of several sizes."""
    runtime.load(model.files)
    found: list[Parity] = []
    for size in SAMPLE_SIZES:
        sample, expected = reference.run(model, size)
        found.append(measure_parity(runtime.predict(sample), expected))
    return Parity(
        max_abs_error=max(parity.max_abs_error for parity in found),
        min_cosine=min(parity.min_cosine for parity in found),
    )


def _draw_sample(inputs: Inputs, size: int) -> dict[str, Array]:
    """Normal numbers, and small whole ones where integers are asked for (they may be indices)."""
    rng = np.random.default_rng(0)
    sample: dict[str, Array] = {}
    for name, (shape, dtype) in inputs.items():
        dims = jax.export.symbolic_shape(shape.strip("() "))
        sizes = [d if isinstance(d, int) else size for d in dims]
        is_float = np.issubdtype(np.dtype(dtype), np.floating)
        values = rng.normal(size=sizes) if is_float else rng.integers(0, _SMALL, sizes)
        sample[name] = values.astype(dtype)
    return sample

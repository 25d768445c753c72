"""`lit-demo convert`: from the name of a function to a folder with its graph model."""

import math
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import jax.numpy as jnp
import numpy as np

from builder.author_code import author_code, load_function
from builder.conversion.check import export_checked
from builder.conversion.extremes import ExtremeSample, draw_extremes
from builder.conversion.parity import Parity, Tolerance
from builder.conversion.samples import SIZES, Function, Sample
from builder.errors import BuilderError, ExportError, ParityError, writing
from builder.options import MAX_AXES, Choice, Converter
from builder.params import read_params
from builder.spec.types import TARGET, Target
from builder.tfjs.model import MODEL, GraphModel, own_weights

_INPUT = re.compile(r"(?:(?P<name>\w+)=)?(?P<shape>\(.*\)):(?P<dtype>\w+)")
_SELECTION_SIZE = 32
"""Another value for sizes that vary, in the samples on which a quantization is selected."""


@dataclass(frozen=True)
class Conversion:
    """A converted model and how far it is from JAX; `seconds` includes the comparison.

    `problems` says which backends cannot run the model, and why.
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
    quantization: Choice | None,
    min_cosine: float,
    max_bytes: int | None,
    converter: Converter = "native",
) -> Conversion:
    """Convert `module:function`, called with the parameters of an npz file and the inputs.

    Raises:
        BuilderError: if something that was named cannot be found or read, or `out` is a folder that
            holds something other than a model.
        ExportError: if TensorFlow.js cannot run the function, or the model exceeds `max_bytes`.
        ParityError: if the model is further from JAX than allowed. Nothing is written then.
    """
    check_target(out)
    if not math.isfinite(min_cosine):
        raise BuilderError(f"--min-cosine {min_cosine} is not a cosine. Write a number below 1.")
    author = parse_target(target)
    apply_fn = load_function(author)
    params = read_params(params_file)
    inputs = parse_inputs(input_texts)
    function = Function(apply_fn, params, list(inputs.values()))
    sizes = (*SIZES, _SELECTION_SIZE) if quantization == "auto" else SIZES

    def make_samples(model: GraphModel) -> Sequence[Sample]:
        return function.draw_samples(model.inputs, model.outputs, sizes)

    def make_extremes(model: GraphModel) -> Sequence[ExtremeSample]:
        return draw_extremes(function, model.inputs, model.outputs)

    started = time.perf_counter()
    with author_code(author):
        checked = export_checked(
            apply_fn,
            params,
            inputs,
            None,
            make_samples,
            make_extremes=make_extremes,
            quantization=quantization,
            tolerance=Tolerance(min_cosine=min_cosine),
            converter=converter,
        )
    seconds = time.perf_counter() - started
    model, parity = checked.model, checked.parity
    if max_bytes is not None and model.bytes > max_bytes:
        raise ExportError(
            f"{target}: the model has {model.bytes:,} bytes, more than the {max_bytes:,} that"
            " --max-bytes allows. Store its weights in fewer bytes with --quantize."
        )
    if not parity.min_cosine >= min_cosine:
        raise ParityError(
            f"{target}: the least cosine to JAX's output is {parity.min_cosine:.6f}, below the"
            f" {min_cosine} that --min-cosine requires. Quantize less, or lower it."
        )
    with writing(out, "Name another folder with -o."):
        model.save(out)
    return Conversion(model, parity, seconds, checked.problems)


def check_target(out: Path) -> None:
    """Refuse a folder that holds something other than a model of this program.

    Raises:
        BuilderError: with what is in the way.
    """
    if out.is_symlink() or (out.exists() and not out.is_dir()):
        raise BuilderError(f"{out}: is not a folder. Name another with -o.")
    own_weights(out)
    if out.is_dir() and any(out.iterdir()) and not (out / MODEL).is_file():
        raise BuilderError(
            f"{out}: is not empty and holds no model (no {MODEL}). Name another folder with -o, or"
            " empty it yourself."
        )


def parse_target(text: str) -> Target:
    """The function that `package.module:function` names; modules in this folder come first."""
    if not TARGET.fullmatch(text):
        raise BuilderError(f"'{text}' does not name a function. Write it as module:function.")
    module, name = text.split(":")
    return Target(module, name, Path.cwd())


def parse_inputs(texts: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Inputs by name from texts such as `(b, 16):int32` and `tokens=(b, 16):int32`."""
    inputs: dict[str, tuple[str, str]] = {}
    for index, text in enumerate(texts):
        found = _INPUT.fullmatch(text.strip())
        if not found:
            raise BuilderError(
                f"--input '{text}' is not understood. Write a shape and a dtype, with or without a"
                " name: '(b, 16):int32' or 'tokens=(b, 16):int32'."
            )
        name = found["name"] or f"input_{index}"
        if name in inputs:
            raise BuilderError(f"--input '{text}': there is already an input '{name}'.")
        _check_dtype(text, found["dtype"])
        if found["shape"].count(",") > MAX_AXES:
            raise BuilderError(f"--input '{text[:80]} ...' has more than {MAX_AXES} axes.")
        inputs[name] = (found["shape"], found["dtype"])
    return inputs


def _check_dtype(text: str, name: str) -> None:
    try:
        if not (jnp.issubdtype(name, jnp.number) or np.dtype(name) == np.bool_):
            raise TypeError(name)
    except Exception:  # numpy raises of any kind for texts that name no dtype
        raise BuilderError(
            f"--input '{text}': there is no dtype '{name}'. Use one of numpy's, such as float32,"
            " int32 or bool."
        ) from None

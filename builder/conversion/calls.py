"""The author's JAX function, with its parameters and the calls that it is compared on."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jax
import jax.export
import numpy as np

from builder.author_code import author_code, load_function, load_target
from builder.conversion.samples import Function, check_dims
from builder.errors import BuilderError, NumberError, first_line
from builder.params import find_non_finite, read_npz, read_params
from builder.spec.functions import FunctionSpec, InputSpec
from builder.spec.types import Target
from builder.tfjs.graph import Array

_DRAWN = 4
"""The value of a size that varies, in samples drawn at random."""


@dataclass(frozen=True)
class Call:
    """`apply(params, *inputs)` and its result in JAX: arrays by name, in the order of arguments."""

    apply: Callable[..., Any]
    params: Any
    inputs: Mapping[str, Array]
    outputs: tuple[Array, ...]


def load_call(spec: FunctionSpec) -> Call:
    """The function of a spec, called on its samples, or on numbers drawn from its ranges.

    Raises:
        BuilderError: if something that the spec names is missing or fails.
    """
    return make_call(spec, load_function(spec.function), _load_params(spec.params))


def make_call(spec: FunctionSpec, apply: Callable[..., Any], params: Any) -> Call:
    """A function with its parameters, called on the samples that a spec names, or on numbers drawn.

    Raises:
        BuilderError: if the samples do not fit, or the function fails.
    """
    inputs = _read_samples(spec) if spec.samples else _draw_samples(spec.inputs)
    function = Function(apply, params, [(wanted.shape, wanted.dtype) for wanted in spec.inputs])
    with author_code(spec.function):
        outputs = function.run(list(inputs.values()))
    if not outputs:
        raise BuilderError(f"{spec.function}: returns no array. Return one, or several.")
    return Call(apply, params, inputs, outputs)


def _load_params(source: Target | Path | None) -> Any:
    if source is None:
        return {}
    if isinstance(source, Target):
        params = load_target(source)
        with author_code(source):
            place = find_non_finite(params)
        if place:
            raise NumberError(f"{source}: the parameter {place} holds NaN or infinity.")
        return params
    return read_params(source)


def _read_samples(spec: FunctionSpec) -> dict[str, Array]:
    assert spec.samples is not None
    arrays = read_npz(spec.samples, finite=False)
    samples: dict[str, Array] = {}
    for wanted in spec.inputs:
        if wanted.name not in arrays:
            raise BuilderError(
                f"{spec.samples}: has no array '{wanted.name}', only {', '.join(arrays)}."
                " It needs one for each input."
            )
        array = arrays[wanted.name]
        sizes = parse_shape(wanted)
        if len(sizes) != array.ndim or any(
            size not in (None, n) for size, n in zip(sizes, array.shape, strict=True)
        ):
            raise BuilderError(
                f"{spec.samples}: '{wanted.name}' has the shape {array.shape}, which does not"
                f" match {wanted.shape}. Correct one of them."
            )
        samples[wanted.name] = array.astype(wanted.dtype)
    return samples


def _draw_samples(inputs: tuple[InputSpec, ...]) -> dict[str, Array]:
    rng = np.random.default_rng(0)
    samples: dict[str, Array] = {}
    for wanted in inputs:
        sizes = [_DRAWN if size is None else size for size in parse_shape(wanted)]
        check_dims(sizes)
        low, high = wanted.range or (0, 1)
        if wanted.dtype == "int32":
            samples[wanted.name] = rng.integers(int(low), int(high), sizes, np.int32, endpoint=True)
        else:
            samples[wanted.name] = rng.uniform(low, high, sizes).astype(np.float32)
    return samples


def parse_shape(wanted: InputSpec) -> tuple[int | None, ...]:
    """The sizes in a shape like "(b, 2)": None for those that vary.

    Raises:
        BuilderError: if it is not understood.
    """
    try:
        sizes = jax.export.symbolic_shape(wanted.shape)
        if any(isinstance(size, int) and size < 0 for size in sizes):
            raise ValueError("a size is negative.")
    except Exception as error:  # JAX reads it with Python's own parser
        raise BuilderError(
            f"The shape {wanted.shape} of the input '{wanted.name}' is not understood:"
            f' {first_line(error)} Write it like "(b, 2)".'
        ) from None
    return tuple(size if isinstance(size, int) else None for size in sizes)

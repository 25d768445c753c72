"""What became of a case: converted, run on wasm and cpu, and compared with JAX."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import jax
import jax.numpy as jnp
import numpy as np

from builder.errors import ExportError, first_line
from builder.tfjs.export import export
from builder.tfjs.graph import Array
from builder.tfjs.parts.values import numpy_parts
from builder.tfjs.runtime import NodeBackend, Runtime
from tests.conformance.cases import Case

Kind: TypeAlias = Literal["passed", "refused", "wrong", "failed"]

RELATIVE = 1e-5
"""How far a float32 may be off, of itself ..."""

ABSOLUTE = 2e-6
"""... and of the largest number of its output."""


@dataclass(frozen=True)
class Outcome:
    """What became of a case, and why; `failed` is whatever is neither a result nor a refusal."""

    name: str
    primitive: str
    dtype: str
    kind: Kind
    reason: str = ""


def try_case(case: Case, runtimes: Mapping[NodeBackend, Runtime]) -> Outcome:
    """Convert a case and compare what each of the backends gives with JAX."""

    def outcome(kind: Kind, reason: str = "") -> Outcome:
        return Outcome(case.name, case.primitive, case.dtype, kind, reason)

    arguments = case.arguments()
    named = {f"x{i}": array for i, array in enumerate(arguments)}
    results = jax.tree.leaves(jax.jit(case.function)(*arguments))
    expected = [part for leaf in results for part in numpy_parts(leaf)]
    structs = {n: jax.ShapeDtypeStruct(np.shape(a), a.dtype) for n, a in named.items()}
    try:
        model = export(case.with_parameters, None, structs)
    except ExportError as error:
        return outcome("refused", str(error))
    except Exception as error:
        return outcome("failed", f"{type(error).__name__}: {first_line(error)}")
    arrays = [part for array in arguments for part in numpy_parts(array)]
    parts = dict(zip(model.inputs, arrays, strict=True))
    for backend, runtime in runtimes.items():
        try:
            runtime.load(model.files)
            results = runtime.predict(parts)
        except ExportError as error:
            return outcome("failed", f"{backend}: {error}")
        found = [results[name] for name in model.outputs]
        problem = compare(_unique(case, arguments, found), _unique(case, arguments, expected))
        if problem:
            return outcome("wrong", f"{backend}: {problem}")
    return outcome("passed")


def _unique(case: Case, arguments: Sequence[Any], outputs: Sequence[Array]) -> Sequence[Array]:
    """What is unique in the outputs of a case.

    Eigenvectors and singular vectors are so only up to their signs, and those of values that are
    nearly equal not even up to that: in their place come the products that define them, that is
    the matrix that was factorized and the identity. `approx_top_k` does not say which of equal
    numbers comes first (XLA's sort is not stable there): in place of indices comes what they name.
    """
    primitive = case.primitive
    if primitive == "approx_top_k":
        values, indices = outputs
        return [values, np.take_along_axis(np.asarray(arguments[0]), indices, -1)]
    if primitive == "eigh" and len(outputs) == 2:
        vectors, values = outputs
        return [values, (vectors * values[..., None, :]) @ _transpose(vectors), _gram(vectors)]
    if primitive == "svd" and len(outputs) == 3:
        values, left, right = outputs
        count = values.shape[-1]
        whole = (left[..., :count] * values[..., None, :]) @ right[..., :count, :]
        return [values, whole, _gram(left), _gram(_transpose(right))]
    return outputs


def _gram(columns: Array) -> Array:
    return _transpose(columns) @ columns


def _transpose(matrices: Array) -> Array:
    return matrices.swapaxes(-1, -2)


def compare(found: Sequence[Array], expected: Sequence[Array]) -> str:
    """What differs, in a sentence; empty if nothing does."""
    for i, (a, b) in enumerate(zip(found, expected, strict=True)):
        if a.shape != b.shape:
            return f"output {i} has the shape {a.shape}, not {b.shape}"
        off = _is_off(a, b)
        if off.any():
            place = tuple(map(int, np.argwhere(off)[0])) if off.ndim else ()
            return (
                f"output {i}{list(place)} is {a[place]}, not {b[place]} ({off.sum()} of {off.size})"
            )
    return ""


def _is_off(found: Array, expected: Array) -> Any:
    if not jnp.issubdtype(expected.dtype, jnp.floating):
        return found.astype(np.int64) != expected.astype(np.int64)
    narrow = expected.dtype.itemsize < 4
    relative = 4 * float(jnp.finfo(expected.dtype).eps) if narrow else RELATIVE
    a, b = found.astype(np.float64), expected.astype(np.float64)
    finite = np.isfinite(b)
    largest = np.abs(b[finite]).max(initial=0)
    with np.errstate(invalid="ignore"):
        near = np.abs(a - b) <= relative * np.abs(b) + max(ABSOLUTE, relative / 5) * largest
    same = (a == b) | (np.isnan(a) & np.isnan(b))
    return ~np.where(finite, near, same)

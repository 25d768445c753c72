"""Graph models of a folder as Python functions, run in the real TensorFlow.js."""

import json
import weakref
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import jax
import numpy as np

from builder.errors import ExportError
from builder.tfjs.graph import Array, DType
from builder.tfjs.model import input_types, read_files
from builder.tfjs.parts.values import join_names, join_parts, numpy_parts, split_name
from builder.tfjs.runtime import NodeBackend, Runtime
from builder.tfjs.trace import narrow_dtype

_WIDER: Sequence[DType] = ("bool", "int32", "float32")
"""Each holds what the ones before it hold."""


def tfjs_predict_fn(model_dir: str | Path, backend: NodeBackend = "wasm") -> Callable[..., Any]:
    """A function that runs the graph model of a folder in the real TensorFlow.js under Node.

    It takes the inputs in the order of the model's signature, or by name; a dict or a tuple stands
    for the arrays in it, a list for an array. Numbers are cast as JAX casts them: integers and
    float64 to float32, truth values to numbers. Complex numbers and random keys are taken as JAX
    has them. It returns the output as a numpy array, or a dict of arrays by name if there are
    several. Node stops when the function is deleted.

    Raises:
        ExportError: if the folder holds no model; later, if TensorFlow.js cannot run it on what is
            given, or that is of a dtype that the model does not take.
    """
    folder = Path(model_dir)
    files = read_files(folder)
    kinds = input_types(files)
    metadata = json.loads(files["model.json"]).get("userDefinedMetadata", {})
    of_complex: Sequence[str] = metadata.get("complex", [])
    names = join_names(of_complex, list(kinds))
    runtime = Runtime(backend)
    runtime.load(files)

    def predict(*arguments: Any, **named: Any) -> Any:
        arrays = flatten_arguments(arguments)
        if len(arrays) > len(names):
            raise ExportError(f"{folder}: {len(arrays)} inputs given, {len(names)} expected.")
        given = {**dict(zip(names, arrays, strict=False)), **named}
        parts = [part for n, a in given.items() for part in _parts(n, a, n in of_complex)]
        outputs = join_parts(of_complex, runtime.predict(_cast_all(dict(parts), kinds)))
        return next(iter(outputs.values())) if len(outputs) == 1 else outputs

    weakref.finalize(predict, runtime.close)
    return predict


get_tfjs_predict_fn = tfjs_predict_fn
"""The name in the blog post on tensorflowjs."""


def flatten_arguments(arguments: Sequence[Any]) -> list[Any]:
    """The arrays in arguments; a list counts as an array."""
    return jax.tree.leaves(tuple(arguments), is_leaf=lambda v: isinstance(v, list))


def _parts(name: str, array: Any, is_complex: bool) -> Iterator[tuple[str, Array]]:
    """An input of a model by name, or its two parts if it is complex."""
    dtype = np.complex64 if is_complex else np.float32
    known = hasattr(array, "dtype") and not is_complex
    arrays = numpy_parts(array if known else np.asarray(array, dtype if is_complex else None))
    names = split_name(name, dtype)
    if len(arrays) > len(names):
        raise ExportError(f"{name!r}: complex numbers are given, real ones expected.")
    return zip(names, arrays, strict=True)


def _cast_all(arrays: Mapping[str, Array], kinds: Mapping[str, DType]) -> dict[str, Array]:
    return {name: _cast(name, array, kinds.get(name)) for name, array in arrays.items()}


def _cast(name: str, array: Array, kind: DType | None) -> Array:
    """An array in the dtype that the model takes, unless digits would be lost without a word."""
    found = narrow_dtype(array.dtype, f"input {name!r}")
    if kind is None or kind == found:
        return array
    if _WIDER.index(found) > _WIDER.index(kind):
        raise ExportError(
            f"The input {name!r} takes {kind}, but {array.dtype} was given. Convert it first, with"
            f" .astype('{kind}')."
        )
    return array.astype(kind)

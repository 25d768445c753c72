"""What `tensorflowjs.converters.convert_jax` did, under the same name and with the same meaning."""

import inspect
import json
import weakref
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Literal

import jax
import jax.export

from builder.conversion.selection import select_quantization
from builder.errors import ExportError
from builder.tfjs.export import MIN_COSINE, export
from builder.tfjs.model import GraphModel, read_files
from builder.tfjs.quantize import Quantizations
from builder.tfjs.runtime import Backend, Runtime
from builder.tfjs.trace import is_signature, split_signature


def convert_jax(
    apply_fn: Callable[..., Any],
    params: Any,
    *,
    input_signatures: Sequence[Any],
    model_dir: str | Path,
    polymorphic_shapes: Sequence[str] | None = None,
    quantization: Quantizations | Literal["auto"] = None,
    samples: Sequence[Any] = (),
    min_cosine: float = MIN_COSINE,
) -> GraphModel:
    """Convert `apply_fn(params, *inputs)` and write the graph model into `model_dir`.

    `input_signatures` gives shape and dtype of each input after `params`: `((None, 16), "int32")`
    with None for a size that varies, `("(b, 16)", "int32")` with its name, a ShapeDtypeStruct or
    a tf.TensorSpec; an input that is a pytree has a pytree of these. `polymorphic_shapes` names
    such sizes, as "(b, ...)" does with the first. Inputs are called after the arguments of
    `apply_fn` and their place in them, outputs after their place in the result ("output" if it is
    one array).

    `quantization` stores the weights in fewer bytes, all or by name. With "auto" each has as few as
    keep the direction of the outputs for `samples` (arguments after `params`) to `min_cosine` and
    their greatest numbers in place; `select_quantization` tells how well they are kept.

    Raises ExportError, before anything is written, for what TensorFlow.js cannot run.
    """
    signatures = list(input_signatures)
    if polymorphic_shapes is not None:
        if len(polymorphic_shapes) != len(signatures):
            raise ExportError(
                f"{len(polymorphic_shapes)} polymorphic shapes were given for "
                f"{len(signatures)} inputs."
            )
        signatures = list(map(_name_sizes, polymorphic_shapes, signatures))
    inputs = dict(zip(_argument_names(apply_fn, len(signatures)), signatures, strict=True))
    if quantization == "auto":
        model = _select(export(apply_fn, params, inputs), apply_fn, params, samples, min_cosine)
    else:
        model = export(apply_fn, params, inputs, quantization=quantization)
    model.save(Path(model_dir))
    return model


def _select(
    model: GraphModel,
    apply_fn: Callable[..., Any],
    params: Any,
    samples: Sequence[Any],
    min_cosine: float,
) -> GraphModel:
    arrays = _leaves(samples)
    if len(arrays) != len(model.inputs):
        raise ExportError(
            f'quantization="auto" compares outputs: give samples of the {len(model.inputs)} inputs '
            f"({', '.join(model.inputs)}), not {len(arrays)}."
        )
    inputs = dict(zip(model.inputs, arrays, strict=True))
    expected = dict(zip(model.outputs, jax.tree.leaves(apply_fn(params, *samples)), strict=True))
    with Runtime() as runtime:
        return select_quantization(model, inputs, expected, runtime, min_cosine=min_cosine).model


def _leaves(arguments: Sequence[Any]) -> list[Any]:
    """The arrays in arguments; a list is an array."""
    return jax.tree.leaves(tuple(arguments), is_leaf=lambda v: isinstance(v, list))


def _name_sizes(text: str, signature: Any) -> tuple[str, Any]:
    """A signature whose shape is `text`, with "..." and "_" filled in from the sizes known."""
    if not is_signature(signature):
        raise ExportError(
            f"{text!r} names the sizes of one array; {signature!r} describes several."
        )
    shape, dtype = split_signature(signature)
    try:
        dims = jax.export.symbolic_shape(text, like=tuple(shape))
    except ValueError as error:
        raise ExportError(
            f"{text!r} does not describe the shape {tuple(shape)}: {error}"
        ) from error
    return ",".join(map(str, dims)), dtype


def _argument_names(apply_fn: Callable[..., Any], count: int) -> list[str]:
    """Names of the arguments after `params`, or numbered ones if the function does not say."""
    try:
        parameters = list(inspect.signature(apply_fn).parameters.values())[1 : count + 1]
    except ValueError:
        parameters = []
    kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    if len(parameters) == count and all(p.kind in kinds for p in parameters):
        return [p.name for p in parameters]
    return [f"input_{i}" for i in range(count)]


def tfjs_predict_fn(model_dir: str | Path, backend: Backend = "wasm") -> Callable[..., Any]:
    """A function that runs the graph model of a folder in the real TensorFlow.js under Node.

    It takes the inputs in the order of the model's signature, or by name, and returns the output
    as a numpy array, or a dict of them by name if there are several; a dict or a tuple stands for
    the arrays in it. Node stops when the function is dropped.
    """
    folder = Path(model_dir)
    files = read_files(folder)
    names = list(json.loads(files["model.json"])["signature"]["inputs"])
    runtime = Runtime(backend)
    runtime.load(files)

    def predict(*arguments: Any, **named: Any) -> Any:
        arrays = _leaves(arguments)
        if len(arrays) > len(names):
            raise ExportError(f"{folder}: {len(arrays)} inputs given, {len(names)} expected.")
        outputs = runtime.predict({**dict(zip(names, arrays, strict=False)), **named})
        return next(iter(outputs.values())) if len(outputs) == 1 else outputs

    weakref.finalize(predict, runtime.close)
    return predict

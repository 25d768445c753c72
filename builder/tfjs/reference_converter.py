"""The converter of the package tensorflowjs, which needs JAX 0.7.1 or older, instead of ours.

Its graphs contain what TensorFlow makes of a function: Einsum, which the wasm backend lacks, and
biases of rank 2, which it refuses, so many of them run only on other backends. With a symbolic
size, they check shapes: in a branch, which `execute()` refuses, and by EnsureShape, which
TensorFlow.js reads wrongly. These checks are left out here, and nothing else.
"""

import importlib.util
import json
import os
import sys
import tempfile
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

import jax

from builder.errors import ExportError
from builder.tfjs import _compat, ops
from builder.tfjs.graph import Shape, TensorType
from builder.tfjs.model import GraphModel, read_files, read_weights
from builder.tfjs.trace import FlatFunction, flatten, name_outputs, narrow_dtype

INSTALL = "in an environment of its own with Python 3.11, run `pip install '.[tensorflowjs]'`"


def export_with_tensorflowjs(
    apply_fn: Callable[..., Any],
    params: Any,
    inputs: Mapping[str, Any],
    outputs: Sequence[str] | None = None,
) -> GraphModel:
    """Export as `builder.tfjs.export.export` does, by `tensorflowjs.converters.convert_jax`.

    Raises ExportError if tensorflowjs is missing or does not work here, or for what it refuses.
    """
    check_usable()
    flat = flatten(apply_fn, params, inputs)
    result = jax.eval_shape(flat.apply, flat.kinds, list(flat.inputs.values()))
    types = [
        TensorType(tuple(leaf.shape), narrow_dtype(leaf.dtype, "an output"))
        for leaf in jax.tree.leaves(result)
    ]
    names = name_outputs(result, outputs, flat.inputs)
    with tempfile.TemporaryDirectory() as folder:
        with _quiet():
            _convert(flat, folder)
        files = read_files(Path(folder))
    nodes = _plain_nodes(json.loads(files["model.json"]), flat.inputs, names)
    weights = {_inner(name): array for name, array in read_weights(files).items()}
    return GraphModel(
        nodes=nodes,
        inputs=flat.input_types,
        outputs=dict(zip(names, types, strict=True)),
        weights={n["name"]: weights[n["name"]] for n in nodes if n["op"] == "Const"},
    )


def check_usable() -> None:
    """Raise ExportError if tensorflowjs cannot be used here, and say why."""
    found = ".".join(map(str, sys.version_info[:2]))
    if sys.version_info >= (3, 12):
        problem = f"works with Python 3.11 at most, and this is {found}"
    elif importlib.util.find_spec("tensorflowjs") is None:
        problem = "is not installed"
    elif not _compat.runs_tensorflowjs():
        problem = f"works with JAX up to 0.7.1, and this is {jax.__version__}"
    else:
        return
    raise ExportError(f"The converter tensorflowjs {problem}; {INSTALL}.")


def _convert(flat: FlatFunction, folder: str) -> None:
    """Write what convert_jax makes of a function: inputs x0, x1, ..., outputs output_0, ..."""
    convert_jax, tensor_spec = _import()
    structs = list(flat.inputs.values())
    fixed = all(ops.is_static(struct.shape) for struct in structs)

    def apply(parameters: Sequence[Any], *xs: Any) -> tuple[Any, ...]:
        # TensorFlow.js has the wider types only; the function gets those that it was written for.
        given = [x.astype(struct.dtype) for x, struct in zip(xs, structs, strict=True)]
        return tuple(jax.tree.leaves(flat.apply(parameters, given)))

    try:
        convert_jax(
            apply,
            [array for _, array in flat.parameters],
            input_signatures=[
                tensor_spec(
                    [d if ops.is_fixed(d) else None for d in s.shape],
                    narrow_dtype(s.dtype, "an input"),
                    f"x{i}",
                )
                for i, s in enumerate(structs)
            ],
            polymorphic_shapes=None if fixed else [_polymorphic(s.shape) for s in structs],
            model_dir=folder,
            use_structured_outputs_names=True,
            strip_debug_ops=True,
        )
    except Exception as error:  # of any kind: JAX, TensorFlow and tensorflowjs all have their own
        raise ExportError(f"tensorflowjs cannot convert the function: {error}") from error


@contextmanager
def _quiet() -> Generator[None]:
    """Hide what TensorFlow logs and tensorflowjs prints; they raise what goes wrong.

    They write to the file descriptors, past sys.stdout and sys.stderr. Some of their imports look
    at these two, so they must be left alone.
    """
    kept = {stream: os.dup(stream) for stream in (1, 2)}
    sys.stdout.flush()
    sys.stderr.flush()
    with Path(os.devnull).open("wb") as nothing:
        for stream in kept:
            os.dup2(nothing.fileno(), stream)
    try:
        yield
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        for stream, copy in kept.items():
            os.dup2(copy, stream)
            os.close(copy)


def _polymorphic(shape: Shape) -> str:
    return f"({', '.join(map(str, shape))})"


def _import() -> tuple[Any, Any]:
    """`convert_jax` and `tf.TensorSpec`."""
    try:
        converters = import_module("tensorflowjs.converters")
        return converters.convert_jax, import_module("tensorflow").TensorSpec
    except Exception as error:  # protobuf raises its own when it clashes with another release
        raise ExportError(
            f"The converter tensorflowjs cannot be imported ({error}); {INSTALL}."
        ) from error


def _plain_nodes(
    model: Mapping[str, Any], inputs: Iterable[str], outputs: Sequence[str]
) -> tuple[Mapping[str, Any], ...]:
    """The nodes that the outputs are computed from, without control inputs, named as ours are."""
    nodes = {node["name"]: node for node in model["modelTopology"]["node"]}
    names = {f"x{i}": name for i, name in enumerate(inputs)}
    signature = model["signature"]["outputs"]
    sources = [signature[f"output_{i}"]["name"] for i in range(len(outputs))]
    needed = set(names)
    waiting = list(sources)
    while waiting:
        name = waiting.pop().partition(":")[0]
        if name not in needed:
            needed.add(name)
            waiting += _data_inputs(nodes[name])

    def refer(source: str) -> str:
        name, colon, index = source.partition(":")
        return names.get(name, _inner(name)) + colon + index

    kept = [
        {**_unchecked(node), "name": refer(name), "input": list(map(refer, _data_inputs(node)))}
        for name, node in nodes.items()
        if name in needed
    ]
    ends = zip(outputs, sources, strict=True)
    return (*kept, *({"name": n, "op": "Identity", "input": [refer(s)]} for n, s in ends))


def _unchecked(node: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"op": "Identity"} if node["op"] == "EnsureShape" else node


def _data_inputs(node: Mapping[str, Any]) -> list[str]:
    return [source for source in node.get("input", []) if not source.startswith("^")]


def _inner(name: str) -> str:
    """A name that no input or output has."""
    return f"graph/{name}"

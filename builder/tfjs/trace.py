"""A JAX function as a jaxpr with named inputs, outputs and parameters."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from tokenize import TokenError
from typing import Any, cast

import jax
import jax.export
import numpy as np

from builder.errors import ExportError
from builder.tfjs import _compat
from builder.tfjs.graph import Array, DType, TensorType
from builder.tfjs.parts import needs_splitting, split_jaxpr
from builder.tfjs.parts.values import is_complex, is_split, numpy_parts, split_name, split_struct


@dataclass(frozen=True)
class Trace:
    """A jaxpr whose first arguments are `parameters`, the others the inputs of the model."""

    jaxpr: Any
    constants: tuple[Any, ...]
    parameters: tuple[tuple[str, Array], ...]
    inputs: Mapping[str, TensorType]
    outputs: tuple[str, ...]
    complex: tuple[str, ...] = ()
    """Inputs and outputs of complex numbers, each of which is two: `x` is `x/real`, `x/imag`."""


def narrow_dtype(dtype: Any, what: str) -> DType:
    """The dtype that TensorFlow.js computes with for one of JAX; `what` is named in the error."""
    if _compat.is_random_key(dtype):
        raise ExportError(f"{what} is a random key, which this part of the program cannot hold.")
    try:
        kind: Any = np.dtype(dtype)
    except TypeError as error:
        raise ExportError(f"{what}: {dtype!r} is no dtype; use for example 'float32'.") from error
    if kind == np.bool_:
        return "bool"
    if jax.numpy.issubdtype(kind, np.floating):
        return "float32"
    if jax.numpy.issubdtype(kind, np.integer):
        return "int32"
    raise ExportError(
        f"{what} has dtype {kind}, which TensorFlow.js graphs cannot hold. "
        "Use float32, int32 or bool."
    )


def narrow_array(array: Any, what: str) -> Array:
    """The array in a dtype of TensorFlow.js; integers of more than 32 bits are an error.

    A uint32 keeps its bits.
    """
    value = np.asarray(array)
    dtype = narrow_dtype(value.dtype, what)
    if value.dtype == np.uint32:
        return value.view(np.int32)
    if dtype == "int32" and value.size and value.dtype != np.int32:
        limits = np.iinfo(np.int32)
        if value.min() < limits.min or value.max() > limits.max:
            raise ExportError(f"{what} holds integers beyond 32 bits, which TensorFlow.js has not.")
    return value.astype(dtype, copy=False)


def path_name(path: Sequence[Any]) -> str:
    """A place in a pytree as words joined by slashes, as in `encoder/Dense_0/kernel`."""
    return "/".join(
        str(getattr(key, "key", getattr(key, "name", getattr(key, "idx", key)))) for key in path
    )


def is_signature(spec: Any) -> bool:
    """Whether this describes one array: a shape and a dtype, as a pair or as attributes."""
    if _has_attributes(spec):
        return True
    if not isinstance(spec, tuple) or len(cast("tuple[Any, ...]", spec)) != 2:
        return False
    shape, dtype = cast("tuple[Any, Any]", spec)
    sizes = isinstance(shape, str | list) or (
        isinstance(shape, tuple) and not any(map(is_signature, cast("tuple[Any, ...]", shape)))
    )
    return sizes and not is_signature(dtype) and not isinstance(dtype, dict | list | tuple)


def split_signature(spec: Any) -> tuple[Any, Any]:
    """Shape and dtype of what `is_signature` takes: a pair, a ShapeDtypeStruct, a tf.TensorSpec."""
    if not _has_attributes(spec):
        return spec
    # TensorFlow has dtypes of its own, which know their counterparts in numpy.
    return tuple(spec.shape), getattr(spec.dtype, "as_numpy_dtype", spec.dtype)


def _has_attributes(spec: Any) -> bool:
    # The scalar types of numpy have these attributes too, for their instances.
    return not isinstance(spec, type) and hasattr(spec, "shape") and hasattr(spec, "dtype")


def input_struct(name: str, spec: Any, scope: Any) -> jax.ShapeDtypeStruct:
    """An argument to trace with, from a shape like "(b, 16)" or (None, 16) and a dtype."""
    if not is_signature(spec):
        raise ExportError(
            f"input {name!r}: {spec!r} describes no array; write for example ('(b, 16)', 'int32')."
        )
    shape, dtype = split_signature(spec)
    text = (
        shape if isinstance(shape, str) else ",".join("b" if d is None else str(d) for d in shape)
    )
    try:
        dims = jax.export.symbolic_shape(text.strip("() "), scope=scope)
    except (ValueError, TokenError) as error:
        raise ExportError(
            f"input {name!r}: {shape!r} is not a shape; write for example '(b, 16)'. {error}"
        ) from error
    return jax.ShapeDtypeStruct(dims, _traced_dtype(dtype, f"input {name!r}"))


@dataclass(frozen=True)
class FlatFunction:
    """A function without pytrees: `apply(parameters, inputs)` takes two lists of arrays.

    `kinds` are what stands for the parameters when the function is traced.
    """

    apply: Callable[[Sequence[Any], Sequence[Any]], Any]
    values: Mapping[str, Any]
    kinds: tuple[jax.ShapeDtypeStruct, ...]
    inputs: Mapping[str, jax.ShapeDtypeStruct]

    @property
    def parameters(self) -> tuple[tuple[str, Array], ...]:
        """The parameters as TensorFlow.js has them, one for each.

        Those that it does not have, such as keys, are left to whoever reads one.
        """
        return tuple(
            (name, _nothing(leaf) if is_split(leaf.dtype) else narrow_array(leaf, _called(name)))
            for name, leaf in self.values.items()
        )

    @property
    def input_types(self) -> dict[str, TensorType]:
        """The inputs as TensorFlow.js has them; complex numbers are two of them."""
        return {
            part: TensorType(tuple(s.shape), narrow_dtype(s.dtype, f"input {name!r}"))
            for name, struct in self.inputs.items()
            for part, s in _named_parts(name, struct).items()
        }


def _nothing(leaf: Any) -> Array:
    return np.zeros(leaf.shape, np.bool_)


def _called(name: str) -> str:
    return f"parameter {name!r}"


def _named_parts(name: str, struct: Any) -> dict[str, Any]:
    """Shapes and dtypes of the parts of an array by name."""
    parts = jax.tree.leaves(split_struct(struct))
    return dict(zip(split_name(name, struct.dtype), parts, strict=True))


def flatten(apply_fn: Callable[..., Any], params: Any, inputs: Mapping[str, Any]) -> FlatFunction:
    """`apply_fn(params, *inputs)` with the arrays of parameters and inputs by name; see `trace`."""
    structs, tree_of_inputs = _input_structs(inputs)
    leaves, tree = jax.tree_util.tree_flatten_with_path(params)
    arrays = {i: path_name(path) for i, (path, v) in enumerate(leaves) if hasattr(v, "dtype")}
    values = {name: leaves[i][1] for i, name in arrays.items()}
    kinds = [_parameter_struct(name, leaf) for name, leaf in values.items()]

    def apply_flat(parameters: Sequence[Any], given: Sequence[Any]) -> Any:
        # Equinox has numbers and functions among its parameters, which are left as they are.
        found = dict(zip(arrays, parameters, strict=True))
        whole = tree.unflatten([found.get(i, v) for i, (_, v) in enumerate(leaves)])
        return apply_fn(whole, *tree_of_inputs.unflatten(given))

    return FlatFunction(
        apply=apply_flat,
        values=values,
        kinds=tuple(kinds),
        inputs=structs,
    )


def _input_structs(inputs: Mapping[str, Any]) -> tuple[dict[str, jax.ShapeDtypeStruct], Any]:
    """The arrays of the inputs by name, and the tree that makes the arguments of them."""
    scope = jax.export.SymbolicScope()
    structs: dict[str, jax.ShapeDtypeStruct] = {}
    for name, spec in inputs.items():
        leaves, _ = jax.tree_util.tree_flatten_with_path(spec, is_leaf=is_signature)
        for path, leaf in leaves:
            full = "/".join(filter(None, [name, path_name(path)]))
            _check_names([*structs, full])
            structs[full] = input_struct(full, leaf, scope)
    return structs, jax.tree.structure(list(inputs.values()), is_leaf=is_signature)


def _parameter_struct(name: str, leaf: Any) -> jax.ShapeDtypeStruct:
    """What stands for a parameter in the trace."""
    return jax.ShapeDtypeStruct(leaf.shape, _traced_dtype(leaf.dtype, _called(name)))


def _traced_dtype(dtype: Any, what: str) -> Any:
    """The dtype that JAX computes with, which is of 32 bits where 64 are not enabled."""
    if _compat.is_random_key(dtype):
        return dtype
    if not is_split(dtype):
        narrow_dtype(dtype, what)
    return jax.dtypes.canonicalize_dtype(dtype)


def trace(
    apply_fn: Callable[..., Any],
    params: Any,
    inputs: Mapping[str, Any],
    outputs: Sequence[str] | None = None,
) -> Trace:
    """Trace `apply_fn(params, *inputs)` with symbolic sizes.

    `inputs` maps the name of each argument, in order, to its shape and dtype; a shape is a string
    in the syntax of `jax.export.symbolic_shape` or a tuple with None for the batch. A
    ShapeDtypeStruct says the same. If an argument is a pytree of such, its arrays are called after
    it and their place in it, as in `batch/tokens`. `outputs` names the leaves of the result, in
    order; without it they are called after their place in the result.
    """
    flat = flatten(apply_fn, params, inputs)
    tracer = jax.make_jaxpr(flat.apply, return_shape=True)
    closed, result = tracer(flat.kinds, list(flat.inputs.values()))
    # What no output needs goes first: it may use what TensorFlow.js cannot, such as random keys.
    jaxpr, constants = _compat.drop_unused(closed)
    names = name_outputs(result, outputs, flat.inputs)
    results = dict(zip(names, jax.tree.leaves(result), strict=True))
    _refuse_unsigned(results)
    plain = Trace(
        jaxpr=jaxpr,
        constants=tuple(constants),
        parameters=flat.parameters,
        inputs=flat.input_types,
        outputs=names,
    )
    if needs_splitting(jaxpr) or any(is_split(s.dtype) for s in flat.inputs.values()):
        return _split(plain, flat, results)
    return plain


def _split(whole: Trace, flat: FlatFunction, results: Mapping[str, Any]) -> Trace:
    """The trace in which complex numbers and random keys are in parts."""
    # A key among the parameters is known, and so has no place in the graph.
    kinds = [None if _compat.is_random_key(k.dtype) else split_struct(k) for k in flat.kinds]
    jaxpr, constants = split_jaxpr(
        whole.jaxpr,
        whole.constants,
        list(flat.values.values()),
        [*kinds, *map(split_struct, flat.inputs.values())],
    )
    parameters = [
        (part, narrow_array(array, _called(name)))
        for name, leaf in flat.values.items()
        if not _compat.is_random_key(leaf.dtype)
        for part, array in zip(split_name(name, leaf.dtype), numpy_parts(leaf), strict=True)
    ]
    both = {**flat.inputs, **results}
    outputs = tuple(part for name, s in results.items() for part in split_name(name, s.dtype))
    _check_names((*whole.inputs, *outputs))
    return Trace(
        jaxpr=jaxpr,
        constants=tuple(constants),
        parameters=tuple(parameters),
        inputs=whole.inputs,
        outputs=outputs,
        complex=tuple(name for name, s in both.items() if is_complex(s.dtype)),
    )


def _refuse_unsigned(outputs: Mapping[str, Any]) -> None:
    """Refuse what TensorFlow.js would return as negative numbers."""
    for name, array in outputs.items():
        if array.dtype == np.uint32:
            raise ExportError(
                f"The output {name!r} is uint32, which TensorFlow.js does not have. Return it as"
                " int32, which has the same bits, or as float32."
            )


def _check_names(names: Sequence[str]) -> None:
    for name in names:
        if not re.fullmatch(r"[A-Za-z0-9_./>-]+", name):
            raise ExportError(f"{name!r} is no name in TensorFlow; use letters, digits, _ and /.")
        if names.count(name) > 1:
            raise ExportError(f"{name!r} is the name of more than one input or output.")


def name_outputs(
    result: Any, names: Sequence[str] | None, inputs: Iterable[str]
) -> tuple[str, ...]:
    """Names of the leaves of a result: those given, or else their paths ("output" for the root).

    No input may have one of them.
    """
    paths = [path for path, _ in jax.tree_util.tree_flatten_with_path(result)[0]]
    found = tuple(path_name(path) or "output" for path in paths) if names is None else tuple(names)
    if len(found) != len(paths):
        raise ExportError(
            f"{len(found)} output names were given ({', '.join(found)}) "
            f"but the function returns {len(paths)} arrays."
        )
    _check_names((*inputs, *found))
    return found

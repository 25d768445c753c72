"""Makers of the TensorFlow ops that rules and passes use; each knows the type of its result.

Every op here has a kernel in all four backends of TensorFlow.js (`kernels` checks it), and reads
as in TensorFlow's documentation, with what is always constant given as Python values. An axis may
be a number of numpy, as JAX has it under vmap.
"""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from builder.tfjs.graph import Attr, Dim, DType, Node, Shape, TensorType, Value, constant, make

COMPARISONS = frozenset({"Equal", "NotEqual", "Less", "LessEqual", "Greater", "GreaterEqual"})


def size(shape: Sequence[Dim]) -> Dim:
    """Number of elements; symbolic if a dimension is."""
    return math.prod(shape)


def is_fixed(dim: Any) -> bool:
    """Whether a size is a number, not symbolic."""
    return isinstance(dim, int)


def is_static(shape: Sequence[Dim]) -> bool:
    """Whether no size is symbolic."""
    return all(map(is_fixed, shape))


def concrete(shape: Sequence[Dim]) -> tuple[int, ...]:
    """The shape with -1 for a symbolic size, as Reshape takes it."""
    return tuple(d if is_fixed(d) else -1 for d in shape)


def broadcast_shapes(*shapes: Shape) -> Shape:
    """The shape that numpy's broadcasting gives; sizes other than 1 are known to agree."""
    rank = max(map(len, shapes))
    padded = [(1,) * (rank - len(s)) + s for s in shapes]
    return tuple(next((d for d in dims if d != 1), 1) for dims in zip(*padded, strict=True))


def scalar(number: float, like: Value) -> Value:
    """A constant of shape [] and the dtype of `like`."""
    return constant(number, like.dtype)


def unary(op: str, x: Value, dtype: DType | None = None) -> Value:
    """An elementwise op of one operand."""
    return make(op, (x,), TensorType(x.shape, dtype or x.dtype))


def binary(op: str, x: Value, y: Value) -> Value:
    """An elementwise op of two operands, broadcast as in numpy."""
    dtype = "bool" if op in COMPARISONS or op.startswith("Logical") else x.dtype
    return make(op, (x, y), TensorType(broadcast_shapes(x.shape, y.shape), dtype))


def cast(x: Value, dtype: DType) -> Value:
    """`x` with another dtype."""
    return x if x.dtype == dtype else make("Cast", (x,), TensorType(x.shape, dtype), DstT=dtype)


def truth(x: Value) -> Value:
    """Whether each number is not 0."""
    return x if x.dtype == "bool" else binary("NotEqual", x, scalar(0, x))


def select(condition: Value, x: Value, y: Value) -> Value:
    """`x` where `condition` holds, else `y`; all three broadcast as in numpy."""
    if x.dtype == "bool":  # which the wasm backend reads as numbers
        kept = binary("LogicalAnd", unary("LogicalNot", condition), y)
        return binary("LogicalOr", binary("LogicalAnd", condition, x), kept)
    shape = broadcast_shapes(condition.shape, x.shape, y.shape)
    return make("SelectV2", (condition, x, y), TensorType(shape, x.dtype))


def reshape(x: Value, shape: Sequence[Dim]) -> Value:
    """The elements of `x` in the same order in another shape."""
    if tuple(shape) == x.shape:
        return x
    source = x.inputs[0] if x.op == "Reshape" else x
    if tuple(shape) == source.shape:
        return source
    return make("Reshape", (source,), TensorType(tuple(shape), x.dtype))


def transpose(x: Value, perm: Sequence[int]) -> Value:
    """`x` with axis `perm[i]` moved to place i."""
    if x.op == "Transpose":
        inner = int_tuple(x.node, "perm")
        return transpose(x.inputs[0], [inner[i] for i in perm])
    if tuple(perm) == tuple(range(len(x.shape))):
        return x
    kind = TensorType(tuple(x.shape[i] for i in perm), x.dtype)
    return make("Transpose", (x,), kind, perm=tuple(perm))


def broadcast_to(x: Value, shape: Shape, sizes: Value | None = None) -> Value:
    """`x` repeated along its dimensions of size 1; `sizes` is the shape if that is symbolic."""
    if shape == x.shape:
        return x
    inputs = (x,) if sizes is None else (x, sizes)
    return make("BroadcastTo", inputs, TensorType(shape, x.dtype))


def fill(sizes: Value, number: Value, shape: Shape) -> Value:
    """A number repeated in a shape of which `sizes`, int32[rank], are computed."""
    return make("Fill", (sizes, number), TensorType(shape, number.dtype))


def shape_of(x: Value) -> Value:
    """The shape of `x` when the model runs, int32[rank]."""
    return make("Shape", (x,), TensorType((len(x.shape),), "int32"))


def range_to(stop: Value, length: Dim, dtype: DType) -> Value:
    """0, 1, ... below the int32[] `stop`."""
    inputs = (constant(0, dtype), cast(stop, dtype), constant(1, dtype))
    return make("Range", inputs, TensorType((length,), dtype), Tidx=dtype)


def reduce(op: str, x: Value, axes: Sequence[int]) -> Value:
    """Sum, Mean, Max, Min, Prod, Any or All over `axes`, which stay with size 1."""
    if not axes:
        return x
    shape = tuple(1 if i in axes else d for i, d in enumerate(x.shape))
    return make(op, (x,), TensorType(shape, x.dtype), axes=tuple(axes), keep_dims=True)


def arg_reduce(op: str, x: Value, axis: int) -> Value:
    """ArgMax or ArgMin: int32 positions along `axis`, which goes."""
    shape = x.shape[:axis] + x.shape[axis + 1 :]
    return make(op, (x,), TensorType(shape, "int32"), axis=int(axis))


def softmax(x: Value) -> Value:
    """Softmax over the last axis."""
    return make("Softmax", (x,), x.type)


def matmul(a: Value, b: Value, *, adj_x: bool = False, adj_y: bool = False) -> Value:
    """Product of the last two dimensions, the others broadcast; `adj_*` transposes an operand."""
    rows = a.shape[-1] if adj_x else a.shape[-2]
    columns = b.shape[-2] if adj_y else b.shape[-1]
    batch = broadcast_shapes(a.shape[:-2], b.shape[:-2])
    flags: dict[str, Attr] = {"adj_x": adj_x, "adj_y": adj_y}
    return make("BatchMatMulV2", (a, b), TensorType((*batch, rows, columns), a.dtype), **flags)


def fused_matmul(a: Value, b: Value, bias: Value) -> Value:
    """Matrix product of rank 2 plus a bias of rank 1."""
    kind = TensorType((a.shape[0], b.shape[1]), a.dtype)
    return make("_FusedMatMul", (a, b, bias), kind, fused_ops=("BiasAdd",), num_args=1)


def slice_(x: Value, begin: Sequence[int], sizes: Sequence[Dim]) -> Value:
    """The block of `x` of shape `sizes` that starts at `begin`; symbolic sizes reach the end."""
    if tuple(sizes) == x.shape:
        return x
    assert all(is_fixed(n) or b + n == d for b, n, d in zip(begin, sizes, x.shape, strict=True))
    return make("Slice", (x,), TensorType(tuple(sizes), x.dtype), begin=tuple(begin))


def slice_at(x: Value, begin: Value, sizes: Value, shape: Shape) -> Value:
    """The block of `x` of shape `shape`, whose place and sizes int32[rank] are computed."""
    return make("Slice", (x, begin, sizes), TensorType(shape, x.dtype))


def concat(values: Sequence[Value], axis: int, **attrs: Attr) -> Value:
    """The values one after the other along `axis`."""
    total = sum(v.shape[axis] for v in values)
    shape = (*values[0].shape[:axis], total, *values[0].shape[axis + 1 :])
    kind = TensorType(shape, values[0].dtype)
    return make("ConcatV2", tuple(values), kind, axis=int(axis), N=len(values), **attrs)


def split(x: Value, sizes: Sequence[int], axis: int) -> tuple[Value, ...]:
    """`x` cut along `axis` into pieces of the given sizes."""
    shapes = [(*x.shape[:axis], n, *x.shape[axis + 1 :]) for n in sizes]
    kinds = [TensorType(shape, x.dtype) for shape in shapes]
    node = make(
        "SplitV", (x,), *kinds, sizes=tuple(sizes), axis=int(axis), num_split=len(sizes)
    ).node
    return tuple(Value(node, i) for i in range(len(sizes)))


def strided_slice(x: Value, begin: Sequence[int], strides: Sequence[int], shape: Shape) -> Value:
    """Every `strides[i]`-th entry of axis i from `begin[i]` on, `shape[i]` of them."""
    if x.dtype != "float32":  # whose numbers wasm would return as float32
        for axis, (first, step, count) in enumerate(zip(begin, strides, shape, strict=True)):
            if (first, step, count) != (0, 1, x.shape[axis]):
                x = _take_every(x, axis, first, step, count)
        return x
    attrs: dict[str, Attr] = {"begin": tuple(begin), "steps": tuple(strides)}
    # An axis of symbolic size goes on to its end.
    mask = sum(1 << i for i, d in enumerate(shape) if not is_fixed(d))
    return make("StridedSlice", (x,), TensorType(shape, x.dtype), **attrs, end_mask=mask)


def _take_every(x: Value, axis: int, first: int, step: int, count: Dim) -> Value:
    """Every `step`-th entry along an axis; a symbolic one is read to its end."""
    if is_fixed(count):
        return gather(x, constant(first + step * np.arange(count), "int32"), axis)
    length = reshape(slice_(shape_of(x), [axis], [1]), ())
    bounds = (constant(first, "int32"), length, constant(step, "int32"))
    return gather(x, make("Range", bounds, TensorType((count,), "int32"), Tidx="int32"), axis)


def pad(x: Value, before: Sequence[int], after: Sequence[int], value: float = 0) -> Value:
    """`x` with `before[i]` and `after[i]` entries of `value` around axis i."""
    if not any((*before, *after)):
        return x
    shape = tuple(b + d + a for b, d, a in zip(before, x.shape, after, strict=True))
    attrs: dict[str, Attr] = {"before": tuple(before), "after": tuple(after), "value": value}
    return make("PadV2", (x,), TensorType(shape, x.dtype), **attrs)


def reverse(x: Value, axes: Sequence[int]) -> Value:
    """`x` with the order along `axes` reversed."""
    if x.dtype == "bool":  # which the wasm backend reads as numbers
        return truth(reverse(cast(x, "int32"), axes))
    return make("ReverseV2", (x,), x.type, axes=tuple(axes)) if axes else x


def accumulate(op: str, x: Value, axis: int, *, backwards: bool) -> Value:
    """Cumsum or Cumprod along an axis, from its end if `backwards`."""
    return make(op, (x,), x.type, axis=int(axis), exclusive=False, reverse=backwards)


def top_k(x: Value, k: Dim, count: Value | None = None) -> tuple[Value, Value]:
    """The k largest along the last axis in falling order, and their int32 positions.

    `count` is k as int32[] if that is symbolic.
    """
    shape = (*x.shape[:-1], k)
    kinds = TensorType(shape, x.dtype), TensorType(shape, "int32")
    inputs = (x,) if count is None else (x, count)
    attrs: dict[str, Attr] = {"sorted": True} if count is not None else {"k": k, "sorted": True}
    node = make("TopKV2", inputs, *kinds, **attrs).node
    return Value(node, 0), Value(node, 1)


def gather(x: Value, indices: Value, axis: int) -> Value:
    """The entries of `x` along `axis` that the int32 indices name, in the shape of the indices."""
    shape = (*x.shape[:axis], *indices.shape, *x.shape[axis + 1 :])
    return make("GatherV2", (x, indices), TensorType(shape, x.dtype), axis=int(axis), batch_dims=0)


def scatter_update(x: Value, positions: Value, updates: Value) -> Value:
    """The vector `x` with the updates [n] written at the int32 positions [n, 1]."""
    return make("TensorScatterUpdate", (x, positions, updates), x.type)


def scatter_sum(positions: Value, updates: Value, length: Dim, shape: Value | None) -> Value:
    """A vector of zeros to which the updates [n] are added at the int32 positions [n, 1].

    `shape` is its shape, int32[1], if the length is symbolic.
    """
    inputs = (positions, updates) if shape is None else (positions, updates, shape)
    return make("ScatterNd", inputs, TensorType((length,), updates.dtype))


def int_tuple(node: Node, attr: str) -> tuple[int, ...]:
    """An attribute that holds sizes, axes or positions."""
    value = node.attrs[attr]
    assert isinstance(value, tuple)
    return tuple(int(v) for v in value)


def int_attr(node: Node, attr: str) -> int:
    """An attribute that holds one number."""
    value = node.attrs[attr]
    assert isinstance(value, int)
    return value


def with_inputs(node: Node, inputs: tuple[Value, ...]) -> Node:
    """The same op on other values of the same types."""
    if inputs == node.inputs:
        return node
    return Node(node.op, inputs, node.attrs, node.outputs, node.name, node.array)

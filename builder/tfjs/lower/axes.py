"""Arrays of more axes than every backend can compute with: neighbouring axes are joined.

Such an array is only ever reshaped in the graph. Before an op its axes are joined, and the result
is reshaped to the axes that JAX gives it.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

from builder.tfjs import ops
from builder.tfjs._compat import CALLS
from builder.tfjs.graph import Dim, Shape, TensorType, Value
from builder.tfjs.kernels import MOST_AXES
from builder.tfjs.lower.reduce import REDUCTIONS
from builder.tfjs.lower.registry import ELEMENTWISE, Equation, Parameters, Rule
from builder.tfjs.lower.shape import broadcast

UNTOUCHED = frozenset(
    {*CALLS, "cond", "dot_general", "expand_dims", "reshape", "scan", "squeeze", "while"}
)
"""Primitives whose rules only reshape such arrays, or pass them on."""

ALONG = frozenset({"cumsum", "cumprod", "cummax", "cummin", "cumlogsumexp"})
"""Primitives that compute along one axis."""


def has_many_axes(eqn: Equation) -> bool:
    """Whether an operand or a result has too many axes for the rule of the primitive."""
    kinds = (*eqn.operands, *eqn.outputs)
    return eqn.primitive not in UNTOUCHED and any(len(k.shape) > MOST_AXES for k in kinds)


def lower_joined(eqn: Equation, rule: Rule, operands: Sequence[Value]) -> Sequence[Value]:
    """The outputs of an equation with many axes."""
    if eqn.primitive in ELEMENTWISE:
        return _elementwise(eqn, rule, operands)
    if eqn.primitive in REDUCTIONS:
        return _reduce(eqn, rule, operands)
    if eqn.primitive == "transpose":
        return [transpose(operands[0], eqn.params["permutation"])]
    if eqn.primitive == "broadcast_in_dim":
        return [_broadcast(eqn, operands[0])]
    if eqn.primitive == "concatenate":
        axis = int(eqn.params["dimension"])
        return _along(eqn, rule, operands, axis, {"dimension": 1})
    if eqn.primitive in ALONG:
        return _along(eqn, rule, operands, eqn.params["axis"], {"axis": 1})
    raise eqn.refuse(
        f"an array has more than the {MOST_AXES} axes that every backend can compute with.",
        "join axes with reshape.",
    )


def _elementwise(eqn: Equation, rule: Rule, operands: Sequence[Value]) -> Sequence[Value]:
    shape = eqn.type.shape
    whole = [
        repeat(eqn, v, v.shape, shape) if v.shape and v.shape != shape else v for v in operands
    ]

    def flatten(shape: Shape) -> Shape:
        return (ops.size(shape),) if shape else ()

    return _reshaped(eqn, rule, whole, flatten, eqn.params)


def _reduce(eqn: Equation, rule: Rule, operands: Sequence[Value]) -> Sequence[Value]:
    """What is reduced goes last."""
    (x,), axes = operands, eqn.params["axes"]
    kept = [i for i in range(len(x.shape)) if i not in axes]
    sizes = ops.size([x.shape[i] for i in kept]), ops.size([x.shape[i] for i in axes])
    rows = ops.reshape(transpose(x, [*kept, *axes]), sizes)
    params = Parameters(eqn.params | {"axes": (1,)})
    return _reshaped(eqn, rule, [rows], lambda shape: (ops.size(shape),), params, as_given=True)


def _along(
    eqn: Equation, rule: Rule, operands: Sequence[Value], axis: int, params: dict[str, int]
) -> Sequence[Value]:
    def split(shape: Shape) -> Shape:
        return ops.size(shape[:axis]), shape[axis], ops.size(shape[axis + 1 :])

    return _reshaped(eqn, rule, operands, split, Parameters(eqn.params | params))


def _reshaped(
    eqn: Equation,
    rule: Rule,
    operands: Sequence[Value],
    join: Callable[[Shape], Shape],
    params: Parameters,
    *,
    as_given: bool = False,
) -> Sequence[Value]:
    """The rule for operands and outputs of fewer axes, whose results get the axes they have."""
    joined = operands if as_given else [ops.reshape(v, join(v.shape)) for v in operands]
    outputs = tuple(TensorType(join(kind.shape), kind.dtype) for kind in eqn.outputs)
    smaller = replace(eqn, params=params, operands=tuple(v.type for v in joined), outputs=outputs)
    found = rule(smaller, *joined)
    values = [found] if isinstance(found, Value) else found
    return [ops.reshape(v, kind.shape) for v, kind in zip(values, eqn.outputs, strict=True)]


def transpose(x: Value, perm: Sequence[int]) -> Value:
    """`ops.transpose` of any number of axes: of many, those that stay neighbours move as one."""
    if len(perm) <= MOST_AXES:
        return ops.transpose(x, perm)
    shape = tuple(x.shape[i] for i in perm)
    groups: list[list[int]] = []
    for axis in perm:
        if x.shape[axis] == 1:
            continue
        last = groups[-1][-1] if groups else axis
        if last < axis and all(x.shape[i] == 1 for i in range(last + 1, axis)):
            groups[-1].append(axis)
        else:
            groups.append([axis])
    order = sorted(range(len(groups)), key=lambda i: groups[i][0])
    sizes = [ops.size([x.shape[i] for i in groups[g]]) for g in order]
    joined = ops.reshape(x, tuple(sizes))
    wanted = [order.index(g) for g in range(len(groups))]
    if len(groups) <= MOST_AXES:
        return ops.reshape(ops.transpose(joined, wanted), shape)
    return ops.reshape(_move_in_turn(joined, wanted), shape)


def _move_in_turn(x: Value, perm: Sequence[int]) -> Value:
    """One axis after the other to the end, where it stays."""
    sizes: list[Dim] = list(x.shape)
    places = list(range(len(sizes)))
    for axis in perm:
        at = places.index(axis)
        before, after = ops.size(sizes[:at]), ops.size(sizes[at + 1 :])
        x = ops.transpose(ops.reshape(x, (before, sizes[at], after)), [0, 2, 1])
        sizes.append(sizes.pop(at))
        places.append(places.pop(at))
    return x


def _broadcast(eqn: Equation, x: Value) -> Value:
    places, shape = eqn.params["broadcast_dimensions"], eqn.type.shape
    sizes = [x.shape[places.index(i)] if i in places else 1 for i in range(len(shape))]
    return repeat(eqn, x, sizes, shape)


def repeat(eqn: Equation, x: Value, given: Sequence[Dim], shape: Shape) -> Value:
    """An array of the sizes given, repeated along its axes of size 1: run by run of such axes."""
    sizes, axis = list(given), 0
    while axis < len(shape):
        end = axis
        while end < len(shape) and sizes[end] == 1 and shape[end] != 1:
            end += 1
        if end > axis:
            before, after = ops.size(sizes[:axis]), ops.size(sizes[end:])
            repeated = (before, ops.size(shape[axis:end]), after)
            x = broadcast(eqn, ops.reshape(x, (before, 1, after)), repeated)
            sizes[axis:end] = shape[axis:end]
        axis = max(end, axis + 1)
    return ops.reshape(x, shape)

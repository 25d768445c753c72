"""Rules for reductions over axes."""

from builder.tfjs import ops
from builder.tfjs.graph import Value
from builder.tfjs.lower.integers import flip
from builder.tfjs.lower.nan import find_extreme
from builder.tfjs.lower.registry import Equation, rule

REDUCTIONS = {
    "reduce_and": "All",
    "reduce_max": "Max",
    "reduce_min": "Min",
    "reduce_or": "Any",
    "reduce_prod": "Prod",
    "reduce_sum": "Sum",
}


@rule(*REDUCTIONS)
def _reduce(eqn: Equation, x: Value) -> Value:
    op = REDUCTIONS[eqn.primitive]
    if x.dtype == "bool":
        op = {"Max": "Any", "Min": "All"}.get(op, op)
    in_order = eqn.is_unsigned and op in ("Max", "Min")
    kept = ops.reduce(op, flip(x) if in_order else x, eqn.params["axes"])
    return ops.reshape(flip(kept) if in_order else kept, eqn.type.shape)


@rule("argmax", "argmin")
def _arg_reduce(eqn: Equation, x: Value) -> Value:
    op = {"argmax": "ArgMax", "argmin": "ArgMin"}[eqn.primitive]
    (axis,) = eqn.params["axes"]
    return find_extreme(op, flip(x) if eqn.is_unsigned else x, axis)

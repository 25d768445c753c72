"""Rules for reductions over axes."""

from builder.tfjs import ops
from builder.tfjs.graph import Value
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
    kept = ops.reduce(REDUCTIONS[eqn.primitive], x, eqn.params["axes"])
    return ops.reshape(kept, eqn.type.shape)


@rule("argmax", "argmin")
def _arg_reduce(eqn: Equation, x: Value) -> Value:
    op = {"argmax": "ArgMax", "argmin": "ArgMin"}[eqn.primitive]
    (axis,) = eqn.params["axes"]
    return ops.arg_reduce(op, x, axis)

"""The pass: evaluates a jaxpr on values in parts, and traces what is computed.

An equation without complex numbers and keys is bound again as it is; others are evaluated by the
rule of their primitive. What comes of a random key that is known, and complex numbers that are
computed from constants, are computed here, by JAX.
"""

import math
from collections.abc import Sequence
from typing import Any

import jax
import numpy as np

from builder.errors import BuilderError
from builder.tfjs import _compat
from builder.tfjs.parts.callers import asked_by
from builder.tfjs.parts.draws import check_draws, is_draw
from builder.tfjs.parts.known import Known, stage
from builder.tfjs.parts.registry import CALLS, RULES, Operation
from builder.tfjs.parts.values import Value, is_split

MOST_FOLDED = 4096
"""Constants are computed up to so many elements, or up to twice their operands."""


def needs_splitting(jaxpr: Any) -> bool:
    """Whether there is a complex number or a random key anywhere in a jaxpr."""
    atoms = [*jaxpr.constvars, *jaxpr.invars, *jaxpr.outvars]
    return any(map(_is_split_atom, atoms)) or any(map(_touches, jaxpr.eqns))


def _is_split_atom(atom: Any) -> bool:
    return hasattr(atom.aval, "dtype") and is_split(atom.aval.dtype)


def _touches(eqn: Any) -> bool:
    if any(map(_is_split_atom, (*eqn.invars, *eqn.outvars))):
        return True
    return any(map(needs_splitting, _compat.jaxprs_in(eqn.params)))


def split_jaxpr(
    jaxpr: Any, constants: Sequence[Any], known: Sequence[Any], arguments: Sequence[Value]
) -> tuple[Any, Sequence[Any]]:
    """A jaxpr without complex numbers and keys, and its constants.

    The first arguments of `jaxpr` are the parameters, with the values `known`. `arguments` are
    shapes and dtypes in parts (`split_struct`) for all of them; those that are keys are no
    arguments of the result if they are parameters.
    """
    count = len(known)

    def run(*values: Value) -> list[Value]:
        parameters = [
            Known.parameter(array, staged)
            for array, staged in zip(known, values[:count], strict=True)
        ]
        outputs = evaluate(jaxpr, constants, [*parameters, *values[count:]])
        return [stage(value) for value in outputs]

    try:
        return _compat.drop_unused(jax.make_jaxpr(run)(*arguments))
    except BuilderError as error:
        error.__notes__ = []  # what JAX says of its own frames
        raise


def evaluate(jaxpr: Any, constants: Sequence[Any], arguments: Sequence[Any]) -> list[Any]:
    """The outputs of a jaxpr, each a value in parts or Known, as arguments are."""
    env: dict[Any, Any] = dict(zip(jaxpr.constvars, map(Known.constant, constants), strict=True))
    env.update(zip(jaxpr.invars, arguments, strict=True))

    def read(atom: Any) -> Any:
        return Known.constant(atom.val) if _compat.is_literal(atom) else env[atom]

    for eqn in jaxpr.eqns:
        with asked_by(eqn):
            results = _evaluate_equation(eqn, list(map(read, eqn.invars)))
        env.update(zip(eqn.outvars, results, strict=True))
    return list(map(read, jaxpr.outvars))


def _evaluate_equation(eqn: Any, operands: Sequence[Any]) -> Sequence[Any]:
    is_known = all(isinstance(value, Known) for value in operands) and _is_static(eqn)
    touches = _touches(eqn)
    is_folded = is_known and (touches or any(value.is_folded for value in operands))
    is_folded = is_folded and _is_worth_folding(eqn)
    if is_folded or (is_draw(eqn) and isinstance(operands[0], Known)):
        check_draws(eqn, operands)
    if is_folded:
        return Known.computed(eqn, operands)
    name, params = _compat.read_equation(eqn)
    operation = Operation(name, params, eqn, evaluate)
    if touches and name in CALLS:
        return CALLS[name](operation, *operands)
    staged = list(map(stage, operands))
    if touches:
        if name not in RULES:
            raise operation.refuse_unknown()
        with operation.refuse_failures():
            result = RULES[name](operation, *staged)
        return result if eqn.primitive.multiple_results else [result]
    results = _compat.bind_again(eqn, staged)
    if is_known:
        return Known.computed(eqn, operands, results)
    return results


def _is_static(eqn: Any) -> bool:
    avals = [v.aval for v in (*eqn.invars, *eqn.outvars)]
    sizes = [d for aval in avals for d in getattr(aval, "shape", ())]
    return not eqn.effects and all(isinstance(d, int | np.integer) for d in sizes)


def _is_worth_folding(eqn: Any) -> bool:
    """Keys and what is drawn with them always; other arrays unless the model grows."""
    atoms = (*eqn.invars, *eqn.outvars)
    if any(hasattr(v.aval, "dtype") and _compat.is_random_key(v.aval.dtype) for v in atoms):
        return True
    read, made = (sum(math.prod(v.aval.shape) for v in vs) for vs in (eqn.invars, eqn.outvars))
    return made <= max(MOST_FOLDED, 2 * read)

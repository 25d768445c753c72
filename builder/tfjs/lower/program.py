"""Walks a jaxpr, inlines the functions it calls, and applies a rule to every other equation."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from builder.errors import ExportError
from builder.tfjs import _compat, ops
from builder.tfjs.graph import Graph, TensorType, Value, constant, naming, placeholder
from builder.tfjs.lower.axes import has_many_axes, lower_joined
from builder.tfjs.lower.registry import RULES, Equation, Parameters
from builder.tfjs.lower.rounding import ROUNDED, round_result
from builder.tfjs.lower.wrapping import WRAPPING, wrap
from builder.tfjs.numpy.evaluate import fold
from builder.tfjs.sizes import Sizes
from builder.tfjs.source import source_line
from builder.tfjs.trace import Trace, narrow_array, narrow_dtype


def lower(trace: Trace) -> Graph:
    """The graph that computes what the traced function computes, one op after the other."""
    inputs = tuple(placeholder(name, kind) for name, kind in trace.inputs.items())
    arguments = [*_constants(trace.parameters), *(Value(node) for node in inputs)]
    program = _Program(Sizes([Value(node) for node in inputs]))
    whole = _Caller(scope="", source="the exported function")
    results = program.lower_jaxpr(trace.jaxpr, trace.constants, arguments, whole)
    return Graph(inputs, dict(zip(trace.outputs, results, strict=True)))


def _constants(named: Sequence[tuple[str, Any]]) -> list[Value]:
    values: list[Value] = []
    for name, array in named:
        with naming(name):
            values.append(constant(array))
    return values


@dataclass(frozen=True)
class _Caller:
    """Where a jaxpr is called from: the modules around it, and a line of the user's code."""

    scope: str
    source: str


class _Program:
    """One lowering; remembers what it folded, so that rules see constants as constants."""

    def __init__(self, sizes: Sizes) -> None:
        self.sizes = sizes
        self.folded: dict[Value, Value] = {}

    def inline(self, jaxpr: Any, operands: Sequence[Value], caller: _Caller) -> list[Value]:
        """The outputs of a jaxpr, closed or not, for some operands."""
        return self.lower_jaxpr(*_compat.split_jaxpr(jaxpr), operands, caller)

    def lower_jaxpr(
        self, jaxpr: Any, consts: Sequence[Any], arguments: Sequence[Value], caller: _Caller
    ) -> list[Value]:
        closed_over = [
            (caller.scope, narrow_array(c, "a constant of the function")) for c in consts
        ]
        env: dict[Any, Value] = dict(zip(jaxpr.constvars, _constants(closed_over), strict=True))
        env.update(zip(jaxpr.invars, arguments, strict=True))

        def read(atom: Any) -> Value:
            if _compat.is_literal(atom):
                return constant(narrow_array(atom.val, "a literal"))
            return env[atom]

        for eqn in jaxpr.eqns:
            env.update(self.lower_equation(eqn, [read(v) for v in eqn.invars], caller))
        return [read(v) for v in jaxpr.outvars]

    def empty(self, kind: TensorType) -> Value:
        """An array without a number."""
        if ops.is_static(kind.shape):
            return constant(np.zeros(kind.shape), kind.dtype)
        return ops.fill(self.sizes.shape(kind.shape), constant(0, kind.dtype), kind.shape)

    def lower_equation(
        self, eqn: Any, operands: Sequence[Value], caller: _Caller
    ) -> dict[Any, Value]:
        """The values of an equation's output variables."""
        primitive, params = _compat.read_equation(eqn)
        scope = "/".join(filter(None, [caller.scope, str(eqn.source_info.name_stack)]))
        source = source_line(eqn) or caller.source
        here = _Caller(scope, source)
        equation = Equation(
            primitive=primitive,
            params=Parameters(params),
            outputs=tuple(_type_of(v.aval, source) for v in eqn.outvars),
            operands=tuple(v.type for v in operands),
            output_dtypes=tuple(v.aval.dtype for v in eqn.outvars),
            operand_dtypes=tuple(v.aval.dtype for v in eqn.invars),
            source=source,
            sizes=self.sizes,
            inline=lambda jaxpr, values: self.inline(jaxpr, values, here),
        )
        if primitive not in RULES:
            raise equation.refuse_unknown()
        if equation.outputs and all(map(_is_empty, equation.outputs)):
            # TensorFlow.js fails on some, such as the convolution of too large a kernel.
            return {
                v: self.empty(kind) for v, kind in zip(eqn.outvars, equation.outputs, strict=True)
            }
        name = f"{scope}/{primitive}" if scope else primitive
        with equation.refuse_failures(), naming(name):
            rule = RULES[primitive]
            if has_many_axes(equation):
                result = lower_joined(equation, rule, operands)
            else:
                result = rule(equation, *operands)
            values = [result] if isinstance(result, Value) else result
            if primitive in WRAPPING:
                values = list(map(wrap, values, equation.output_dtypes))
            if primitive in ROUNDED:
                values = list(map(round_result, values, equation.output_dtypes))
            folded = [fold(v, self.folded) for v in values]
            return dict(zip(eqn.outvars, folded, strict=True))


def _is_empty(kind: TensorType) -> bool:
    """Whether there is no number in an array."""
    return any(ops.is_fixed(d) and d == 0 for d in kind.shape)


def _type_of(aval: Any, source: str) -> TensorType:
    if not hasattr(aval, "shape") or not hasattr(aval, "dtype"):
        raise ExportError(f"{source}: a value is {aval}; TensorFlow.js graphs hold arrays only.")
    return TensorType(tuple(aval.shape), narrow_dtype(aval.dtype, f"{source}: a value"))

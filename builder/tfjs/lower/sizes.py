"""Symbolic sizes as values: what a dimension is when the model runs."""

import ast
from collections.abc import Mapping, Sequence

from builder.errors import ExportError
from builder.tfjs import ops
from builder.tfjs.graph import Dim, Value, constant

_OPERATORS: Mapping[type[ast.operator], str] = {ast.Add: "AddV2", ast.Mult: "Mul", ast.Sub: "Sub"}


class Sizes:
    """Computes sizes from the shapes of the inputs of a graph."""

    def __init__(self, inputs: Sequence[Value]) -> None:
        self._places: dict[str, tuple[Value, int]] = {}
        for value in inputs:
            for axis, dim in enumerate(value.shape):
                if not ops.is_fixed(dim):
                    self._places.setdefault(str(dim), (value, axis))

    def value(self, dim: Dim) -> Value:
        """A size as int32[]."""
        if ops.is_fixed(dim):
            return constant(dim, "int32")
        if str(dim) in self._places:
            return self._read(str(dim))
        # jax.export writes its dimensions as expressions in Python's syntax.
        return self._expression(ast.parse(str(dim), mode="eval").body, str(dim))

    def _read(self, name: str) -> Value:
        value, axis = self._places[name]
        return ops.reshape(ops.slice_(ops.shape_of(value), [axis], [1]), ())

    def _expression(self, tree: ast.expr, text: str) -> Value:
        match tree:
            case ast.Constant(value=int(number)):
                return constant(number, "int32")
            case ast.Name(id=name) if name in self._places:
                return self._read(name)
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return ops.unary("Neg", self._expression(operand, text))
            case ast.BinOp(left=left, op=operator, right=right) if type(operator) in _OPERATORS:
                sides = self._expression(left, text), self._expression(right, text)
                return ops.binary(_OPERATORS[type(operator)], *sides)
            case _:
                raise ExportError(
                    f"the size {text} cannot be computed when the model runs; "
                    "sizes may be sums and products of the sizes of the inputs."
                )

    def shape(self, dims: Sequence[Dim]) -> Value:
        """Sizes as int32[rank]."""
        return ops.concat([ops.reshape(self.value(d), (1,)) for d in dims], axis=0)

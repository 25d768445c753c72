"""Symbolic sizes as values: what a dimension is when the model runs."""

import ast
from collections.abc import Mapping, Sequence
from functools import reduce

from builder.errors import ExportError
from builder.tfjs import ops
from builder.tfjs.functions import map_functions
from builder.tfjs.graph import Dim, Graph, Node, Value, constant

_OPERATORS: Mapping[type[ast.operator], str] = {ast.Add: "AddV2", ast.Mult: "Mul", ast.Sub: "Sub"}
_FUNCTIONS = {"floordiv": "FloorDiv", "mod": "FloorMod", "max": "Maximum", "min": "Minimum"}


class Sizes:
    """Computes sizes from the shapes of the inputs of a graph."""

    def __init__(self, inputs: Sequence[Value]) -> None:
        self._places: dict[str, tuple[Value, int]] = {}
        self._known: dict[str, Value] = {}
        for value in inputs:
            for axis, dim in enumerate(value.shape):
                if not ops.is_fixed(dim):
                    self._places.setdefault(str(dim), (value, axis))

    def find(self, name: str) -> Value:
        """A vector whose length is the size of that name."""
        value, axis = self._places[name]
        return ops.range_to(self._read(name), value.shape[axis], "int32")

    def value(self, dim: Dim) -> Value:
        """A size as int32[]."""
        if ops.is_fixed(dim):
            return constant(dim, "int32")
        if str(dim) in self._places:
            return self._read(str(dim))
        # jax.export writes its dimensions as expressions in Python's syntax, except for powers.
        return self._expression(ast.parse(str(dim), mode="eval").body, str(dim))

    def _read(self, name: str) -> Value:
        if name not in self._known:
            value, axis = self._places[name]
            self._known[name] = ops.reshape(ops.slice_(ops.shape_of(value), [axis], [1]), ())
        return self._known[name]

    def _expression(self, tree: ast.expr, text: str) -> Value:
        match tree:
            case ast.Constant(value=int(number)):
                return constant(number, "int32")
            case ast.Name(id=name) if name in self._places:
                return self._read(name)
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return ops.unary("Neg", self._expression(operand, text))
            case ast.BinOp(left=base, op=ast.BitXor(), right=ast.Constant(value=int(power))):
                factors = [self._expression(base, text)] * power
                return reduce(lambda x, y: ops.binary("Mul", x, y), factors)
            case ast.BinOp(left=left, op=operator, right=right) if type(operator) in _OPERATORS:
                sides = self._expression(left, text), self._expression(right, text)
                return ops.binary(_OPERATORS[type(operator)], *sides)
            case ast.Call(func=ast.Name(id=name), args=[left, right]) if name in _FUNCTIONS:
                sides = self._expression(left, text), self._expression(right, text)
                return ops.binary(_FUNCTIONS[name], *sides)
            case _:
                raise ExportError(
                    f"the size {text} cannot be computed when the model runs; sizes may be sums, "
                    "products and quotients of the sizes of the inputs."
                )

    def shape(self, dims: Sequence[Dim]) -> Value:
        """Sizes as int32[rank]."""
        text = str(tuple(dims))
        if text not in self._known:
            columns = [ops.reshape(self.value(d), (1,)) for d in dims]
            self._known[text] = ops.concat(columns, axis=0)
        return self._known[text]


def compute_shapes(graph: Graph) -> Graph:
    """The same graph with the shape of a Reshape as an operand if a single -1 is not enough."""
    graph = map_functions(graph, compute_shapes)
    sizes = Sizes([Value(node) for node in graph.inputs])
    done: dict[Node, Node] = {}
    for node in graph.nodes:
        inputs = tuple(Value(done[v.node], v.index) for v in node.inputs)
        shape = node.outputs[0].shape
        if node.op == "Reshape" and len(inputs) == 1 and ops.concrete(shape).count(-1) > 1:
            inputs += (sizes.shape(shape),)
        done[node] = ops.with_inputs(node, inputs)
    outputs = {name: Value(done[v.node], v.index) for name, v in graph.outputs.items()}
    return Graph(graph.inputs, outputs)

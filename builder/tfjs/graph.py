"""The graph between JAX and TensorFlow.js: frozen nodes of TensorFlow ops, shared by identity.

A graph is held by its outputs: what no output reaches does not exist, so there is no dead code to
remove and a rewrite is a function from values to values. What TensorFlow passes as constant inputs
(the shape of a Reshape, the axes of a Sum) is an attribute here, or follows from the output type;
`write` turns it into constants.
"""

from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt

Dim: TypeAlias = int
"""A size: an int, or a symbolic dimension of jax.export, which computes like one."""
Shape: TypeAlias = tuple[Dim, ...]
DType: TypeAlias = Literal["float32", "int32", "bool"]
Attr: TypeAlias = "bool | int | float | str | tuple[int, ...] | tuple[str, ...] | Graph"
Array: TypeAlias = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class TensorType:
    """Shape and dtype of a tensor; the dtypes are those that TensorFlow.js computes with."""

    shape: Shape
    dtype: DType

    def __str__(self) -> str:
        return f"{self.dtype}[{','.join(map(str, self.shape))}]"


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """One TensorFlow op. `array` holds the value of a Const and is None otherwise."""

    op: str
    inputs: "tuple[Value, ...]"
    attrs: Mapping[str, Attr]
    outputs: tuple[TensorType, ...]
    name: str
    array: Array | None = None

    @property
    def functions(self) -> "Mapping[str, Graph]":
        """The graphs that the op runs, such as the body of a loop, by the name of the attribute."""
        return {key: value for key, value in self.attrs.items() if isinstance(value, Graph)}


@dataclass(frozen=True, slots=True)
class Value:
    """One output of a node."""

    node: Node
    index: int = 0

    @property
    def type(self) -> TensorType:
        """Shape and dtype."""
        return self.node.outputs[self.index]

    @property
    def shape(self) -> Shape:
        """Sizes, of which some may be symbolic."""
        return self.type.shape

    @property
    def dtype(self) -> DType:
        """Name of the dtype."""
        return self.type.dtype

    @property
    def op(self) -> str:
        """The TensorFlow op that makes this value."""
        return self.node.op

    @property
    def inputs(self) -> "tuple[Value, ...]":
        """What this value is computed from."""
        return self.node.inputs

    @property
    def array(self) -> Array | None:
        """The value itself if it is constant."""
        return self.node.array


@dataclass(frozen=True, eq=False)
class Graph:
    """A function of named inputs (Placeholder nodes) to named outputs.

    It is the model, or what an op of another graph runs: then inputs and outputs are in the order
    of the operands and results of that op, whatever their names.
    """

    inputs: tuple[Node, ...]
    outputs: Mapping[str, Value] = field(default_factory=dict[str, Value])

    @cached_property
    def nodes(self) -> tuple[Node, ...]:
        """Every node that an output needs, and every input, producers before consumers."""
        needed = producers_first((v.node for v in self.outputs.values()), self.inputs)
        return (*dict.fromkeys(self.inputs), *needed)

    @cached_property
    def functions(self) -> "tuple[Graph, ...]":
        """The graphs that the ops of this one run, and those that theirs run."""
        found: dict[Graph, None] = {}
        for node in self.nodes:
            for function in node.functions.values():
                found |= dict.fromkeys((function, *function.functions))
        return tuple(found)

    @property
    def ops(self) -> tuple[str, ...]:
        """The op of every node that is executed, that is, of all but constants and inputs."""
        nodes = (node for graph in (self, *self.functions) for node in graph.nodes)
        return tuple(node.op for node in nodes if node.op not in ("Const", "Placeholder"))


def producers_first(
    wanted: Iterable[Node],
    known: Iterable[Node],
    inputs_of: Callable[[Node], Sequence[Value]] = lambda node: node.inputs,
) -> Iterator[Node]:
    """Every node that those wanted need, producers before consumers, but for those known.

    Without recursion, since chains may be long.
    """
    seen = set(known)
    stack = list(wanted)[::-1]
    while stack:
        node = stack[-1]
        waiting = [v.node for v in reversed(inputs_of(node)) if v.node not in seen]
        if waiting and node not in seen:
            stack.extend(waiting)
            continue
        stack.pop()
        if node not in seen:
            seen.add(node)
            yield node


_scope: ContextVar[str] = ContextVar("scope", default="")


@contextmanager
def naming(name: str) -> Generator[None]:
    """Nodes made inside the block are named `name`; `write` makes the names unique."""
    token = _scope.set(name)
    try:
        yield
    finally:
        _scope.reset(token)


def make(op: str, inputs: tuple[Value, ...], *outputs: TensorType, **attrs: Attr) -> Value:
    """First output of a new node, named for the scope it is made in."""
    return Value(Node(op, inputs, attrs, outputs, _scope.get()))


def constant(array: npt.ArrayLike, dtype: DType | None = None) -> Value:
    """A Const node; without `dtype` the array must have a dtype of `TensorType` already."""
    value = np.asarray(array, dtype=dtype).view()
    value.flags.writeable = False
    if value.dtype.name not in ("float32", "int32", "bool"):
        raise TypeError(f"a constant of dtype {value.dtype.name}")
    kind: Any = value.dtype.name
    return Value(Node("Const", (), {}, (TensorType(value.shape, kind),), _scope.get(), value))


def placeholder(name: str, kind: TensorType) -> Node:
    """An input of the graph."""
    return Node("Placeholder", (), {}, (kind,), name)

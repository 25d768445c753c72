"""Applies rules to graphs. A rule looks at one value and may return another that equals it."""

from collections.abc import Callable, Mapping
from typing import TypeAlias

from builder.tfjs.graph import Graph, Node, Value, naming, producers_first
from builder.tfjs.ops import with_inputs


class Uses:
    """Who reads a value; None stands for an output of the graph.

    Rules ask this to judge whether a rewrite pays. It may lag behind the rewrites of the same
    sweep, so no rule may depend on it for correctness.
    """

    def __init__(self) -> None:
        self._readers: dict[Value, list[Node | None]] = {}

    def add(self, value: Value, readers: list[Node | None]) -> None:
        """Record readers of a value."""
        self._readers.setdefault(value, []).extend(readers)

    def of(self, value: Value) -> list[Node | None]:
        """The known readers."""
        return self._readers.get(value, [])

    def once(self, value: Value) -> bool:
        """Whether exactly one node reads the value."""
        return len(self.of(value)) == 1


Rule: TypeAlias = Callable[[Value, Uses], Value | None]
Pass: TypeAlias = Callable[[Graph], Graph]


def readers(graph: Graph) -> Mapping[Value, list[Node | None]]:
    """The readers of every value of a graph."""
    found: dict[Value, list[Node | None]] = {}
    for node in graph.nodes:
        for value in node.inputs:
            found.setdefault(value, []).append(node)
    for value in graph.outputs.values():
        found.setdefault(value, []).append(None)
    return found


def sweep(graph: Graph, *rules: Rule) -> Graph:
    """Offer every value to the rules once, producers first; the first that answers wins.

    A rule sees its operands as already rewritten. What it returns is named after what it replaces.
    """
    old_readers = readers(graph)
    uses = Uses()
    rewritten: dict[Node, tuple[Value, ...]] = {}
    for node in graph.nodes:
        moved = with_inputs(node, tuple(rewritten[v.node][v.index] for v in node.inputs))
        values = tuple(Value(moved, i) for i in range(len(node.outputs)))
        if len(values) == 1 and node.op != "Placeholder" and node.array is None:
            with naming(node.name):
                values = (_first_answer(values[0], uses, rules),)
        rewritten[node] = values
        for i, value in enumerate(values):
            uses.add(value, old_readers.get(Value(node, i), []))
    outputs = {name: rewritten[v.node][v.index] for name, v in graph.outputs.items()}
    return graph if outputs == graph.outputs else Graph(graph.inputs, outputs)


def _first_answer(value: Value, uses: Uses, rules: tuple[Rule, ...]) -> Value:
    for rule in rules:
        answer = rule(value, uses)
        if answer is not None:
            assert answer.type == value.type, (value.op, answer.type, value.type)
            return answer
    return value


def settle(graph: Graph, *rules: Rule) -> Graph:
    """Sweep until no rule has anything to say."""
    while (swept := sweep(graph, *rules)) is not graph:
        graph = swept
    return graph


def substitute(graph: Graph, replacements: Mapping[Value, Value]) -> Graph:
    """The graph with some values replaced by others that are computed from what came before."""
    done: dict[Node, Node] = {node: node for node in graph.inputs}

    def resolve(value: Value) -> Value:
        while value in replacements and replacements[value] != value:
            value = replacements[value]
        return value

    def inputs_of(node: Node) -> list[Value]:
        return list(map(resolve, node.inputs))

    outputs = {name: resolve(value) for name, value in graph.outputs.items()}
    wanted = (value.node for value in outputs.values())
    for node in producers_first(wanted, graph.inputs, inputs_of):
        moved = tuple(Value(done[value.node], value.index) for value in inputs_of(node))
        done[node] = with_inputs(node, moved)
    found = {name: Value(done[value.node], value.index) for name, value in outputs.items()}
    return Graph(graph.inputs, found)

"""Rows that nobody reads are not computed: slices move up to where the rows come from.

A tower that pools one token needs, in its last block, the queries, the MLP and the norms of that
token only.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

from builder.tfjs import ops
from builder.tfjs.graph import Dim, Graph, Node, TensorType, Value, make, naming
from builder.tfjs.ops import int_attr, int_tuple
from builder.tfjs.rewrite.engine import readers, substitute
from builder.tfjs.rewrite.reshapes import is_elementwise
from builder.tfjs.rewrite.sharing import share_nodes

Block: TypeAlias = tuple[tuple[int, ...], tuple[Dim, ...]]
"""Where a slice begins and how large it is, per axis."""


def prune_rows(graph: Graph) -> Graph:
    """Move every slice up while it is all that is read of what it slices."""
    pruning = _Pruning(graph)
    for node in reversed(graph.nodes):
        if _is_fixed(node):
            pruning.lift(node.inputs[0])
    if not pruning.replaced:
        return graph
    return share_nodes(substitute(graph, pruning.replaced))


class _Pruning:
    """Slices that moved: f(x)[rows] is f(x[rows]) for an f that treats rows alone.

    Who reads a value is kept up to date, so that each move takes the same time in any graph.
    """

    def __init__(self, graph: Graph) -> None:
        self.replaced: dict[Value, Value] = {}
        self._readers = {value: list(found) for value, found in readers(graph).items()}
        self._known = set(graph.nodes)

    def lift(self, value: Value) -> None:
        """Move the slices of a value above what makes it, and so on from there."""
        waiting = [value]
        while waiting:
            made = self._now(waiting.pop())
            found = self._readers.get(made, [])
            lifted = _lift(made, found)
            if lifted is None:
                continue
            for node in found:
                assert node is not None, "an output is no slice"
                self.replaced[Value(node)] = lifted
                self._readers.setdefault(lifted, []).extend(self._readers.pop(Value(node), []))
            self._readers[made] = []
            for operand in made.inputs:
                self._readers[self._now(operand)].remove(made.node)
            waiting += self._add(lifted.node)

    def _now(self, value: Value) -> Value:
        while value in self.replaced:
            value = self.replaced[value]
        return value

    def _add(self, node: Node) -> list[Value]:
        """Record a new node and the new ones that it reads; the values that these read."""
        read: list[Value] = []
        waiting = [node]
        while waiting:
            added = waiting.pop()
            if added not in self._known:
                self._known.add(added)
                for value in map(self._now, added.inputs):
                    self._readers.setdefault(value, []).append(added)
                    read.append(value)
                    waiting.append(value.node)
        return read


def _lift(made: Value, found: Sequence[Node | None]) -> Value | None:
    """What all readers of a value read of it, if that is one block, made of blocks itself."""
    slices = [Value(node) for node in found if node is not None and _is_fixed(node)]
    if not slices or len(slices) < len(found):
        return None
    block = _block(slices[0])
    if any(_block(value) != block for value in slices):
        return None
    with naming(made.node.name):
        if is_elementwise(made):
            return _elementwise(made, block)
        return LIFTS[made.op](made, block) if made.op in LIFTS else None


def _is_fixed(node: Node) -> bool:
    """Whether a node is a Slice of a place known before the export."""
    return node.op == "Slice" and len(node.inputs) == 1


def _block(value: Value) -> Block:
    return int_tuple(value.node, "begin"), value.shape


def _elementwise(made: Value, block: Block) -> Value:
    operands = tuple(_slice_broadcast(v, made, block) for v in made.inputs)
    return make(made.op, operands, TensorType(block[1], made.dtype), **made.node.attrs)


def _slice_broadcast(operand: Value, made: Value, block: Block) -> Value:
    """The part of an operand that the block reads; axes of size 1 are repeated, so they stay."""
    lead = len(made.shape) - len(operand.shape)
    begin, sizes = list(block[0][lead:]), list(block[1][lead:])
    for axis, size in enumerate(operand.shape):
        if size == 1:
            begin[axis], sizes[axis] = 0, 1
    return ops.slice_(operand, begin, sizes)


def _is_whole(made: Value, block: Block, axes: Sequence[int]) -> bool:
    return all(block[1][i] == made.shape[i] for i in axes)


def _reduction(made: Value, block: Block) -> Value | None:
    x, axes = made.inputs[0], int_tuple(made.node, "axes")
    sizes = [x.shape[i] if i in axes else n for i, n in enumerate(block[1])]
    return ops.reduce(made.op, ops.slice_(x, block[0], sizes), axes)


def _softmax(made: Value, block: Block) -> Value | None:
    if not _is_whole(made, block, [len(made.shape) - 1]):
        return None
    return ops.softmax(ops.slice_(made.inputs[0], *block))


def _transpose(made: Value, block: Block) -> Value | None:
    perm = int_tuple(made.node, "perm")
    back = [perm.index(i) for i in range(len(perm))]
    begin, sizes = [block[0][i] for i in back], [block[1][i] for i in back]
    return ops.transpose(ops.slice_(made.inputs[0], begin, sizes), perm)


def _reshape(made: Value, block: Block) -> Value | None:
    """Slices of the axes that a Reshape leaves in place at the front."""
    source = made.inputs[0]
    same = [a == b for a, b in zip(source.shape, made.shape, strict=False)]
    kept = same.index(False) if False in same else len(same)
    if not _is_whole(made, block, range(kept, len(made.shape))):
        return None
    begin = [*block[0][:kept], *[0] * (len(source.shape) - kept)]
    sizes = [*block[1][:kept], *source.shape[kept:]]
    return ops.reshape(ops.slice_(source, begin, sizes), block[1])


def _matmul(made: Value, block: Block) -> Value | None:
    """Rows of the left operand; batches and columns must be whole."""
    rank = len(made.shape)
    a, b = made.inputs
    adj_x = made.node.attrs["adj_x"] is True
    # With a matrix on the right the other axes of the left operand are rows too.
    rows_only = len(b.shape) == 2 and not adj_x
    others = [rank - 1] if rows_only else [i for i in range(rank) if i != rank - 2]
    if len(a.shape) < rank or not _is_whole(made, block, others):
        return None
    axes = [*range(rank - 2), rank - 1, rank - 2] if adj_x else range(rank)
    begin = [*block[0][:-1], 0]
    sizes = [*block[1][:-1], a.shape[-2 if adj_x else -1]]
    rows = ops.slice_(a, [begin[i] for i in axes], [sizes[i] for i in axes])
    return ops.matmul(rows, b, adj_x=adj_x, adj_y=made.node.attrs["adj_y"] is True)


def _gather(made: Value, block: Block) -> Value | None:
    """Slices along the axes of the indices."""
    x, indices = made.inputs
    axis = int_attr(made.node, "axis")
    end = axis + len(indices.shape)
    others = [*range(axis), *range(end, len(made.shape))]
    if not _is_whole(made, block, others):
        return None
    return ops.gather(x, ops.slice_(indices, block[0][axis:end], block[1][axis:end]), axis)


LIFTS: Mapping[str, Callable[[Value, Block], Value | None]] = {
    **dict.fromkeys(("Max", "Mean", "Min", "Prod", "Sum"), _reduction),
    "BatchMatMulV2": _matmul,
    "GatherV2": _gather,
    "Reshape": _reshape,
    "Softmax": _softmax,
    "Transpose": _transpose,
}

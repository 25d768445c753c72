"""Weights as whole numbers of eight or four bits, with a scale for each channel.

The matrix of a product has a scale for each of its columns, the filters of a convolution one for
each channel that comes out, and a table whose rows are gathered one for each row. The graph
computes with the codes and multiplies what comes out: `x (codes * scales)` is `(x codes) * scales`.
So it runs in any TensorFlow.js, which stores the codes in one byte each, and kernels that know
integers may multiply matrices of them as such (webapp_src/wasm/int8.ts).
"""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, TypeAlias, TypeGuard

import numpy as np

from builder.options import Quantization
from builder.tfjs.graph import Array

Node: TypeAlias = Mapping[str, Any]
"""A node of a GraphDef in JSON."""

Bits: TypeAlias = Literal["int8", "int4"]

LARGEST: Mapping[Bits, int] = {"int8": 127, "int4": 7}
"""The codes go from minus this to this, so that zero is zero."""

_SCALES: Quantization = "float16"
"""How scales are stored."""

_PRODUCTS = ("_FusedMatMul", "MatMul", "BatchMatMulV2")
_CONVOLUTIONS = ("_FusedConv2D", "Conv2D")
_WITH_CHANNELS = {*((op, 2) for op in _PRODUCTS), *((op, 4) for op in _CONVOLUTIONS)}
"""What reads weights of so many axes, of which the last has what comes out."""
_FUSED = ("_FusedMatMul", "_FusedConv2D")
_TRANSPOSED = ("transpose_a", "transpose_b", "adj_x", "adj_y")
_BIAS_ADD = {"list": {"s": ["Qmlhc0FkZA=="]}}
"""`fused_ops` of a product with a bias and no activation, in base64."""


def find_axes(nodes: Sequence[Node], weights: Mapping[str, Array]) -> dict[str, int]:
    """The weights that can be codes, by name, with the axis along which the scales lie.

    They are matrices that are read by products only, or by gathers of rows only, or filters that
    are read by convolutions only.
    """
    axes: dict[str, set[int | None]] = {}
    for node in nodes:
        for place, name in enumerate(node.get("input", ())):
            if name in weights:
                axes.setdefault(name, set()).add(_axis(node, place, weights))
    return {
        name: axis
        for name, found in axes.items()
        if len(found) == 1 and (axis := found.pop()) is not None
    }


def _axis(node: Node, place: int, weights: Mapping[str, Array]) -> int | None:
    """The axis of the scales of a weight that is this operand of a node, or None."""
    attrs, operands = node.get("attr", {}), node["input"]
    rank = weights[operands[place]].ndim
    if node["op"] == "GatherV2":
        from_rows = weights.get(operands[2]) == 0 and not attrs.get("batch_dims", {}).get("i", 0)
        return 0 if place == 0 and from_rows and rank == 2 else None
    if place != 1 or (node["op"], rank) not in _WITH_CHANNELS:
        return None
    if any(attrs.get(key, {}).get("b") for key in _TRANSPOSED):
        return None
    if node["op"] in _FUSED and (attrs.get("fused_ops") != _BIAS_ADD or operands[2] not in weights):
        return None
    return rank - 1


def split_scales(array: Array, axis: int, bits: Bits) -> tuple[Array, Array]:
    """Codes, whole numbers, and scales: `codes * scales` is nearly the float32 weight.

    The scales lie along `axis` and have length 1 along the others. They are numbers of float16, so
    nothing is lost when they are stored as such.
    """
    largest = LARGEST[bits]
    others = tuple(other for other in range(array.ndim) if other != axis)
    sizes = np.abs(array).max(axis=others, keepdims=True) / np.float32(largest)
    scales = sizes.astype(np.float16)
    # Rounded up, so that the largest number has a code.
    scales = np.where(scales < sizes, np.nextafter(scales, np.float16(np.inf)), scales)
    scales = np.where(scales > 0, scales, np.float16(1)).astype(np.float32)
    codes = np.clip(np.rint(array / scales), -largest, largest)
    return codes.astype(np.float32), scales


def is_bits(quantization: str | None) -> TypeGuard[Bits]:
    """Whether a way to store weights is one with codes."""
    return quantization in LARGEST


def fit_bits(bits: Bits, array: Array, axis: int | None) -> Bits | None:
    """The codes that a weight with scales along `axis` can be, if it can: at least as many bits.

    Four bits are for rows that are gathered, two codes in a byte; products read one a byte.
    """
    if axis is None:
        return None
    return "int8" if axis or array.shape[1] % 2 else bits


class CodedGraph:
    """The nodes and weights of a graph, of which some weights are codes.

    `scales` says how the scales of all are stored.
    """

    def __init__(
        self, nodes: Sequence[Node], weights: Mapping[str, Array], chosen: Mapping[str, Bits]
    ) -> None:
        """Encode the chosen weights, which must be among those of `find_axes`."""
        axes = find_axes(nodes, weights)
        self.weights = dict(weights)
        self.scales: dict[str, Quantization] = {_scales_of(name): _SCALES for name in chosen}
        self._constants: list[Node] = []
        self._nodes: list[Node] = []
        for name, bits in chosen.items():
            codes, scales = split_scales(weights[name], axes[name], bits)
            self.weights[name] = _join_halves(codes) if bits == "int4" else codes
            self._constant(_scales_of(name), scales if axes[name] == 0 else scales.reshape(-1))
        for node in nodes:
            name = next((name for name in node.get("input", ()) if name in chosen), None)
            if name is None:
                self._nodes.append(node)
            elif axes[name]:
                self._scale_product(node, name)
            else:
                self._scale_rows(node, name, chosen[name])

    @property
    def nodes(self) -> list[Node]:
        """Those of a GraphDef, constants first."""
        return [*self._constants, *self._nodes]

    def _scale_product(self, node: Node, name: str) -> None:
        """(x codes + bias / scales) * scales."""
        operands = list(node["input"])
        if node["op"] in _FUSED:
            bias = self.weights[operands[2]] / self.weights[_scales_of(name)]
            operands[2] = self._constant(f"{node['name']}/bias", bias)
        product = f"{node['name']}/codes"
        self._nodes.append({**node, "name": product, "input": operands})
        self._add(node["name"], "Mul", product, _scales_of(name))

    def _scale_rows(self, node: Node, name: str, bits: Bits) -> None:
        """Rows of codes, each times its scale."""
        under, place = node["name"], node["input"][1:]
        rows = self._add(f"{under}/codes", "GatherV2", name, *place)
        if bits == "int4":
            rows = self._split_halves(under, rows)
        scales = self._add(f"{under}/scales", "GatherV2", _scales_of(name), *place)
        self._add(under, "Mul", rows, scales)

    def _split_halves(self, under: str, joined: str) -> str:
        """What `_join_halves` was given, in the arithmetic of float32."""
        sixteen = self._constant(f"{under}/16", np.float32(16))
        middle = self._constant(f"{under}/middle", np.float32(LARGEST["int4"]))
        last = self._constant(f"{under}/last", np.int32(-1))
        quotient = self._add(f"{under}/quotient", "RealDiv", joined, sixteen)
        left = self._add(f"{under}/left", "Floor", quotient)
        product = self._add(f"{under}/product", "Mul", left, sixteen)
        right = self._add(f"{under}/right", "Sub", joined, product)
        both = self._add(f"{under}/both", "ConcatV2", left, right, last)
        return self._add(f"{under}/centred", "Sub", both, middle)

    def _add(self, name: str, op: str, *inputs: str) -> str:
        self._nodes.append({"name": name, "op": op, "input": list(inputs)})
        return name

    def _constant(self, name: str, value: Any) -> str:
        self.weights[name] = np.asarray(value)
        self._constants.append({"name": name, "op": "Const"})
        return name


def _scales_of(name: str) -> str:
    return f"{name}/scales"


def _join_halves(codes: Array) -> Array:
    """The left half of each row in the upper four bits of a byte, the right half in the lower."""
    left, right = np.split(codes + LARGEST["int4"], 2, axis=1)
    return 16 * left + right

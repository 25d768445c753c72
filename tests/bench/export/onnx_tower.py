"""The same tower with the same weights for ONNX Runtime Web, as PyTorch's exporter writes them.

Layer norms and GELU are single ONNX operators, which suits ONNX Runtime best.
"""

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx  # pyright: ignore[reportMissingImports]
from onnx import helper, numpy_helper  # pyright: ignore[reportMissingImports]
from onnxruntime.quantization import (  # pyright: ignore[reportMissingImports]
    QuantType,
    quantize_dynamic,
)

from tests.bench.export.tower import HEADS, LENGTH, MLP_DIM, TOWER, WIDTH

OPSET = 20  # the first with Gelu


class _Graph:
    """Nodes and weights added one by one; every method returns the name of its result."""

    def __init__(self) -> None:
        self.nodes: list[Any] = []
        self.weights: list[Any] = []

    def weight(self, value: npt.ArrayLike) -> str:
        name = f"weight_{len(self.weights)}"
        self.weights.append(numpy_helper.from_array(np.asarray(value), name))
        return name

    def ints(self, *values: int) -> str:
        return self.weight(np.array(values, np.int64))

    def op(self, kind: str, *inputs: str, **attributes: Any) -> str:
        name = f"{kind}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, inputs, [name], name=name, **attributes))
        return name

    def norm(self, x: str, params: Any) -> str:
        scale, bias = self.weight(params["scale"]), self.weight(params["bias"])
        return self.op("LayerNormalization", x, scale, bias, axis=-1, epsilon=1e-6)

    def dense(self, x: str, kernel: Any, bias: Any, columns: int) -> str:
        kernel = np.asarray(kernel).reshape(-1, columns)
        product = self.op("MatMul", x, self.weight(kernel))
        return self.op("Add", product, self.weight(np.asarray(bias).reshape(columns)))

    def attention(self, x: str, params: Any) -> str:
        def project(name: str, perm: list[int]) -> str:
            projected = self.dense(x, params[name]["kernel"], params[name]["bias"], WIDTH)
            heads = self.op("Reshape", projected, self.ints(0, LENGTH, HEADS, WIDTH // HEADS))
            return self.op("Transpose", heads, perm=perm)

        query, key = project("query", [0, 2, 1, 3]), project("key", [0, 2, 3, 1])
        value = project("value", [0, 2, 1, 3])
        scale = self.weight(np.float32((WIDTH // HEADS) ** 0.5))
        scores = self.op("Div", self.op("MatMul", query, key), scale)
        mixed = self.op("MatMul", self.op("Softmax", scores, axis=-1), value)
        rows = self.op("Transpose", mixed, perm=[0, 2, 1, 3])
        joined = self.op("Reshape", rows, self.ints(0, LENGTH, WIDTH))
        return self.dense(joined, params["out"]["kernel"], params["out"]["bias"], WIDTH)

    def mlp(self, x: str, params: Any) -> str:
        wide, narrow = params["Dense_0"], params["Dense_1"]
        hidden = self.dense(x, wide["kernel"], wide["bias"], MLP_DIM)
        hidden = self.op("Gelu", hidden, approximate="tanh")
        return self.dense(hidden, narrow["kernel"], narrow["bias"], WIDTH)


def _build(params: Any) -> _Graph:
    graph = _Graph()
    x = graph.op("Gather", graph.weight(params["Embed_0"]["embedding"]), "tokens")
    x = graph.op("Add", x, graph.weight(params["pos_embedding"]))
    for i in range(TOWER.depth):
        block = params["Encoder_0"][f"encoderblock_{i}"]
        attention = block["MultiHeadDotProductAttention_0"]
        x = graph.op("Add", x, graph.attention(graph.norm(x, block["LayerNorm_0"]), attention))
        x = graph.op("Add", x, graph.mlp(graph.norm(x, block["LayerNorm_1"]), block["MlpBlock_0"]))
    x = graph.norm(x, params["Encoder_0"]["encoder_norm"])
    x = graph.op("Gather", x, graph.weight(np.int64(LENGTH - 1)), axis=1)
    x = graph.dense(x, params["head"]["kernel"], params["head"]["bias"], WIDTH)
    length = graph.op("ReduceL2", x, graph.ints(1), keepdims=1)
    graph.nodes.append(helper.make_node("Div", [x, length], ["embeddings"]))
    return graph


def write_models(params: Any, folder: Path) -> None:
    """Write tower.onnx (float32) and tower-int8.onnx (dynamically quantized)."""
    graph = _build(params)
    tokens = helper.make_tensor_value_info("tokens", onnx.TensorProto.INT64, ["b", LENGTH])
    rows = helper.make_tensor_value_info("embeddings", onnx.TensorProto.FLOAT, ["b", WIDTH])
    made = helper.make_graph(graph.nodes, "tower", [tokens], [rows], graph.weights)
    model = helper.make_model(made, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=10)
    onnx.checker.check_model(model)
    onnx.save(model, folder / "tower.onnx")
    quantize_dynamic(
        folder / "tower.onnx", folder / "tower-int8.onnx", weight_type=QuantType.QUInt8
    )

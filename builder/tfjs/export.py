"""From a JAX function to a graph model, which has not been compared with anything yet."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from builder.options import Converter
from builder.tfjs.lower import lower
from builder.tfjs.model import GraphModel
from builder.tfjs.quantize import Quantizations
from builder.tfjs.reference_converter import export_with_tensorflowjs
from builder.tfjs.rewrite import rewrite
from builder.tfjs.trace import trace
from builder.tfjs.write import write


def export(
    apply_fn: Callable[..., Any],
    params: Any,
    inputs: Mapping[str, Any],
    outputs: Sequence[str] | None = None,
    *,
    quantization: Quantizations = None,
    converter: Converter = "native",
) -> GraphModel:
    """Export `apply_fn(params, *inputs)` as a TensorFlow.js graph model.

    `inputs` gives the name, shape and dtype of each argument in order, for example
    `{"tokens": ("(b, 16)", "int32")}` with a symbolic batch `b` (see `trace`); `outputs` names what
    the function returns. `quantization` is how the weights are stored, all or by name; computation
    uses float32.

    Raises:
        ExportError: if TensorFlow.js cannot run the function, or if `converter` is tensorflowjs and
            that cannot be used here.
    """
    if converter == "tensorflowjs":
        model = export_with_tensorflowjs(apply_fn, params, inputs, outputs)
        return model.quantized(quantization)
    traced = trace(apply_fn, params, inputs, outputs)
    return replace(write(rewrite(lower(traced)), quantization), complex=traced.complex)

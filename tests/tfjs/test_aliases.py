"""What TensorFlow.js takes for something else is copied."""

# pyright: reportUnknownLambdaType=false

from typing import Any

import numpy as np
import pytest

from builder.tfjs.export import export
from builder.tfjs.runtime import NodeBackend, Runtime

RNG = np.random.default_rng(0)


@pytest.mark.parametrize("backend", ["wasm", "cpu"])
def test_an_array_may_be_multiplied_in_two_shapes(backend: NodeBackend):
    x, y = (RNG.normal(size=(4, 3)).astype(np.float32) for _ in range(2))

    def apply(_: Any, x: Any, y: Any) -> Any:
        return x.T @ y, x.reshape(1, 12) @ y.reshape(12, 1)

    specs = {"x": ("(4, 3)", "float32"), "y": ("(4, 3)", "float32")}
    model = export(apply, (), specs)
    with Runtime(backend) as runtime:
        runtime.load(model.files)
        found = runtime.predict({"x": x, "y": y})
    for output, expected in zip(found.values(), apply((), x, y), strict=True):
        np.testing.assert_allclose(output, expected, rtol=1e-5)


def test_an_array_that_is_multiplied_in_one_shape_is_not_copied():
    model = export(
        lambda p, x: (x @ p["w"]) @ p["w"],
        {"w": np.eye(3, dtype=np.float32)},
        {"x": ("(b, 3)", "float32")},
    )
    assert model.ops == ("BatchMatMulV2", "BatchMatMulV2")

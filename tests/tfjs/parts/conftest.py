"""TensorFlow.js under Node, and a comparison with JAX, for the tests beside it."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

import jax
import numpy as np
import pytest

from builder.conversion.samples import Function
from builder.tfjs.export import export
from builder.tfjs.graph import Array
from builder.tfjs.model import GraphModel
from builder.tfjs.runtime import NodeBackend, Runtime


class Run(Protocol):
    """Exports a function of arrays and runs it; see `run`."""

    def __call__(
        self, apply: Callable[..., Any], *arguments: Any, specs: Sequence[Any] = ()
    ) -> "Results":
        """Results of every backend, and of JAX."""
        ...


class Results:
    """The model, and for every backend what it and JAX give for each output."""

    def __init__(self, model: GraphModel, pairs: Mapping[str, Sequence[tuple[Array, Array]]]):
        self.model = model
        self.pairs = pairs

    def check(self, tolerance: float = 2e-6) -> None:
        """Fail if a number is further from JAX's, in parts of the largest; integers are exact."""
        for backend, pairs in self.pairs.items():
            for found, expected in pairs:
                assert found.shape == expected.shape, backend
                if found.dtype == np.float32:
                    size = np.abs(expected[np.isfinite(expected)]).max(initial=1e-30)
                    np.testing.assert_allclose(
                        found, expected, rtol=1e-5, atol=tolerance * size, err_msg=backend
                    )
                else:
                    np.testing.assert_array_equal(found, expected, err_msg=backend)


@pytest.fixture
def run(runtimes: Mapping[NodeBackend, Runtime]) -> Run:
    def run(apply: Callable[..., Any], *arguments: Any, specs: Sequence[Any] = ()) -> Results:
        arrays = list(map(jax.numpy.asarray, arguments))
        signatures = specs or [jax.ShapeDtypeStruct(a.shape, a.dtype) for a in arrays]
        named = {f"x{i}": s for i, s in enumerate(signatures)}

        def with_parameters(_: Any, *xs: Any) -> Any:
            return apply(*xs)

        model = export(with_parameters, (), named)
        sample = Function(with_parameters, (), list(signatures)).make_sample(
            arrays, model.inputs, model.outputs
        )
        pairs: dict[str, list[tuple[Array, Array]]] = {}
        for backend, runtime in runtimes.items():
            runtime.load(model.files)
            found = runtime.predict(sample.inputs)
            pairs[backend] = [(found[name], expected) for name, expected in sample.expected.items()]
        return Results(model, pairs)

    return run

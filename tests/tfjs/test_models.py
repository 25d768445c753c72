"""Whole models with a symbolic batch, run in TensorFlow.js for batches of several sizes."""

# pyright: reportUnknownLambdaType=false

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from builder.tfjs.export import export
from builder.tfjs.runtime import Runtime
from tests.tfjs.functions import Function
from tests.tfjs.models import MODELS

BATCHES = (1, 2, 5, 17)


@pytest.mark.slow
@pytest.mark.parametrize("function", MODELS, ids=str)
def test_a_model_takes_batches_of_any_size(function: Function, wasm: Runtime):
    model = export(lambda _, x: function.apply(x), (), function.specs)
    whole = function.arrays(batch=max(BATCHES))
    expected = jax.tree.leaves(function.apply(jnp.asarray(whole["x0"])))
    wasm.load(model.files)
    for batch in BATCHES:
        outputs = wasm.predict({"x0": whole["x0"][:batch]})
        for actual, wanted in zip(outputs.values(), expected, strict=True):
            np.testing.assert_allclose(actual, wanted[:batch], rtol=1e-5, atol=1e-5)

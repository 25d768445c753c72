"""Arrays of more axes than WebGL knows are computed with as arrays of fewer."""

# pyright: reportUnknownLambdaType=false

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax import lax

from builder.errors import ExportError
from builder.tfjs.export import export
from builder.tfjs.graph import TensorType, Value, placeholder
from builder.tfjs.lower.axes import transpose
from tests.tfjs.comparison import Runtimes, compare

SHAPE = (-1, 2, 3, 2, 2, 1, 2, 2)

FUNCTIONS: dict[str, Callable[[Any], Any]] = {
    "elementwise": lambda x: jnp.where(x > 0, jnp.sin(x) * 2, x.astype(jnp.int32) + 0.5),
    "transposed": lambda x: x.transpose(7, 0, 3, 5, 1, 6, 2, 4),
    "neighbours": lambda x: x.transpose(1, 2, 3, 0, 4, 5, 6, 7),
    "reduced": lambda x: (x.sum((1, 3, 7)), x.max(0), x.mean((2, 4), keepdims=True)),
    "broadcast": lambda x: x.sum(1, keepdims=True) + x,
    "joined": lambda x: jnp.concatenate([x, x * 2], 2),
    "summed up": lambda x: (jnp.cumsum(x, 3), lax.cummax(x, axis=7)),
    "multiplied": lambda x: jnp.einsum("abcdefgh,abcdijgh->abcefij", x, x),
    "called": lambda x: jax.jit(lambda y: jax.nn.relu(y))(x).sum(-1),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_eight_axes(name: str, runtimes: Runtimes):
    x = np.random.default_rng(0).normal(size=(3, 96)).astype(np.float32)
    compare(lambda x: FUNCTIONS[name](x.reshape(SHAPE)), [x], runtimes, ["(b,96)"])


def test_a_permutation_of_many_axes_is_made_in_turns():
    x = Value(placeholder("x", TensorType((2, 3, 4, 5, 6, 7, 8), "float32")))
    assert transpose(x, (6, 4, 2, 0, 1, 3, 5)).shape == (8, 6, 4, 2, 3, 5, 7)
    assert transpose(x, (1, 2, 3, 4, 5, 6, 0)).op == "Reshape"


def test_what_needs_many_axes_is_refused():
    with pytest.raises(ExportError, match="more than the 6 axes"):
        export(lambda _, x: jnp.sort(x.reshape(SHAPE), 1), None, {"x": ("(3,96)", "float32")})

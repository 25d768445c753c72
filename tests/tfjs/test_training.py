"""Training steps that run in the browser: TensorFlow.js follows JAX, loss by loss."""

from collections.abc import Callable
from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from builder.tfjs.export import export
from builder.tfjs.graph import Array
from builder.tfjs.runtime import Runtime

STEPS = 20


class _Cnn(nn.Module):
    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        x = nn.relu(nn.Conv(8, (3, 3))(x))
        x = nn.max_pool(x, (2, 2), (2, 2))
        x = nn.relu(nn.Conv(8, (3, 3), strides=2)(x))
        x = nn.avg_pool(x, (2, 2), (1, 1))
        return nn.Dense(4)(x.reshape(x.shape[0], -1))


class _Transformer(nn.Module):
    """Without biases of keys, whose gradients are 0: Adam would make steps of the rounding."""

    @nn.compact
    def __call__(self, tokens: jax.Array) -> jax.Array:
        x = nn.Embed(11, 16)(tokens) + self.param("places", nn.initializers.normal(), (6, 16))
        for _ in range(2):
            y = nn.LayerNorm()(x)
            x = x + nn.MultiHeadDotProductAttention(num_heads=2, use_bias=False)(y, y)
            x = x + nn.Dense(16)(nn.gelu(nn.Dense(32)(nn.LayerNorm()(x))))
        return nn.Dense(11)(nn.LayerNorm()(x))


def _loss(module: nn.Module) -> Callable[..., jax.Array]:
    def loss(params: Any, x: jax.Array, labels: jax.Array) -> jax.Array:
        logits: Any = module.apply(params, x)
        return optax.softmax_cross_entropy_with_integer_labels(logits, labels).mean()

    return loss


def _step(module: nn.Module, optimizer: optax.GradientTransformation) -> Callable[..., Any]:
    """One step: the new parameters, the new state of the optimizer, and the loss before it."""
    loss = _loss(module)

    def step(state: Any, x: jax.Array, labels: jax.Array) -> Any:
        value, gradients = jax.value_and_grad(loss)(state["params"], x, labels)
        updates, memory = optimizer.update(gradients, state["memory"], state["params"])
        return {"params": optax.apply_updates(state["params"], updates), "memory": memory}, value

    return step


def _follow(
    module: nn.Module,
    optimizer: optax.GradientTransformation,
    batches: list[tuple[Array, Array]],
    sizes: tuple[str, str],
    wasm: Runtime,
) -> tuple[list[float], list[float]]:
    """The losses of JAX and of TensorFlow.js, each of which keeps its own parameters."""
    x, labels = batches[0]
    params: Any = module.init(jax.random.key(0), jnp.asarray(x))
    state = {"params": params, "memory": optimizer.init(params)}
    leaves, tree = jax.tree.flatten(state)
    step = jax.jit(_step(module, optimizer))

    def flat(_: None, *arrays: Any) -> list[Any]:
        *held, x, labels = arrays
        new, loss = _step(module, optimizer)(tree.unflatten(held), x, labels)
        return [*jax.tree.leaves(new), loss]

    names = [f"state{i}" for i in range(len(leaves))]
    inputs: dict[str, Any] = {
        name: (leaf.shape, leaf.dtype) for name, leaf in zip(names, leaves, strict=True)
    }
    inputs |= {"x": (sizes[0], x.dtype), "labels": (sizes[1], labels.dtype)}
    model = export(flat, None, inputs, [*(f"new_{n}" for n in names), "loss"])
    wasm.load(model.files)
    held = dict(zip(names, map(np.asarray, leaves), strict=True))
    expected: list[float] = []
    found: list[float] = []
    for x, labels in batches:
        state, loss = step(state, x, labels)
        expected.append(float(loss))
        outputs = wasm.predict({**held, "x": x, "labels": labels})
        found.append(float(outputs["loss"]))
        held = {name: outputs[f"new_{name}"] for name in names}
    for name, leaf in zip(names, jax.tree.leaves(state), strict=True):
        np.testing.assert_allclose(held[name], leaf, rtol=2e-3, atol=2e-4)
    return expected, found


OPTIMIZERS = {"sgd": optax.sgd(0.05, momentum=0.9), "adam": optax.adam(3e-3)}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("optimizer", "batch"), [("sgd", "b"), pytest.param("adam", "4", marks=pytest.mark.long)]
)
def test_a_cnn_learns_as_in_jax(optimizer: str, batch: str, wasm: Runtime):
    rng = np.random.default_rng(0)
    batches = [
        (rng.normal(size=(4, 12, 12, 3)).astype(np.float32), rng.integers(0, 4, 4, np.int32))
    ] * STEPS
    sizes = f"({batch},12,12,3)", f"({batch})"
    expected, found = _follow(_Cnn(), OPTIMIZERS[optimizer], batches, sizes, wasm)
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-6)
    assert found[-1] < 0.5 * found[0]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("optimizer", "batch"), [pytest.param("sgd", "3", marks=pytest.mark.long), ("adam", "b")]
)
def test_a_transformer_learns_as_in_jax(optimizer: str, batch: str, wasm: Runtime):
    rng = np.random.default_rng(0)
    tokens = rng.integers(0, 11, (3, 6), np.int32)
    batches = [(tokens, np.roll(tokens, -1, axis=1))] * STEPS
    sizes = f"({batch},6)", f"({batch},6)"
    expected, found = _follow(_Transformer(), OPTIMIZERS[optimizer], batches, sizes, wasm)
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-6)
    assert found[-1] < found[0]

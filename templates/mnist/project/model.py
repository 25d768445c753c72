"""The network, as in Flax's MNIST example: https://github.com/google/flax/tree/main/examples/mnist"""

from typing import Any

import jax
import jax.numpy as jnp
from flax import linen as nn


class CNN(nn.Module):
    """Two stages of convolution and average pooling, 256 units, ten digits."""

    @nn.compact
    def __call__(self, image: jax.Array) -> jax.Array:
        """Logits float32[b, 10] for images float32[b, 28, 28] of ink from 0 to 1."""
        x = image[..., None]
        for features in (32, 64):
            x = nn.relu(nn.Conv(features, kernel_size=(3, 3))(x))
            x = nn.avg_pool(x, window_shape=(2, 2), strides=(2, 2))
        x = x.reshape(-1, 7 * 7 * 64)
        x = nn.relu(nn.Dense(256)(x))
        return nn.Dense(10)(x)


def classify(params: Any, image: jax.Array) -> jax.Array:
    """What the page runs: the probability of each digit, float32[b, 10]."""
    return jax.nn.softmax(logits(params, image))


def logits(params: Any, image: jax.Array) -> jax.Array:
    """float32[b, 10]."""
    return jnp.asarray(CNN().apply({"params": params}, image))

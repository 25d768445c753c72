"""CLIP's ResNet: a stem of three convolutions, no strides after it, attention pooling.

Source: "Learning Transferable Visual Models From Natural Language Supervision",
https://arxiv.org/abs/2103.00020; open_clip's modified_resnet.py.
"""

import flax.linen as nn
import jax
import jax.numpy as jnp

EXPANSION = 4
"""A block's output has so many times the columns of its middle."""


class ModifiedResNet(nn.Module):
    """`blocks` of each of four stages; `width` is that of the first; `num_classes` columns.

    Batch norms are part of the convolutions before them.
    """

    blocks: tuple[int, int, int, int]
    width: int
    num_heads: int
    num_classes: int

    @nn.compact
    def __call__(self, images: jax.Array) -> jax.Array:
        """`float32[n, h, w, 3]` to `float32[n, num_classes]`, not yet normalised."""
        x = _convolve(images, self.width // 2, 3, "conv1", strides=2)
        x = _convolve(x, self.width // 2, 3, "conv2")
        x = nn.avg_pool(_convolve(x, self.width, 3, "conv3"), (2, 2), (2, 2))
        for stage, count in enumerate(self.blocks, start=1):
            for i in range(count):
                stride = 2 if stage > 1 and i == 0 else 1
                planes = self.width * 2 ** (stage - 1)
                x = _Bottleneck(planes, stride, name=f"layer{stage}_{i}")(x)
        return _AttentionPool(self.num_heads, self.num_classes, name="attnpool")(x)


class _Bottleneck(nn.Module):
    planes: int
    stride: int

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        """`[n, h, w, c] -> [n, h / stride, w / stride, 4 * planes]`."""
        pool = (self.stride, self.stride)
        y = _convolve(x, self.planes, 1, "conv1")
        y = _convolve(y, self.planes, 3, "conv2")
        if self.stride > 1:
            y = nn.avg_pool(y, pool, pool)
        y = _convolve(y, self.planes * EXPANSION, 1, "conv3", activate=False)
        if self.stride > 1 or x.shape[-1] != y.shape[-1]:
            x = nn.avg_pool(x, pool, pool)
            x = _convolve(x, self.planes * EXPANSION, 1, "downsample", activate=False)
        return nn.relu(x + y)


class _AttentionPool(nn.Module):
    """The mean of all positions attends to itself and to them."""

    num_heads: int
    features: int

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        """`[n, h, w, d] -> [n, features]`."""
        n, h, w, d = x.shape
        x = x.reshape(n, h * w, d)
        x = jnp.concatenate([x.mean(axis=1, keepdims=True), x], axis=1)
        x = x + self.param("pos_embedding", nn.initializers.normal(d**-0.5), (1, h * w + 1, d))
        attention = nn.MultiHeadDotProductAttention(
            self.num_heads, out_features=self.features, name="attention"
        )
        return attention(x[:, :1], x)[:, 0]


def _convolve(
    x: jax.Array, features: int, size: int, name: str, *, strides: int = 1, activate: bool = True
) -> jax.Array:
    x = nn.Conv(features, (size, size), strides, padding=size // 2, name=name)(x)
    return nn.relu(x) if activate else x

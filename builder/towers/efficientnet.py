"""EfficientNet-Lite0 and -Lite2, the image towers of the default model, for inference only.

Architecture: https://github.com/tensorflow/tpu/tree/master/models/official/efficientnet/lite
(no squeeze-and-excite, ReLU6, stem and head not scaled). Each convolution has
its batch normalisation folded in by `builder.tuning.convert_efficientnet`.
Padding is TensorFlow's "SAME", which for stride 2 differs from PyTorch's.
"""

from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

import flax.linen as nn
import jax


class Stage(NamedTuple):
    """Blocks of one resolution: the first has the stride, the others keep the shape."""

    repeats: int
    kernel: int
    stride: int
    expand: int
    filters: int


Variant = Literal["lite0", "lite2"]

STAGES: Mapping[Variant, Sequence[Stage]] = {
    "lite0": (
        Stage(repeats=1, kernel=3, stride=1, expand=1, filters=16),
        Stage(repeats=2, kernel=3, stride=2, expand=6, filters=24),
        Stage(repeats=2, kernel=5, stride=2, expand=6, filters=40),
        Stage(repeats=3, kernel=3, stride=2, expand=6, filters=80),
        Stage(repeats=3, kernel=5, stride=1, expand=6, filters=112),
        Stage(repeats=4, kernel=5, stride=2, expand=6, filters=192),
        Stage(repeats=1, kernel=3, stride=1, expand=6, filters=320),
    ),
    # 1.1 times as wide, in multiples of 8, and 1.2 times as deep.
    "lite2": (
        Stage(repeats=1, kernel=3, stride=1, expand=1, filters=16),
        Stage(repeats=3, kernel=3, stride=2, expand=6, filters=24),
        Stage(repeats=3, kernel=5, stride=2, expand=6, filters=48),
        Stage(repeats=4, kernel=3, stride=2, expand=6, filters=88),
        Stage(repeats=4, kernel=5, stride=1, expand=6, filters=120),
        Stage(repeats=5, kernel=5, stride=2, expand=6, filters=208),
        Stage(repeats=1, kernel=3, stride=1, expand=6, filters=352),
    ),
}
SIZES: Mapping[Variant, int] = {"lite0": 224, "lite2": 260}
"""Side of the pictures that each was trained for, in pixels."""


class InvertedBottleneck(nn.Module):
    """Expand, depthwise convolution, project; a residual where the shapes allow one."""

    expand: int
    kernel: int
    stride: int
    filters: int

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        """`[n, h, w, c] -> [n, h / stride, w / stride, filters]`."""
        inputs, width = x, x.shape[-1] * self.expand
        kernel = (self.kernel, self.kernel)
        if self.expand > 1:
            x = nn.relu6(nn.Conv(width, (1, 1), name="expand")(x))
        x = nn.Conv(width, kernel, self.stride, feature_group_count=width, name="depthwise")(x)
        x = nn.Conv(self.filters, (1, 1), name="project")(nn.relu6(x))
        return x + inputs if x.shape == inputs.shape else x


class EfficientNetLite(nn.Module):
    """The ImageNet classifier and, before its last layer, the image features."""

    variant: Variant

    @nn.compact
    def __call__(self, images: jax.Array) -> tuple[jax.Array, jax.Array]:
        """RGB `float32[n, h, w, 3]` in [-1, 1] to features `[n, 1280]` and logits `[n, 1000]`.

        The published weights expect (x - 127) / 128 of 0...255.
        """
        x = ((images + 1) * 127.5 - 127) / 128
        x = nn.relu6(nn.Conv(32, (3, 3), 2, name="stem")(x))
        index = 0
        for stage in STAGES[self.variant]:
            for repeat in range(stage.repeats):
                stride = stage.stride if repeat == 0 else 1
                x = InvertedBottleneck(
                    stage.expand, stage.kernel, stride, stage.filters, name=f"block_{index}"
                )(x)
                index += 1
        x = nn.relu6(nn.Conv(1280, (1, 1), name="head")(x))
        features = x.mean(axis=(1, 2))
        return features, nn.Dense(1000, name="classifier")(features)

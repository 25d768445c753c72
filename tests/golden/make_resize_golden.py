"""Records what TensorFlow makes of small pictures by the steps of `vit_jax.preprocess`.

Run as `.venv-crosscheck/bin/python tests/golden/make_resize_golden.py` (`make crosscheck` sets that
environment up); it rewrites resize.npz beside it: `NAME/picture`, and what becomes of it with a
side of SIZE pixels, `NAME/crop` and `NAME/squash`.
"""

from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf  # pyright: ignore[reportMissingModuleSource]

SIZE = 24
SHAPES = {"wide": (31, 53), "tall": (47, 29), "small": (9, 14), "square": (24, 24)}


def resize(picture: Any, height: Any, width: Any) -> Any:
    """Bilinear without antialiasing, and a cast that cuts off fractions."""
    return tf.cast(tf.image.resize(picture, [height, width], method="bilinear"), tf.uint8)


def crop(picture: Any) -> Any:
    """The shorter side becomes SIZE, and the middle of the longer one stays."""
    shape = tf.shape(picture)[:2]
    scale = tf.cast(SIZE, tf.float32) / tf.cast(tf.reduce_min(shape), tf.float32)
    height, width = tf.unstack(tf.cast(tf.round(tf.cast(shape, tf.float32) * scale), tf.int32))
    resized = resize(picture, height, width)
    top, left = (height - SIZE) // 2, (width - SIZE) // 2
    return resized[top : top + SIZE, left : left + SIZE]


def main() -> None:
    """Write resize.npz."""
    rng = np.random.default_rng(0)
    arrays: dict[str, Any] = {}
    for name, shape in SHAPES.items():
        picture = rng.integers(0, 256, (*shape, 3), np.uint8)
        arrays |= {
            f"{name}/picture": picture,
            f"{name}/crop": crop(picture).numpy(),
            f"{name}/squash": resize(picture, SIZE, SIZE).numpy(),
        }
    np.savez_compressed(Path(__file__).parent / "resize.npz", **arrays)


if __name__ == "__main__":
    main()

"""`python -m tests.bench.scale.peak`: the share of the peak that an image tower reaches here.

The peak is that of one large float32 product. The tower is ViT-L/16 at 224 pixels, whose
multiply-adds XLA counts.
"""

import os
import statistics
import time
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp

from tests.bench.embedding.tower import LARGE, SIZE, make_tower

SIDE = 4096
BATCH = 8
ROUNDS = 5


def main() -> None:
    """Measure both in turns, and print them and their ratio."""
    print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f} before the start")
    square = jnp.ones((SIDE, SIDE), jnp.float32)
    tower = make_tower(LARGE)
    images = jnp.zeros((BATCH, SIZE, SIZE, 3), jnp.float32)
    product = jax.jit(jnp.matmul).lower(square, square).compile()
    forward = jax.jit(tower.apply).lower(tower.params, images).compile()
    operations = count_operations(forward)
    peaks: list[float] = []
    reached: list[float] = []
    for _ in range(ROUNDS):
        peaks.append(2 * SIDE**3 / measure(lambda: product(square, square)))
        reached.append(operations / measure(lambda: forward(tower.params, images)))
    print(f"ViT-L/16: {operations / BATCH / 1e9:.0f} GFLOP a picture")
    shares = [one / peak for one, peak in zip(reached, peaks, strict=True)]
    peak, one, share = map(statistics.median, (peaks, reached, shares))
    print(f"peak {peak / 1e9:.0f} GFLOP/s, reached {one / 1e9:.0f}, which is {share:.0%} of it")


def count_operations(compiled: Any) -> float:
    """Floating-point operations of a program, a multiply-add being two."""
    return float(compiled.cost_analysis()["flops"])


def measure(run: Callable[[], jax.Array]) -> float:
    """Seconds of one run."""
    run().block_until_ready()
    start = time.perf_counter()
    run().block_until_ready()
    return time.perf_counter() - start


if __name__ == "__main__":
    main()

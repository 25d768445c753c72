"""A tower on the machine's devices: weights placed once, every batch split over all of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.sharding import Mesh, NamedSharding, PartitionSpec
from jax.stages import Compiled
from numpy.typing import DTypeLike, NDArray

from builder.embedding.depthwise import shift_depthwise
from builder.errors import ModelError
from builder.model import Params, Tower

MIN_COSINE = 0.9999
"""What bfloat16 may cost: as much as the float16 weights of a text encoder may."""


@dataclass(frozen=True)
class BatchLimit:
    """The largest batch per device. Larger ones give no more rows per second
    (docs/embedding.md)."""

    cpu: int
    accelerator: int


BATCH_LIMITS: Mapping[str, BatchLimit] = {
    "images": BatchLimit(cpu=8, accelerator=128),
    "prompts": BatchLimit(cpu=32, accelerator=512),
}


@dataclass(frozen=True)
class PlacedTower:
    """A tower compiled for one shape of batch, its weights on every device."""

    batch_size: int
    run: Compiled
    params: Params
    split: NamedSharding

    def start(self, batch: NDArray[Any]) -> jax.Array:
        """Start on unit rows `float32[batch_size, d]`; reading them waits until they are done.

        A shorter batch is padded with its last input.
        """
        missing = self.batch_size - len(batch)
        whole = np.concatenate([batch, np.repeat(batch[-1:], missing, axis=0)])
        return self.run(self.params, jax.device_put(whole, self.split))


def place_tower(
    tower: Tower, shape: Sequence[int], dtype: DTypeLike, count: int | None, limit: BatchLimit
) -> PlacedTower:
    """Copy the weights to all devices and compile for `count` inputs of that shape and type.

    Where the count is not known, the batch is as large as the limit allows. Otherwise it has
    the size that wastes least. It is halved until two of them fit into the memory that the device
    says is free.

    Raises:
        ModelError: if not even one input per device fits.
    """
    devices = jax.local_devices()
    largest = limit.cpu if devices[0].platform == "cpu" else limit.accelerator
    while largest:
        batch_size = largest * len(devices)
        if count is not None:
            batch_size = choose_batch_size(count, largest, len(devices))
        if placed := _place(tower, (batch_size, *shape), dtype):
            return placed
        largest = batch_size // len(devices) // 2
    raise ModelError(
        f"the memory of {devices[0]} is too small for this tower. Set JAX_PLATFORMS=cpu to compute"
        " on the CPU."
    )


def choose_batch_size(count: int, largest: int, devices: int = 1) -> int:
    """The size, at most `largest` per device, of the batches that `count` inputs are split into.

    The last batch is padded. So, of the sizes down to half of the largest, this is the one that
    needs the least padding.
    """
    share = -(-count // devices)
    if share <= largest:
        return share * devices
    return min(range(largest, largest // 2, -1), key=lambda size: -share % size) * devices


def prefer_fast(fast: Tower, exact: PlacedTower, sample: NDArray[Any]) -> tuple[PlacedTower, float]:
    """The tower to continue with, and the least cosine of the fast one's rows for a whole batch.

    The fast one is used if its rows keep to `MIN_COSINE` and it fits beside the exact one.
    """
    placed = _place(fast, sample.shape, sample.dtype)
    if placed is None:
        return exact, 1.0
    rows, expected = (np.asarray(tower.start(sample)) for tower in (placed, exact))
    cosine = float(np.min(np.sum(rows * expected, axis=1)))
    return (placed if cosine >= MIN_COSINE else exact), cosine


def on_bytes(tower: Tower, dtype: DTypeLike = jnp.float32) -> Tower:
    """The image tower for uint8[n, h, w, 3], which it sees as `dtype` in [-1, 1]."""

    def apply(params: Params, pixels: Any) -> Any:
        return tower.apply(params, (pixels.astype(jnp.float32) / 127.5 - 1).astype(dtype))

    return Tower(apply, tower.params)


def in_bfloat16(tower: Tower) -> Tower:
    """The tower with bfloat16 weights for bfloat16 inputs; rows are float32, normalised again."""

    def narrow(leaf: Any) -> Any:
        return leaf.astype(jnp.bfloat16) if leaf.dtype == np.float32 else leaf

    def apply(params: Params, inputs: Any) -> jax.Array:
        rows = tower.apply(params, inputs).astype(jnp.float32)
        return rows / jnp.linalg.norm(rows, axis=1, keepdims=True)

    return Tower(apply, jax.tree.map(narrow, tower.params))


def see_bytes(tower: Tower) -> tuple[Tower, Tower | None]:
    """The image tower for uint8[n, h, w, 3], and a faster one if these devices have one to try."""
    fast = on_bytes(in_bfloat16(tower), "bfloat16") if multiplies_bfloat16() else None
    seeing = on_bytes(tower)
    if jax.default_backend() == "cpu":
        seeing = Tower(shift_depthwise(seeing.apply), seeing.params)
    return seeing, fast


def multiplies_bfloat16() -> bool:
    """Whether the devices multiply bfloat16 faster than float32: accelerators do, CPUs do not."""
    return jax.default_backend() in ("gpu", "tpu")


def _place(tower: Tower, shape: Sequence[int], dtype: DTypeLike) -> PlacedTower | None:
    """The tower compiled for that shape of batch, or None if two batches do not fit at once."""
    devices = jax.local_devices()
    mesh = Mesh(np.array(devices), ("batch",))
    split, everywhere = (NamedSharding(mesh, PartitionSpec(*axes)) for axes in (("batch",), ()))
    params = jax.device_put(tower.params, everywhere)
    # By default, accelerators round what they multiply; rows must be those of the author's code.
    with jax.default_matmul_precision("float32"):
        jitted = jax.jit(tower.apply, in_shardings=(everywhere, split), out_shardings=split)
        compiled = jitted.lower(params, jax.ShapeDtypeStruct(shape, dtype)).compile()
    if not _fits(compiled.memory_analysis(), devices[0].memory_stats()):
        return None
    return PlacedTower(shape[0], compiled, params, split)


def _fits(needed: Any, stats: dict[str, int] | None) -> bool:
    """Whether two batches fit at once; a device that reports no memory is taken to have enough."""
    if needed is None or not stats or "bytes_limit" not in stats:
        return True
    free = stats["bytes_limit"] - stats.get("bytes_in_use", 0)
    return 2 * (needed.temp_size_in_bytes + needed.output_size_in_bytes) <= free

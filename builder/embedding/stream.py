"""Inputs that stream through a tower: loaded by threads while the devices compute.

What is loaded ahead is bounded, so memory does not grow with the number of inputs.
"""

import os
from collections import deque
from collections.abc import Callable, Generator, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from builder.errors import ModelError, NumberError
from builder.model import Rows, Tower

if TYPE_CHECKING:
    import jax

    from builder.embedding.devices import PlacedTower

Item = TypeVar("Item")
Loaded = TypeVar("Loaded")
Names = TypeVar("Names", bound=Sequence[Any])


def load_ahead(
    items: Iterable[Item], load: Callable[[Item], Loaded], count: int
) -> Generator[tuple[Item, Loaded]]:
    """The items in order, each with what `load` makes of it; threads load the next `count`.

    Items are asked for in the caller's thread. Raises what `load` raises, at that item.
    """
    waiting = iter(items)
    loading: deque[tuple[Item, Future[Loaded]]] = deque()
    pool = ThreadPoolExecutor(os.cpu_count(), "load")
    try:
        while True:
            for item in islice(waiting, count - len(loading)):
                loading.append((item, pool.submit(load, item)))
            if not loading:
                return
            item, future = loading.popleft()
            yield item, future.result()
    finally:
        pool.shutdown(cancel_futures=True)


class BatchRunner:
    """Runs batches through a tower, or a faster one if that comes close enough."""

    def __init__(self, placed: "PlacedTower", fast: Tower | None, say: Callable[[str], None]):
        self._placed = placed
        self._fast = fast
        self._say = say

    @property
    def batch_size(self) -> int:
        """How many inputs a batch has, of which only the last may have fewer."""
        return self._placed.batch_size

    def run(self, batches: Iterable[tuple[Names, NDArray[Any]]]) -> Generator[tuple[Names, Rows]]:
        """Unit rows float32[len(names), d] of each batch, in order; the next one is then running.

        The faster tower is tried on the first whole batch.
        """
        running: deque[tuple[Names, jax.Array]] = deque()
        for names, batch in batches:
            if self._fast and len(batch) == self.batch_size:
                self._try_fast(self._fast, batch)
            # The devices begin a batch while the rows of the previous one are stored.
            running.append((names, self._placed.start(batch)))
            if len(running) > 1:
                yield self._finish(*running.popleft())
        while running:
            yield self._finish(*running.popleft())

    def _try_fast(self, fast: Tower, batch: NDArray[Any]) -> None:
        from builder.embedding.devices import prefer_fast

        self._placed, cosine = prefer_fast(fast, self._placed, batch)
        self._fast = None
        self._say(f"bfloat16: least cosine to float32 {cosine:.6f}")

    def _finish(self, names: Names, started: "jax.Array") -> tuple[Names, Rows]:
        rows = np.asarray(started)
        # Without those of what filled the batch; a tower that returns others is found out later.
        return names, rows[: len(names)] if len(rows) == self.batch_size else rows


def check_rows(rows: Rows, model_id: str, dim: int, inputs: Sequence[str]) -> Rows:
    """The rows of the inputs with these names.

    Raises:
        ModelError: if they have another size than `dim`, or are not finite.
    """
    if rows.shape != (len(inputs), dim):
        raise ModelError(
            f"{model_id}: a tower returned {rows.shape}, expected {(len(inputs), dim)}."
        )
    finite = np.isfinite(rows)
    if not finite.all():
        row, column = (int(i) for i in np.unravel_index(int(np.argmin(finite)), rows.shape))
        raise NumberError(
            f"{model_id}: a tower returned {rows[row, column]} in column {column} of the row of"
            f" {inputs[row]!r}, which is not finite."
        )
    return rows

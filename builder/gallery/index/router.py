"""Which lists to read for a query, learned from what queries find.

A query's best pictures need not be in the list whose mean is most like it. So a linear classifier
learns in which lists the best ten of sentences are, starting from the means (Vecchiato et al., "A
Learning-to-Rank Formulation of Clustering-Based Approximate Nearest Neighbor Search", SIGIR 2024).
"""

from dataclasses import dataclass

import jax
import jax.numpy as jnp
import numpy as np
import optax
from numpy.typing import NDArray

from builder.gallery.index.clusters import Clusters

_SHARPNESS = 30.0
"""The scale of similarities to means that the training starts from."""

_RATE = 0.1
_STEPS = 60
_PATIENCE = 5
"""Steps between two looks at queries that are not learned from."""

_PROBES = 8
"""Lists that are read when it is judged."""


@dataclass(frozen=True)
class Router:
    """Lists in the order of `scales * (codes @ query) + biases`, the greatest first.

    int8[lists, dim], float32[lists] and float32[lists].
    """

    codes: NDArray[np.int8]
    scales: NDArray[np.float32]
    biases: NDArray[np.float32]

    def rank(self, queries: NDArray[np.float32]) -> NDArray[np.int64]:
        """int64[m, lists]: all lists for each of float32[m, dim], the first to be read first."""
        logits = queries @ (self.codes * self.scales[:, None]).T + self.biases
        return np.argsort(-logits, axis=1, kind="stable")


def train_router(
    clusters: Clusters,
    queries: NDArray[np.float32],
    wanted: NDArray[np.int64],
    judged: int,
) -> Router:
    """Learn from queries, float32[m, dim], and the positions of what they find, int64[m, k].

    The first `judged` of them only tell when to stop.
    """
    lists = clusters.find_lists(wanted)
    learned, labels = jnp.asarray(queries[judged:]), jnp.asarray(lists[judged:])
    optimizer = optax.adam(_RATE)
    params = (jnp.asarray(clusters.means * _SHARPNESS), jnp.zeros(len(clusters.means)))
    state = optimizer.init(params)

    @jax.jit
    def step(params: tuple[jax.Array, jax.Array], state: optax.OptState):
        def loss(params: tuple[jax.Array, jax.Array]) -> jax.Array:
            logits = jax.nn.log_softmax(learned @ params[0].T + params[1])
            return -jnp.take_along_axis(logits, labels, axis=1).mean()

        updates, state = optimizer.update(jax.grad(loss)(params), state)
        return optax.apply_updates(params, updates), state

    best, least = _round(params), 0.0
    for count in range(_STEPS + 1):
        if count % _PATIENCE == 0:
            router = _round(params)
            found = share_found(router.rank(queries[:judged]), lists[:judged], _PROBES)
            if found > least:
                best, least = router, found
        params, state = step(params, state)
    return best


def share_found(ranked: NDArray[np.int64], lists: NDArray[np.int64], probes: int) -> float:
    """The share of pictures, by their lists, int64[m, k], that are in the first lists read."""
    read = ranked[:, None, :probes]
    return float((lists[:, :, None] == read).any(axis=2).mean())


def _round(params: tuple[jax.Array, jax.Array]) -> Router:
    """The router with eight bits for each number."""
    rows, biases = (np.asarray(part) for part in params)
    scales = np.abs(rows).max(axis=1) / 127
    codes = np.rint(rows / scales[:, None]).astype(np.int8)
    return Router(codes, scales.astype(np.float32), biases.astype(np.float32))

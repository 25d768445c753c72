"""Which lists to read for a query, learned from what queries find.

A query's best pictures need not be in the list whose mean is most like it. So a network with one
hidden layer learns in which lists the best ten of sentences are. It says, too, how sure it is, so
that a search reads no more lists than its query needs. Learning to rank lists is due to Vecchiato
et al., "A Learning-to-Rank Formulation of Clustering-Based Approximate Nearest Neighbor Search"
(SIGIR 2024), who do it without a hidden layer.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import jax
import jax.numpy as jnp
import numpy as np
import optax
from numpy.typing import NDArray

from builder.gallery.index.clusters import Clusters
from builder.gallery.index.rounding import Rounded

UNITS = 96
"""Of the hidden layer."""

_RATE = 3e-3
_DECAY = 1e-4
_BATCH = 512
_EPOCHS = 20
_LEAST_STEPS = 1500
_LOOKS = 20
"""How often it is judged while it learns."""

_Params = Mapping[str, jax.Array]


@dataclass(frozen=True)
class Layer:
    """`weights` is of [outputs, inputs], `biases` float32[outputs]."""

    weights: Rounded
    biases: NDArray[np.float32]

    def __call__(self, inputs: NDArray[np.float32]) -> NDArray[np.float32]:
        """float32[m, outputs] of float32[m, inputs]."""
        return inputs @ self.weights.values.T + self.biases

    def tobytes(self) -> bytes:
        """The weights, then the biases."""
        return self.weights.tobytes() + self.biases.astype("<f4").tobytes()


@dataclass(frozen=True)
class Router:
    """What share of a query's best pictures each list has: a softmax of
    `output(max(hidden(query), 0))`."""

    hidden: Layer
    output: Layer

    def rank(self, queries: NDArray[np.float32]) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """All lists for each query, int64[m, lists] for float32[m, dim], the first to be read
        first; and the share of each, float32[m, lists]."""
        logits = self.output(np.maximum(self.hidden(queries), 0))
        powers = np.exp(logits - logits.max(axis=1, keepdims=True))
        shares = powers / powers.sum(axis=1, keepdims=True)
        lists = np.argsort(-shares, axis=1, kind="stable")
        return lists, np.take_along_axis(shares, lists, 1)


def count_lists(shares: NDArray[np.float32], share: float) -> NDArray[np.int64]:
    """int64[m]: how many lists hold that share together, of their falling shares, [m, lists]."""
    return np.minimum((np.cumsum(shares, axis=1) < share).sum(axis=1) + 1, shares.shape[1])


def train_router(
    clusters: Clusters, queries: NDArray[np.float32], wanted: NDArray[np.int64], judged: int
) -> Router:
    """Learn from queries, float32[m, dim], and the positions of what they find, int64[m, k].

    The first `judged` of them only tell when it was best.
    """
    labels = clusters.find_lists(wanted)
    mean, spread = queries.mean(axis=0), float(queries.std(axis=0).mean())
    learned = jnp.asarray((queries[judged:] - mean) / spread), jnp.asarray(labels[judged:])
    kept = jnp.asarray((queries[:judged] - mean) / spread), jnp.asarray(labels[:judged])
    rng = np.random.default_rng(0)
    batch = min(_BATCH, len(learned[0]))
    steps = max(_LEAST_STEPS, _EPOCHS * len(learned[0]) // batch)
    schedule = optax.cosine_decay_schedule(_RATE, steps)
    optimizer = optax.adamw(schedule, weight_decay=_DECAY)

    @jax.jit
    def step(params: _Params, state: optax.OptState, some: NDArray[np.int64]):
        slopes = jax.grad(_loss)(params, learned[0][some], learned[1][some])
        updates, state = optimizer.update(slopes, state, params)
        return optax.apply_updates(params, updates), state

    params = _begin(queries.shape[1], len(clusters.means), labels[judged:])
    state = optimizer.init(params)
    best, least = params, float("inf")
    measure = jax.jit(_loss)
    for done in range(1, steps + 1):
        params, state = step(params, state, rng.choice(len(learned[0]), batch, replace=False))
        is_look = done % (steps // _LOOKS) == 0
        if is_look and (loss := float(measure(params, *kept))) < least:
            best, least = params, loss
    return _finish({name: np.asarray(value) for name, value in best.items()}, mean, spread)


def _begin(dim: int, lists: int, labels: NDArray[np.int64]) -> _Params:
    """Random weights, and as biases how much each list is found at all."""
    first, second = jax.random.split(jax.random.key(0))
    found = np.bincount(labels.ravel(), minlength=lists) + 1
    return {
        "hidden": jax.random.normal(first, (UNITS, dim)) / np.sqrt(dim),
        "hidden_biases": jnp.zeros(UNITS),
        "output": jax.random.normal(second, (lists, UNITS)) * 0.1 / np.sqrt(UNITS),
        "output_biases": jnp.log(jnp.asarray(found / found.sum(), jnp.float32)),
    }


def _loss(params: _Params, queries: jax.Array, labels: jax.Array) -> jax.Array:
    hidden = jax.nn.relu(queries @ params["hidden"].T + params["hidden_biases"])
    logits = jax.nn.log_softmax(hidden @ params["output"].T + params["output_biases"])
    return -jnp.take_along_axis(logits, labels, axis=1).mean()


def _finish(
    params: Mapping[str, NDArray[np.float32]], mean: NDArray[np.float32], spread: float
) -> Router:
    """The router with eight bits for each weight, for queries as they are."""
    weights = params["hidden"] / spread
    biases = (params["hidden_biases"] - weights @ mean).astype(np.float32)
    return Router(
        Layer(Rounded.of(weights), biases),
        Layer(Rounded.of(params["output"]), params["output_biases"]),
    )

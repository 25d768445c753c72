"""Training on every device, resumable: the one loop that `distil`, `tune` and `mini` run.

A batch is split over all devices of all hosts, and the parameters lie on each of them. XLA adds up
the gradients, so that a loss is that of the whole batch wherever its rows are.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, cast

import jax
import numpy as np
import optax
from jax.sharding import Mesh, NamedSharding, PartitionSpec
from numpy.typing import NDArray

from builder.errors import NumberError
from builder.model import Params
from builder.tuning.checkpoints import Checkpoints, History

Batch = tuple[NDArray[Any], ...]
"""Arrays whose first axis is that of the examples."""

Loss = Callable[..., jax.Array]
"""Parameters and the arrays of a batch to the mean loss of its examples."""

Measure = Callable[[Params], Mapping[str, float]]
"""Parameters to figures on examples that are not trained on."""

_State = tuple[Params, optax.OptState]


@dataclass(frozen=True)
class Training:
    """How long and how fast a tower learns.

    The rate rises to `learning_rate` over `warmup` steps. Then "flat" keeps it up to the last
    quarter, in which it falls to 0 in a line, so that a longer training passes through the states
    of a shorter one; "cosine" lets it fall as half a cosine, as LiT does.
    """

    steps: int
    batch: int = 128
    learning_rate: float = 1e-3
    warmup: int = 200
    weight_decay: float = 0.01
    schedule: Literal["flat", "cosine"] = "flat"
    seed: int = 0
    report_steps: int = 100
    """Steps between two reports, at each of which the state is kept."""


@dataclass(frozen=True)
class Report:
    """Where a training stands: steps done, of how many, and figures since the last report.

    `start` is the step at which this process began. `figures` are `loss`, the mean of the batches,
    and whatever is measured.
    """

    step: int
    steps: int
    start: int
    figures: Mapping[str, float]

    @property
    def loss(self) -> float:
        """The mean loss of the batches since the last report."""
        return self.figures["loss"]


@dataclass(frozen=True)
class Trained:
    """The parameters at the end, in this process's memory, and the figures on the way."""

    params: Params
    history: History


def train(
    params: Params,
    loss: Loss,
    batch_of: Callable[[int], Batch],
    training: Training,
    folder: Path,
    report: Callable[[Report], None],
    measure: Measure = lambda _: {},
) -> Trained:
    """Lower `loss` over `training.steps` batches; resumes from the newest state in `folder`.

    `batch_of` gives the whole batch of a step, the same in every process, and must depend on
    nothing but the step: a training that was interrupted then ends with the same parameters as one
    that was not. The number of examples is a multiple of that of devices (`round_batch`).

    Raises:
        NumberError: if the loss is NaN or infinite.
        BuilderError: if the state in `folder` cannot be read.
    """
    optimizer = _make_optimizer(training)
    mesh = Mesh(np.array(jax.devices()), ("batch",))
    split, everywhere = (NamedSharding(mesh, PartitionSpec(*axes)) for axes in (("batch",), ()))

    def step_once(state: _State, batch: Sequence[jax.Array]) -> tuple[_State, jax.Array]:
        params, moments = state
        value, gradients = jax.value_and_grad(loss)(params, *batch)
        updates, moments = optimizer.update(gradients, moments, params)
        return (cast("Params", optax.apply_updates(params, updates)), moments), value

    take_step = jax.jit(step_once, donate_argnums=0, out_shardings=(everywhere, everywhere))
    state: _State = _replicate((params, optimizer.init(params)), everywhere)
    with Checkpoints(folder) as checkpoints:
        start, state, history = checkpoints.restore(state)
        if start:
            report(_last_report(history, training))
        losses: list[jax.Array] = []
        for step in range(start, training.steps):
            batch = [_split(array, split) for array in batch_of(step)]
            state, value = take_step(state, batch)
            losses.append(value)
            done = step + 1
            if done % training.report_steps == 0 or done == training.steps:
                figures = {"loss": float(np.mean([np.asarray(x) for x in losses]))}
                if not np.isfinite(figures["loss"]):
                    raise NumberError(
                        f"the loss is {figures['loss']} before step {done}. Lower --learning-rate,"
                        " and begin again with --restart."
                    )
                losses.clear()
                figures |= measure(_fetch(state[0]))
                history = [*history, {"step": float(done), **figures}]
                checkpoints.save(done, state, history)
                report(Report(done, training.steps, start, figures))
    return Trained(_fetch(state[0]), history)


def round_batch(batch: int) -> int:
    """The next number of examples that all devices of all hosts can share evenly."""
    devices = jax.device_count()
    return -(-batch // devices) * devices


def choose_rows(count: int, training: Training, step: int) -> NDArray[np.intp]:
    """The rows of one batch: each epoch is a permutation of its own, a remainder is left out.

    Fewer rows than a batch needs are repeated.
    """
    epoch, batch = divmod(step, max(count // training.batch, 1))
    order = _permute(count, training.seed, epoch)
    rows = order[batch * training.batch : (batch + 1) * training.batch]
    return rows if len(rows) == training.batch else np.resize(rows, training.batch)


@lru_cache(maxsize=1)
def _permute(count: int, seed: int, epoch: int) -> NDArray[np.intp]:
    return np.random.default_rng((seed, epoch)).permutation(count)


def _make_optimizer(training: Training) -> optax.GradientTransformation:
    return optax.chain(
        optax.clip_by_global_norm(1.0),
        optax.adamw(_make_schedule(training), b2=0.98, weight_decay=training.weight_decay),
    )


def _make_schedule(training: Training) -> optax.Schedule:
    peak = training.learning_rate
    warmup = min(training.warmup, training.steps // 2)
    rise = optax.linear_schedule(0, peak, warmup)
    if training.schedule == "cosine":
        fall = optax.cosine_decay_schedule(peak, max(training.steps - warmup, 1))
        return optax.join_schedules((rise, fall), (warmup,))
    decay = training.steps // 4
    parts = (rise, optax.constant_schedule(peak), optax.linear_schedule(peak, 0, decay))
    return optax.join_schedules(parts, (warmup, training.steps - decay))


def _replicate(tree: Any, everywhere: NamedSharding) -> Any:
    """The same arrays on every device; each process has all of them."""

    def place(leaf: Any) -> jax.Array:
        return _split(np.asarray(leaf), everywhere)

    return jax.tree.map(place, tree)


def _split(array: NDArray[Any], sharding: NamedSharding) -> jax.Array:
    """The array on the devices; each process reads only what its own devices get."""
    return jax.make_array_from_callback(array.shape, sharding, lambda index: array[index])


def _fetch(params: Params) -> Params:
    return jax.tree.map(np.asarray, params)


def _last_report(history: History, training: Training) -> Report:
    last = dict(history[-1])
    step = int(last.pop("step"))
    return Report(step, training.steps, step, last)

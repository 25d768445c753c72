"""Trains the network and writes all that `lit-demo build` needs: `python train.py --help`."""

import argparse
import base64
import json
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax
from dataset import Array, Digits, load_digits
from flax import serialization, traverse_util
from model import CNN, classify, logits
from plots import draw_confusion, draw_curves
from rich.progress import track

CHECKPOINT = Path("training.msgpack")
BATCH = 128
SHIFT = 2
VALIDATION_SHARE = 0.05
SHOWN_MISTAKES = 24
SAMPLES = 8


@dataclass
class Training:
    """Everything that a training goes on from; `best` are the parameters of the best epoch."""

    params: Any
    moments: Any
    best: Any
    history: list[dict[str, float]] = field(default_factory=list[dict[str, float]])

    @property
    def best_epoch(self) -> int:
        """The place of the best epoch: highest validation accuracy, then lowest loss."""
        ranks = [(-e["validation_accuracy"], e["validation_loss"]) for e in self.history]
        return ranks.index(min(ranks))

    def save(self, path: Path) -> None:
        """Whole or not at all."""
        part = path.with_suffix(".part")
        part.write_bytes(serialization.to_bytes(vars(self)))
        part.replace(path)


def start(optimizer: optax.GradientTransformation, seed: int) -> Training:
    """A training before its first epoch."""
    params = CNN().init(jax.random.key(seed), jnp.zeros((1, 28, 28)))["params"]
    return Training(params, optimizer.init(params), params)


def resume(path: Path, optimizer: optax.GradientTransformation) -> Training:
    """A training as it was saved."""
    stored: Any = serialization.msgpack_restore(path.read_bytes())
    fresh = start(optimizer, 0)
    moments = serialization.from_state_dict(fresh.moments, stored["moments"])
    history = [stored["history"][key] for key in sorted(stored["history"], key=int)]
    return Training(stored["params"], moments, stored["best"], history)


def loss_and_accuracy(params: Any, images: Any, labels: Any) -> tuple[jax.Array, jax.Array]:
    """Means over a batch."""
    scores = logits(params, images)
    losses = optax.softmax_cross_entropy_with_integer_labels(scores, labels)
    return losses.mean(), (scores.argmax(-1) == labels).mean()


def shift(images: Array, rng: np.random.Generator) -> Array:
    """Each image moved by up to two pixels, as nobody draws twice in the same place."""
    size = images.shape[1]
    padded = np.pad(images, ((0, 0), (SHIFT, SHIFT), (SHIFT, SHIFT)))
    offsets = rng.integers(0, 2 * SHIFT + 1, (len(images), 2))
    rows, columns = np.arange(size) + offsets[:, :1], np.arange(size) + offsets[:, 1:]
    return padded[np.arange(len(images))[:, None, None], rows[:, :, None], columns[:, None, :]]


def batches(digits: Digits, rng: np.random.Generator) -> Iterator[Digits]:
    """All digits once, in a random order, but for a last batch that would not be full."""
    order = rng.permutation(len(digits))
    for first in range(0, len(order) - BATCH + 1, BATCH):
        yield digits[order[first : first + BATCH]]


def train(
    training: Training, optimizer: optax.GradientTransformation, digits: Digits, epochs: int
) -> None:
    """Train to `epochs` epochs in all, saving after each."""
    held_out = int(len(digits) * VALIDATION_SHARE)
    order = np.random.default_rng(0).permutation(len(digits))
    validation, kept = digits[order[:held_out]], digits[order[held_out:]]

    @jax.jit
    def step(params: Any, moments: Any, images: Array, labels: Array) -> Any:
        gradient = jax.value_and_grad(loss_and_accuracy, has_aux=True)
        (loss, accuracy), slopes = gradient(params, images, labels)
        updates, moments = optimizer.update(slopes, moments, params)
        return optax.apply_updates(params, updates), moments, loss, accuracy

    for epoch in range(len(training.history), epochs):
        # Seeded by the epoch, so that a training resumed is the training not interrupted.
        rng = np.random.default_rng(epoch)
        started = time.perf_counter()
        seen: list[tuple[Any, Any]] = []
        title = f"Epoch {epoch + 1}/{epochs}"
        for batch in show_progress(title, batches(kept, rng), len(kept) // BATCH):
            training.params, training.moments, *measured = step(
                training.params, training.moments, shift(batch.images, rng), batch.labels
            )
            seen.append((measured[0], measured[1]))
        loss, accuracy = np.mean(np.array(seen), axis=0)
        training.history.append(
            {"loss": float(loss), "accuracy": float(accuracy), **validate(training, validation)}
        )
        if training.best_epoch == epoch:
            training.best = training.params
        training.save(CHECKPOINT)
        print(describe(title, training.history[-1], time.perf_counter() - started), flush=True)


def show_progress(title: str, items: Iterator[Digits], total: int) -> Iterable[Digits]:
    """A bar, which goes once it is full; none where nobody watches."""
    return track(items, title, total, transient=True, disable=not sys.stdout.isatty())


def validate(training: Training, validation: Digits) -> dict[str, float]:
    """Loss and accuracy on digits that were not trained with."""
    loss, accuracy = jax.jit(loss_and_accuracy)(
        training.params, validation.images, validation.labels
    )
    return {"validation_loss": float(loss), "validation_accuracy": float(accuracy)}


def describe(title: str, epoch: dict[str, float], seconds: float) -> str:
    """One line."""
    return (
        f"{title}: loss {epoch['loss']:.4f}, accuracy {epoch['accuracy']:.2%},"
        f" validation {epoch['validation_accuracy']:.2%}, {seconds:.0f} s"
    )


def predict(params: Any, images: Array) -> Array:
    """Probabilities float32[n, 10]."""
    run = jax.jit(classify)
    parts = [run(params, images[first : first + 1000]) for first in range(0, len(images), 1000)]
    return np.concatenate([np.asarray(part) for part in parts])


def write_results(training: Training, test: Digits) -> float:
    """The files beside `demo.toml`; returns the accuracy on the test digits."""
    flat: dict[str, Any] = traverse_util.flatten_dict(training.best, sep="/")
    np.savez("params.npz", **flat)
    spread = np.linspace(0, len(test) - 1, SAMPLES).astype(int)
    np.savez("samples.npz", image=test.images[spread])
    probabilities = predict(training.best, test.images)
    guesses = probabilities.argmax(-1)
    matrix = np.zeros((10, 10), int)
    np.add.at(matrix, (test.labels, guesses), 1)
    draw_confusion(Path("confusion.png"), matrix)
    draw_curves(Path("curves.png"), training.history)
    accuracy = float((guesses == test.labels).mean())
    summary = {
        "tested": len(test),
        "accuracy": accuracy,
        "mistakes": list_mistakes(test, probabilities),
    }
    Path("mistakes.json").write_text(json.dumps(summary), encoding="utf-8")
    return accuracy


def list_mistakes(test: Digits, probabilities: Array) -> list[dict[str, Any]]:
    """The test digits that are taken for others, those of which the network is surest first."""
    guesses = probabilities.argmax(-1)
    wrong = np.flatnonzero(guesses != test.labels)
    surest = wrong[np.argsort(-probabilities[wrong, guesses[wrong]])][:SHOWN_MISTAKES]
    return [
        {
            "label": int(test.labels[index]),
            "guess": int(guesses[index]),
            "pixels": base64.b64encode(
                np.round(test.images[index] * 255).astype(np.uint8).tobytes()
            ).decode(),
        }
        for index in surest
    ]


def main() -> None:
    """Read the options, train, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--data",
        default="digits",
        help="a folder with MNIST's files, `web`, an address on the web, or `tfds`"
        " (default: the 10,000 digits in digits/)",
    )
    parser.add_argument("--epochs", type=int, default=12)
    parser.add_argument("--restart", action="store_true", help="do not go on from the last epoch")
    options = parser.parse_args()
    digits, test = load_digits(options.data)
    steps = options.epochs * int(len(digits) * (1 - VALIDATION_SHARE) / BATCH)
    optimizer = optax.adam(optax.cosine_decay_schedule(2e-3, steps, alpha=0.01))
    if CHECKPOINT.is_file() and not options.restart:
        training = resume(CHECKPOINT, optimizer)
        print(f"Going on after epoch {len(training.history)} of {CHECKPOINT}")
    else:
        training = start(optimizer, seed=0)
    train(training, optimizer, digits, options.epochs)
    accuracy = write_results(training, test)
    print(
        f"Epoch {training.best_epoch + 1} is the best: {accuracy:.2%} of {len(test)} test digits."
        " Now run: lit-demo build"
    )


if __name__ == "__main__":
    main()

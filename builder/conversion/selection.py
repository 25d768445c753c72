"""Finds the fewest bytes for every weight that keep a model's answers on samples."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias, TypeVar

import numpy as np

from builder.conversion.parity import measure_parity
from builder.conversion.samples import Sample
from builder.errors import ParityError
from builder.options import Quantization
from builder.tfjs.graph import Array
from builder.tfjs.model import GraphModel
from builder.tfjs.quantize import can_quantize, decode, encode
from builder.tfjs.runtime import Runtime

T = TypeVar("T")

Select: TypeAlias = Callable[[GraphModel, Sequence[Sample], Runtime], GraphModel]
"""Stores a model's weights in fewer bytes, as its results on samples in TensorFlow.js allow."""

STEPS: tuple[tuple[Quantization, ...], ...] = (("uint16", "float16"), ("uint8",))
"""How weights can be stored, largest first; of one size, the one nearest to the weight is used."""


@dataclass(frozen=True)
class Selection:
    """A model whose weights are stored in different ways, and how well it agrees on the samples.

    `min_cosine` is the least cosine of a row (last axis) of an output to that of JAX, `agreement`
    the share of rows whose greatest number is in the same place as in JAX.
    """

    model: GraphModel
    min_cosine: float
    agreement: float


def select_quantization(
    model: GraphModel,
    samples: Sequence[Sample],
    runtime: Runtime,
    *,
    min_cosine: float,
    min_agreement: float = 1.0,
) -> Selection:
    """Store each weight in one, two or four bytes: as few as keep to the limits on the samples.

    As many weights as possible go to two bytes, then to one, starting with those of the least
    relative error. Every choice is measured in TensorFlow.js. Weights that the export has joined,
    such as those of q, k and v, count as one.

    Afterwards, the runtime holds one of the models that were tried.

    Raises:
        ParityError: if float32 weights do not keep to the limits.
    """
    search = _Search(model, samples, runtime, min_cosine, min_agreement)
    best = search.measure({})
    if not search.passes(best):
        raise ParityError(
            f"With float32 weights the model has a cosine of {best.min_cosine:.6f} to JAX and "
            f"agrees on {best.agreement:.1%} of the rows; {min_cosine} and {min_agreement:.1%} "
            "are the least allowed."
        )
    chosen: dict[str, Quantization] = {}
    for step in STEPS:
        candidates: dict[str, Quantization] = {
            name: _nearest(array, step)
            for name, array in model.weights.items()
            if step == STEPS[0] or name in chosen
            if any(can_quantize(array, kind) for kind in step)
        }
        order = sorted(candidates, key=lambda n: _error(model.weights[n], candidates[n]))
        best = search.lower(best, chosen, [(name, candidates[name]) for name in order])
    return best


@dataclass(frozen=True)
class _Search:
    model: GraphModel
    samples: Sequence[Sample]
    runtime: Runtime
    min_cosine: float
    min_agreement: float

    def measure(self, kinds: Mapping[str, Quantization]) -> Selection:
        model = self.model.quantized(dict(kinds) or None)
        self.runtime.load(model.files)
        pairs = [(self.runtime.predict(s.inputs), s.expected) for s in self.samples]
        cosine = min(measure_parity(*pair).min_cosine for pair in pairs)
        return Selection(model, cosine, _agreement(pairs))

    def passes(self, found: Selection) -> bool:
        """Written so that NaN does not pass."""
        return found.min_cosine >= self.min_cosine and found.agreement >= self.min_agreement

    def lower(
        self,
        best: Selection,
        chosen: dict[str, Quantization],
        candidates: Sequence[tuple[str, Quantization]],
    ) -> Selection:
        """Add all candidates that pass to `chosen`; the selection that they make, or `best`."""
        found: dict[int, Selection] = {0: best}

        def passes(added: Sequence[tuple[str, Quantization]]) -> bool:
            measured = self.measure({**chosen, **dict(added)})
            if self.passes(measured):
                found[len(added)] = measured
            return self.passes(measured)

        kept: list[tuple[str, Quantization]] = []
        add_passing(kept, candidates, passes)
        chosen.update(kept)
        return found[len(kept)]


def add_passing(
    kept: list[T], candidates: Sequence[T], passes: Callable[[Sequence[T]], bool]
) -> None:
    """Add all candidates that pass with the others to `kept`: together, or else half by half."""
    together = [*kept, *candidates]
    if not candidates or passes(together):
        kept[:] = together
    elif len(candidates) > 1:
        half = len(candidates) // 2
        add_passing(kept, candidates[:half], passes)
        add_passing(kept, candidates[half:], passes)


def _nearest(array: Array, kinds: Sequence[Quantization]) -> Quantization:
    return min(kinds, key=lambda kind: _error(array, kind))


def _error(array: Array, kind: Quantization) -> float:
    """How far a weight is from what is stored, relative to its norm; infinite if not storable."""
    if not can_quantize(array, kind):
        return np.inf
    length = float(np.linalg.norm(array))
    stored = decode(*encode(array, kind))
    return float(np.linalg.norm(array.reshape(-1) - stored)) / length if length else 0.0


def _agreement(pairs: Sequence[tuple[Mapping[str, Array], Mapping[str, Array]]]) -> float:
    """The share of rows, over all outputs, whose greatest number is in the same place."""
    same = [
        np.atleast_1d(actual[name]).argmax(-1) == np.atleast_1d(array).argmax(-1)
        for actual, expected in pairs
        for name, array in expected.items()
    ]
    return float(np.mean(np.concatenate([s.reshape(-1) for s in same])))

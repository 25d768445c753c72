"""Chooses which weights of a text tower become whole numbers of eight bits, and which products are
computed in integers, by the answers that a demo then gives."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from functools import partial
from typing import Protocol

import numpy as np

from builder.conversion.answers import Answers, Places
from builder.conversion.samples import Sample
from builder.conversion.selection import add_passing
from builder.model import Rows
from builder.tfjs.codes import Bits
from builder.tfjs.model import GraphModel
from builder.tfjs.runtime import Runtime

LARGE_VOCABULARY = 30_000
"""Rows from which a table is worth trying in four bits."""

_WATCHED = 16
"""Inputs on which a choice is tried before it is tried on all."""


def select_eight_bits(
    model: GraphModel, samples: Sequence[Sample], runtime: Runtime, *, answers: Answers
) -> GraphModel:
    """As many weights as possible in eight bits, and as many products as possible in integers.

    All are tried together, then half by half. A weight that loses an answer is stored as float16; a
    product that does is computed in float32, from weights of eight bits. Large tables are tried in
    four bits last. If no weight can have eight bits, all are float16; those were not measured.

    The first sample has the texts of `answers`. Afterwards, the runtime holds one of the models
    that were tried.
    """
    search = Search(samples[0], runtime, answers)
    best = model.quantized("int8").in_integers()
    if search.find_lost(best).size:
        names = [name for name, way in best.kinds.items() if way == "int8"]
        coded = search.keep(names, lambda chosen: with_codes(model, chosen))
        if not coded:
            return model.quantized("float16")
        stored = with_codes(model, coded)
        kept = search.keep(stored.int8_matrices, lambda chosen: in_integers(stored, chosen))
        best = in_integers(stored, kept)
    if not (tables := _large_tables(best)):
        return best
    smaller = replace(best, quantization={**best.stored, **dict.fromkeys(tables, "int4")})
    return best if search.find_lost(smaller).size else smaller


def use_eight_bits(bits: Bits, model: GraphModel, *_: object) -> GraphModel:
    """All weights that can have so few bits, and all products in integers, whatever is lost."""
    return model.quantized(bits).in_integers()


def with_codes(model: GraphModel, names: Collection[str]) -> GraphModel:
    """A model with these weights as int8, the others as float16."""
    kinds = model.quantized("float16").stored
    return model.quantized({**kinds, **dict.fromkeys(names, "int8")})


def in_integers(model: GraphModel, names: Collection[str]) -> GraphModel:
    """A model whose products with these weights are computed in integers."""
    return replace(model, integer_products=tuple(names))


def _large_tables(model: GraphModel) -> list[str]:
    tables = model.quantized("int4").kinds
    return [
        name
        for name, way in model.kinds.items()
        if way == "int8" and tables[name] == "int4" and len(model.weights[name]) >= LARGE_VOCABULARY
    ]


class Kept(Protocol):
    """Answers that a model must keep."""

    def find_lost(self, found: Rows, places: Places | None = None) -> Places:
        """The inputs whose rows, `found` for all or for those at `places`, are too far off."""
        ...


class Search:
    """Runs models that differ in how weights are stored and products computed."""

    def __init__(self, sample: Sample, runtime: Runtime, answers: Kept) -> None:
        (self._input, self._inputs), *_ = sample.inputs.items()
        (self._output, _), *_ = sample.expected.items()
        self._runtime = runtime
        self._answers = answers
        self._loaded: GraphModel | None = None

    def find_lost(self, model: GraphModel, places: Places | None = None) -> Places:
        """What a model loses of the answers to all inputs, or to those at `places`."""
        if self._loaded is None or model.quantization != self._loaded.quantization:
            self._runtime.load(model.files)
            self._loaded = model
        inputs = self._inputs if places is None else self._inputs[places]
        found = self._runtime.predict({self._input: inputs}, model.integer_products)
        return self._answers.find_lost(found[self._output], places)

    def keep(
        self, candidates: Sequence[str], make: Callable[[Sequence[str]], GraphModel]
    ) -> list[str]:
        """As many candidates as `make` a model that loses nothing.

        Most are tried on a few inputs only, of those that a model with more of them has lost.
        """
        kept = list(candidates)
        watched: list[int] = []
        while kept and (lost := self.find_lost(make(kept))).size:
            watched += [place for place in lost[:_WATCHED].tolist() if place not in watched]
            kept = []
            add_passing(kept, candidates, partial(self._passes, make, watched))
        return kept

    def _passes(
        self, make: Callable[[Sequence[str]], GraphModel], watched: list[int], some: Sequence[str]
    ) -> bool:
        """Whether a model loses none of the inputs, of which one that is lost becomes the first."""
        model = make(some)
        # What was lost last is most often lost again, and then the others need no run.
        for places in (watched[:1], watched[1:]):
            if places and (lost := self.find_lost(model, np.array(places))).size:
                watched.insert(0, watched.pop(watched.index(lost[0])))
                return False
        return True

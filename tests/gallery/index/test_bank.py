"""The sentences that an index is made for."""

from pathlib import Path

import numpy as np
import pytest

from builder.cache import Cache
from builder.gallery.index import bank as bank_module
from builder.gallery.index.bank import make_bank
from tests.evaluation.colours import make_colour_model
from tests.gallery.galleries import QUIET


def test_prompts_are_learned_from_and_measured_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(bank_module, "_LEAST", 80)
    monkeypatch.setattr(bank_module, "_HELD_OUT", 20)
    prompts = [f"colour {number}" for number in range(40)]
    cache = Cache(tmp_path)
    bank = make_bank(make_colour_model(), prompts, 1, cache=cache, progress=QUIET)
    assert (len(bank.training), len(bank.held_out)) == (112, 28)
    again = make_bank(make_colour_model(), prompts, 1, cache=cache, progress=QUIET)
    assert np.array_equal(bank.training, again.training)


def test_more_pictures_need_more_sentences(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(bank_module, "_LEAST", 80)
    monkeypatch.setattr(bank_module, "_HELD_OUT", 20)
    cache = Cache(tmp_path)
    bank = make_bank(make_colour_model(), [], 9, cache=cache, progress=QUIET)
    assert (len(bank.training), len(bank.held_out)) == (144, 20)

"""Some of the cases of JAX's harness, spread over all; `make conformance` runs the others."""

import warnings

import pytest

from tests.conformance.__main__ import run
from tests.conformance.cases import all_cases

EVERY = 97
"""One case of so many is run."""


@pytest.mark.slow
def test_no_case_is_wrong_or_fails():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the harness uses what JAX deprecates
        outcomes = list(run(all_cases()[::EVERY]))
    assert [o for o in outcomes if o.kind in ("wrong", "failed")] == []
    assert sum(o.kind == "passed" for o in outcomes) > 0.9 * len(outcomes)

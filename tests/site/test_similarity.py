"""What chance looks like in a demo."""

import numpy as np
import pytest

from builder.embedding.embed import Rows
from builder.site.similarity import chance_cosines

ZIMG = np.eye(2, dtype=np.float32)
ZTXT: dict[str, Rows] = {
    "up": np.array([1, 0], np.float32),
    "down": np.array([0.6, 0.8], np.float32),
    "left": np.array([-1, 0], np.float32),
}


def test_it_is_that_of_pictures_and_the_prompts_of_others():
    percentiles = chance_cosines(ZIMG, ZTXT, [("up",), ("down", "left")])
    # The first picture with "down" and "left", the second with "up".
    assert len(percentiles) == 101
    assert percentiles[0] == -1
    assert percentiles[50] == 0
    assert percentiles[100] == pytest.approx(0.6)


def test_a_prompt_of_both_is_no_chance():
    percentiles = chance_cosines(ZIMG, ZTXT, [("up", "left"), ("down", "left")])
    assert (percentiles[0], percentiles[100]) == (0, pytest.approx(0.6))


def test_there_is_none_where_all_pictures_have_the_same_prompts():
    assert chance_cosines(ZIMG, ZTXT, [("up", "down"), ("down", "up")]) == ()
    assert chance_cosines(ZIMG[:1], ZTXT, [("up",)]) == ()


def test_many_pictures_are_sampled():
    rng = np.random.default_rng(0)
    zimg = rng.normal(size=(2000, 8)).astype(np.float32)
    zimg /= np.linalg.norm(zimg, axis=1, keepdims=True)
    ztxt = {str(i): row for i, row in enumerate(zimg)}
    percentiles = chance_cosines(zimg, ztxt, [(str(i),) for i in range(2000)])
    assert percentiles[100] < 1
    assert percentiles[50] == pytest.approx(0, abs=0.01)

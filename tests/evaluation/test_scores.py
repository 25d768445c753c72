"""Ranks and intervals."""

import numpy as np
import pytest

from builder.evaluation.scores import rank_captions, rank_classes, rank_images, wilson_share


@pytest.mark.parametrize(
    ("right", "count", "low", "high"),
    [(0, 10, 0, 0.2775), (10, 10, 0.7225, 1), (5, 10, 0.2366, 0.7634), (1, 100, 0.0018, 0.0545)],
)
def test_the_interval_is_wilsons(right: int, count: int, low: float, high: float) -> None:
    share = wilson_share(right / count, count)
    assert share.value == right / count
    assert share.low == pytest.approx(low, abs=1e-4)
    assert share.high == pytest.approx(high, abs=1e-4)


def test_ranks_are_those_of_sorted_cosines() -> None:
    rng = np.random.default_rng(0)
    zimg, ztxt = (rng.normal(size=(n, 8)).astype(np.float32) for n in (1500, 40))
    labels = rng.integers(0, 40, 1500)
    order = np.argsort(-(zimg @ ztxt.T), axis=1)
    ranks, nearest = rank_classes(zimg, ztxt, labels)
    np.testing.assert_array_equal(ranks, np.argmax(order == labels[:, None], axis=1))
    np.testing.assert_array_equal(nearest, order[:, 0])


def test_of_several_captions_the_best_counts_and_its_siblings_do_not() -> None:
    zimg = np.array([[1, 0], [0, 1]], np.float32)
    ztxt = np.array([[0.1, 0], [0.9, 0], [0.8, 0.2], [0.5, 0.1]], np.float32)
    image_of = np.array([0, 0, 0, 1])
    # Picture 0 finds 0.9 first; picture 1 finds 0.2 of the other one before its own 0.1.
    np.testing.assert_array_equal(rank_captions(zimg, ztxt, image_of), [0, 1])
    np.testing.assert_array_equal(rank_images(ztxt, zimg, image_of), [0, 0, 0, 1])


def test_a_model_that_cannot_tell_is_never_right() -> None:
    same = np.ones((6, 4), np.float32)
    labels = np.arange(6)
    assert (rank_classes(same, same, labels)[0] == 5).all()
    assert (rank_images(same, same, labels) == 5).all()
    assert (rank_captions(same, same, labels) == 5).all()

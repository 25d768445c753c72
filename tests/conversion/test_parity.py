import numpy as np
import pytest

from builder.conversion.parity import Parity, measure_parity, worst


def test_parity_is_over_all_outputs_and_rows():
    expected = {"a": np.eye(2), "b": np.zeros((1, 2))}
    turned = {"a": np.array([[1.0, 0.0], [1.0, 1.0]]), "b": np.zeros((1, 2))}
    assert measure_parity(expected, expected) == Parity(0, 1, 0)
    parity = measure_parity(turned, expected)
    assert parity.max_abs_error == 1
    assert parity.min_cosine == pytest.approx(0.5**0.5)


NAN, INF = np.nan, np.inf


@pytest.mark.parametrize(
    ("actual", "expected", "error"),
    [
        ([1.0, 2.0], [1.0, 2.0], 0),
        ([1.0, 200.0], [1.0, 100.0], 1),
        ([0.5], [0.25], 0.25),
        ([NAN, 1.0], [NAN, 1.0], 0),
        ([INF, -INF], [INF, -INF], 0),
        ([INF], [-INF], INF),
        ([NAN], [1.0], INF),
        ([1.0], [NAN], INF),
        ([1e30], [INF], INF),
    ],
)
def test_the_error_is_relative_to_the_largest_number(
    actual: list[float], expected: list[float], error: float
):
    found = measure_parity({"y": np.array(actual)}, {"y": np.array(expected)})
    assert found.relative_error == error
    assert (found.min_cosine > 0.99) == np.isfinite(error)


def test_one_whole_number_or_truth_value_that_differs_is_too_much():
    million = np.array([1_000_000], np.int32)
    assert measure_parity({"y": million + 1}, {"y": million}).relative_error == INF
    assert measure_parity({"y": np.array([1])}, {"y": np.array([False])}).relative_error == INF
    assert measure_parity({"y": np.array([1])}, {"y": np.array([True])}).relative_error == 0


def test_the_worst_of_several_is_that_of_each_figure():
    assert worst([Parity(1, 0.9, 0.1), Parity(0, 0.5, 0.2)]) == Parity(1, 0.5, 0.2)
    assert worst([]) == Parity(0, 1, 0)

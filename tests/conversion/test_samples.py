"""Arguments to compare a function on, and what JAX computes for them."""

from typing import Any

import jax.numpy as jnp
import numpy as np
import pytest

from builder.conversion.samples import SIZES, Function, draw_array
from builder.errors import ExportError


def scale(params: Any, x: Any) -> Any:
    return {"twice": 2 * x, "scaled": params["w"] * x}


PARAMS = {"w": np.array([1.0, 10.0], np.float32)}
VECTORS = [("(b, 2)", "float32")]


@pytest.mark.parametrize(
    ("signature", "sizes", "shape"),
    [
        (("(b, 2)", "float32"), {"b": 3}, (3, 2)),
        (("(b, 2*b + n)", "float32"), {"b": 3, "n": 1}, (3, 7)),
        (("(b, max(b, 4))", "int32"), {"b": 3}, (3, 4)),
        (((None, 2), "float32"), {"b": 5}, (5, 2)),
        (((), "float32"), {}, ()),
    ],
)
def test_arrays_have_the_shape_of_their_signature(
    signature: Any, sizes: dict[str, int], shape: tuple[int, ...]
):
    array = draw_array(signature, sizes)
    assert (array.shape, array.dtype.name) == (shape, signature[1])


def test_numbers_are_drawn_so_that_they_may_be_indices_and_are_the_same_each_time():
    whole = draw_array(("(100,)", "int32"), {})
    assert set(whole) == set(range(10))
    floats = draw_array(("(1000,)", "float32"), {})
    assert abs(floats.mean()) < 0.2
    assert 0.8 < floats.std() < 1.2
    assert set(draw_array(("(100,)", "bool"), {})) == {True, False}
    np.testing.assert_array_equal(whole, draw_array(("(100,)", "int32"), {}))


def test_a_sample_has_the_inputs_and_jaxs_results_by_the_names_of_the_model():
    function = Function(scale, PARAMS, VECTORS)
    sample = function.make_sample([np.ones((3, 2))], ["x"], ["scaled", "twice"])
    assert sample.inputs["x"].dtype == np.float32, "cast as the signature says"
    np.testing.assert_array_equal(sample.expected["scaled"], [[1, 10]] * 3)
    np.testing.assert_array_equal(sample.expected["twice"], np.full((3, 2), 2))


def test_a_function_gets_arrays_of_jaxs_own():
    def set_first(params: Any, x: Any) -> Any:
        return x.at[0].set(params["w"].at[1].get())

    (found,) = Function(set_first, PARAMS, [("(3,)", "float32")]).run([np.zeros(3)])
    np.testing.assert_array_equal(found, [10, 0, 0])


def test_parameters_that_are_no_arrays_are_left_as_they_are():
    def apply(params: Any, x: Any) -> Any:
        return params["act"](x) + len(params["name"])

    params = {"act": jnp.abs, "name": "four"}
    (found,) = Function(apply, params, VECTORS).run([-np.ones((1, 2))])
    np.testing.assert_array_equal(found, [[5, 5]])


def test_samples_are_drawn_for_several_sizes_where_sizes_vary():
    samples = Function(scale, PARAMS, VECTORS).draw_samples(["x"], ["scaled", "twice"])
    assert [sample.inputs["x"].shape for sample in samples] == [(size, 2) for size in SIZES]
    for sample in samples:
        np.testing.assert_array_equal(sample.expected["twice"], 2 * sample.inputs["x"])
    fixed = Function(scale, PARAMS, [("(3, 2)", "float32")])
    assert len(fixed.draw_samples(["x"], ["scaled", "twice"])) == 1


def test_sizes_of_different_names_differ():
    def outer(params: Any, x: Any, y: Any) -> Any:
        return x[:, None] * y

    function = Function(outer, {}, [("(b,)", "float32"), ("(n,)", "float32")])
    (sample,) = function.draw_samples(["x", "y"], ["z"], sizes=[4])
    assert sample.expected["z"].shape == (4, 5)


def test_a_size_that_the_function_does_not_take_is_left_out():
    def pairs(params: Any, x: Any) -> Any:
        return x.reshape(-1, 2)

    samples = Function(pairs, {}, [("(b,)", "float32")]).draw_samples(["x"], ["y"], sizes=[1, 2, 4])
    assert [sample.inputs["x"].shape for sample in samples] == [(2,), (4,)]


def test_a_function_that_never_runs_is_told_with_its_own_error():
    def fail(params: Any, x: Any) -> Any:
        raise ValueError("out of ideas\nand more")

    with pytest.raises(ExportError, match="ValueError: out of ideas\nGive samples to compare on"):
        Function(fail, {}, VECTORS).draw_samples(["x"], ["y"])


def test_more_or_fewer_arrays_than_inputs_are_refused():
    function = Function(scale, PARAMS, VECTORS)
    with pytest.raises(ExportError, match=r"Give samples of the 1 inputs \(x\), not 2"):
        function.make_sample([np.ones((1, 2))] * 2, ["x"], ["y", "z"])

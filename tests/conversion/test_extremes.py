"""The samples at the ends of numbers' ranges: they find faulty rules, and only these."""

# pyright: reportUnknownLambdaType=false

from collections.abc import Callable
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax import lax

from builder.conversion.convert_jax import convert_jax
from builder.conversion.extremes import draw_extremes
from builder.conversion.samples import Function
from builder.errors import ParityError
from builder.tfjs import ops
from builder.tfjs.lower.registry import RULES, Rule

FAULTS: dict[str, tuple[Rule, Callable[..., Any], str]] = {
    "neg": (lambda _, x: ops.unary("Neg", x), lambda x: -x, "int32"),
    "abs": (lambda _, x: ops.unary("Abs", x), jnp.abs, "int32"),
    "log1p": (lambda _, x: ops.unary("Log1p", x), jnp.log1p, "float32"),
    "max": (
        lambda _, x, y: ops.binary("Maximum", x, y),
        lambda x: jnp.maximum(x, x[::-1]),
        "float32",
    ),
    "convert_element_type": (
        lambda eqn, x: ops.cast(x, eqn.type.dtype),
        lambda x: x.astype(jnp.int32),
        "float32",
    ),
    "rem": (lambda _, x, y: ops.binary("FloorMod", x, y), lambda x: lax.rem(x, x + 7), "int32"),
    "ge": (lambda _, x, y: ops.binary("GreaterEqual", x, y), lambda x: x >= x[::-1], "uint32"),
}


@pytest.mark.parametrize("primitive", FAULTS)
def test_a_rule_that_is_wrong_at_an_end_only_is_found(
    primitive: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    rule, function, dtype = FAULTS[primitive]

    def convert(folder: str) -> None:
        convert_jax(function, input_signatures=[("(8,)", dtype)], model_dir=tmp_path / folder)

    convert("right")
    monkeypatch.setitem(RULES, primitive, rule)
    with pytest.raises(ParityError, match="ends of their range"):
        convert("wrong")
    assert not (tmp_path / "wrong").exists()


SOUND: dict[str, tuple[Callable[..., Any], str]] = {
    "sums whose terms cancel": (lambda x: x @ x.T @ x, "(4, 4)"),
    "a norm": (lambda x: x / jnp.sqrt(jnp.sum(x * x)), "(6,)"),
    "a softmax": (lambda x: jax.nn.softmax(x, axis=-1), "(b, 5)"),
    "the variance of small numbers": (lambda x: jnp.var(x, axis=-1), "(b, 5)"),
    "a difference of nearly equal numbers": (lambda x: 1 - jnp.exp(-x), "(b,)"),
    "gelu": (jax.nn.gelu, "(b, 5)"),
    "a place that rounding moves": (lambda x: jnp.floor(jnp.exp(x) * 10), "(b, 5)"),
}


@pytest.mark.parametrize("name", SOUND)
def test_what_jax_itself_is_not_certain_of_is_forgiven(name: str, tmp_path: Path):
    function, shape = SOUND[name]
    convert_jax(function, input_signatures=[(shape, "float32")], model_dir=tmp_path)


def test_samples_hold_the_ends_of_the_dtype_and_what_is_not_finite():
    function = Function(lambda _, x, n: (x, n), None, [("(b, 9)", "float32"), ("(b, 9)", "int8")])
    small, large, other = draw_extremes(function, ["x", "n"], ["0", "1"])
    assert np.abs(small.sample.inputs["x"]).max() < 0.01
    assert {-128, 127} <= set(large.sample.inputs["n"].reshape(-1).tolist())
    assert np.abs(large.sample.inputs["x"]).max() == np.float32(1e15)
    assert np.isnan(other.sample.inputs["x"]).any()
    assert np.isinf(other.sample.inputs["x"]).any()


def test_the_message_names_both_numbers_and_the_way_out():
    function = Function(lambda _, x: x + 1, None, [("(2,)", "float32")])
    sample = draw_extremes(function, ["x"], ["output"])[0]
    found = {"output": sample.sample.expected["output"] + np.array([0, 6], np.float32)}
    with pytest.raises(ParityError, match=r"output\[1\] is 7\.0, in JAX 0\.99.*x = \[.*`samples`"):
        sample.check(found, 1e-5)


def test_a_function_that_cannot_compute_in_double_precision_is_compared_all_the_same():
    def only_single(_: Any, x: Any) -> Any:
        if x.dtype != jnp.float32:
            raise TypeError("float32 only")
        return x * 2

    function = Function(only_single, None, [("(2,)", "float32")])
    assert function.run_double([np.ones(2, np.float32)]) is None
    sample = draw_extremes(function, ["x"], ["output"])[1]
    with pytest.raises(ParityError):
        sample.check({"output": np.full(2, 3e3, np.float32)}, 1e-5)

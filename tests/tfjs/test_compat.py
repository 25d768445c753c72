"""Equations have one form under every version of JAX, and what no rule expects is told."""

# pyright: reportUnknownLambdaType=false

import re
import tomllib
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax.extend.core import Primitive

from builder.errors import ExportError
from builder.tfjs import _compat, ops
from builder.tfjs.graph import Value
from builder.tfjs.lower import lower
from builder.tfjs.lower.registry import RULES, Equation, Rule
from builder.tfjs.numpy.evaluate import evaluate
from builder.tfjs.trace import trace

ROOT = Path(__file__).parent.parent.parent


def equation(primitive: str, **params: Any) -> SimpleNamespace:
    """An equation as JAX has it, as far as it is read."""
    return SimpleNamespace(primitive=SimpleNamespace(name=primitive), params=params)


def test_a_primitive_that_was_renamed_has_its_last_name():
    assert _compat.read_equation(equation("pjit", jaxpr=1)) == ("jit", {"jaxpr": 1})
    assert "jit" in RULES
    assert "pjit" not in RULES


@pytest.mark.parametrize("primitive", _compat.CALLS)
def test_what_is_called_has_one_name(primitive: str):
    jaxpr = object()
    for parameter in ("jaxpr", "call_jaxpr"):
        _, params = _compat.read_equation(equation(primitive, **{parameter: jaxpr}))
        assert params["jaxpr"] is jaxpr


def test_operands_of_a_scan_are_counted():
    def run(x: Any, w: Any) -> Any:
        return jax.lax.scan(lambda carry, row: step(carry, row, x, w), (x[0], x[1]), x)

    def step(carry: Any, row: Any, x: Any, w: Any) -> Any:
        return (carry[0] + row * w, carry[1] * x[2]), row

    closed = jax.make_jaxpr(run)(jnp.ones((3, 4)), jnp.ones(4))
    (scan,) = (e for e in closed.jaxpr.eqns if e.primitive.name == "scan")
    name, params = _compat.read_equation(scan)
    constants, carry = params["num_consts"], params["num_carry"]
    assert (name, constants, carry, len(scan.invars)) == ("scan", 2, 2, 5)


def test_operands_of_a_scan_are_counted_in_its_older_form():
    _, params = _compat.read_equation(equation("scan", num_consts=2, num_carry=1, reverse=False))
    assert params == {"num_consts": 2, "num_carry": 1, "reverse": False}


def test_the_largest_are_sought_along_the_last_axis_where_jax_names_none():
    assert _compat.read_equation(equation("top_k", k=2))[1] == {"k": 2, "axis": -1}
    assert _compat.read_equation(equation("top_k", k=2, axis=1))[1] == {"k": 2, "axis": 1}


made_up = Primitive("made_up")
made_up.def_abstract_eval(lambda x, **_: x)


def refusal() -> ExportError:
    """The error for a function with the primitive, which names the line of this file and JAX."""
    traced = trace(lambda _, x: made_up.bind(x, size=3), (), {"x": ("(b, 4)", "float32")})
    with pytest.raises(ExportError) as caught:
        lower(traced)
    first, second, third = str(caught.value).splitlines()
    assert re.match(r".*test_compat\.py:\d+ \(.*<lambda>\): ", first)
    assert second.strip() == (
        f"JAX primitive: made_up of JAX {jax.__version__}, float32[b,4] -> float32[b,4]"
    )
    assert third.strip().startswith("Way out: ")
    return caught.value


def test_an_unknown_primitive_is_refused():
    assert "TensorFlow.js export does not know this operation." in str(refusal())


@pytest.mark.parametrize(
    ("version", "told"), [("0.6.2", False), ("0.6.1", True), ("0.7.2", False), ("99.1", True)]
)
def test_an_unknown_primitive_of_an_untested_jax_may_need_another(
    version: str, told: bool, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(_compat, "VERSION", version)
    assert _compat.is_tested() != told
    monkeypatch.setattr(jax, "__version__", version)
    assert (f"install JAX {' to '.join(_compat.TESTED)}" in str(refusal())) == told


def _read_size(eqn: Equation, x: Value) -> Value:
    return ops.binary("Mul", x, ops.scalar(eqn.params["size"], x))


def _read_axis(eqn: Equation, x: Value) -> Value:
    return ops.reduce("Sum", x, [eqn.params["axis"]])


def _look_up(_: Equation, x: Value) -> Value:
    return {"a": x}["b"]


def _fail(_: Equation, x: Value) -> Value:
    raise AssertionError("no such place\nand more")


def _give_two(_: Equation, x: Value) -> tuple[Value, Value]:
    return x, x


def test_a_parameter_that_is_there_is_read(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(RULES, "made_up", _read_size)
    traced = trace(lambda _, x: made_up.bind(x, size=3), (), {"x": ("(b, 4)", "float32")})
    x = np.ones((2, 4), np.float32)
    np.testing.assert_array_equal(evaluate(lower(traced), {"x": x})["output"], 3 * x)


@pytest.mark.parametrize(
    ("made_up_rule", "words", "cause"),
    [
        (_read_axis, "needs the parameter 'axis', which this JAX does not give.", KeyError),
        (_look_up, "this program fails to convert it (KeyError: 'b').", KeyError),
        (_fail, "fails to convert it (AssertionError: no such place).", AssertionError),
        (_give_two, "fails to convert it (ValueError: ", ValueError),
        (lambda eqn: None, "fails to convert it (TypeError: ", TypeError),
    ],
)
def test_whatever_goes_wrong_in_a_rule_is_a_limit_of_this_program(
    made_up_rule: Rule, words: str, cause: type[Exception], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setitem(RULES, "made_up", made_up_rule)
    error = refusal()
    assert words in str(error)
    assert "this is a limit of this program, not a mistake of yours." in str(error)
    assert f"tested with JAX {' to '.join(_compat.TESTED)}" in str(error)
    assert isinstance(error.__cause__, cause)


def test_a_lack_of_memory_is_no_limit_of_this_program(monkeypatch: pytest.MonkeyPatch):
    def exhaust(_: Equation, x: Value) -> Value:
        raise MemoryError

    monkeypatch.setitem(RULES, "made_up", exhaust)
    traced = trace(lambda _, x: made_up.bind(x), (), {"x": ("(b, 4)", "float32")})
    with pytest.raises(MemoryError):
        lower(traced)


def test_what_is_not_an_array_is_refused():
    ordered = Primitive("ordered")
    ordered.def_abstract_eval(lambda _, x: x)
    traced = trace(
        lambda _, x: ordered.bind(jax.lax.create_token(x), x), (), {"x": ("(b)", "float32")}
    )
    with pytest.raises(ExportError, match=r"test_compat.py:\d+ .*: a value is .*; TensorFlow.js"):
        lower(traced)


def test_the_oldest_versions_tested_are_those_declared():
    lines = (ROOT / ".ci" / "oldest.txt").read_text(encoding="utf-8").splitlines()
    pins = dict(line.split("==") for line in lines if "==" in line)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    declared = dict(d.split(">=") for d in project["dependencies"] if "[" not in d)
    assert pins["jaxlib"] == pins["jax"] == _compat.TESTED[0]
    assert {name: declared[name] for name in pins if name != "jaxlib"} == {
        name: version for name, version in pins.items() if name != "jaxlib"
    }

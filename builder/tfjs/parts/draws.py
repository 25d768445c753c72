"""Refuses random numbers that a model would draw once and for all by mistake."""

from collections.abc import Iterator, Sequence
from typing import Any

from builder.tfjs import _compat
from builder.tfjs.parts.callers import caller_line, callers
from builder.tfjs.parts.known import Known
from builder.tfjs.source import refusal

_DRAWS = frozenset({"random_bits", "random_gamma"})
_DROPOUT = ("stochastic.py", "dropout.py", "_dropout.py")
"""Where Flax (both of its interfaces), Keras and Equinox have their dropout."""


def check_draws(eqn: Any, operands: Sequence[Any]) -> None:
    """Let an equation draw with known keys, or refuse it.

    Keys among the parameters are those that NNX keeps for training; a mask of dropout that is the
    same at every call is not what anyone wants.

    Raises:
        ExportError: if the key is a parameter, or the numbers are for dropout.
    """
    drawing = next(_draws_in(eqn), None)
    if drawing is None:
        return
    is_dropout = _is_within_dropout(callers(), eqn)
    if is_dropout or any(isinstance(v, Known) and v.is_parameter_key for v in operands):
        what = "dropout draws" if is_dropout else "random numbers are drawn"
        raise refusal(
            caller_line(),
            f"{what} with a key that is fixed before the export, so the numbers would be the same"
            " at every call.",
            drawing.primitive.name,
            ", ".join(str(v.aval) for v in drawing.outvars),
            "switch dropout off: deterministic=True in Flax, model.eval() in NNX,"
            " eqx.nn.inference_mode in Equinox. If the numbers should be fixed, write the key"
            " into the function, as jax.random.key(0); if not, make the key an input.",
        )


def is_draw(eqn: Any) -> bool:
    """Whether an equation itself draws."""
    return eqn.primitive.name in _DRAWS


def _draws_in(eqn: Any) -> Iterator[Any]:
    """The equations that draw: this one, or those of the functions it calls."""
    if is_draw(eqn):
        yield eqn
    for inner in _inner_equations(eqn):
        yield from _draws_in(inner)


def _inner_equations(eqn: Any) -> Iterator[Any]:
    for jaxpr in _compat.jaxprs_in(eqn.params):
        yield from jaxpr.eqns


def _is_within_dropout(calling: Sequence[Any], eqn: Any) -> bool:
    """Whether one of the calls, or of those that an equation holds, is in a dropout's code.

    JAX keeps the equations of jax.random from whoever called it first, so those are not asked.
    """
    for caller in calling:
        files = _files_of(caller)
        if any(file.endswith(_DROPOUT) for file in files):
            return True
        if any("/jax/_src/random" in file for file in files):
            return False
    drawing = (inner for inner in _inner_equations(eqn) if any(map(is_draw, _draws_in(inner))))
    return any(_is_within_dropout([inner], inner) for inner in drawing)


def _files_of(eqn: Any) -> list[str]:
    traceback = eqn.source_info.traceback
    return [] if traceback is None else [frame.file_name for frame in traceback.frames]

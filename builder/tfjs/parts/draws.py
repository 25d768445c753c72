"""Refuses random numbers that a model would draw once and for all by mistake."""

from collections.abc import Iterator, Sequence
from typing import Any

from builder.tfjs import _compat
from builder.tfjs.parts.callers import caller_line
from builder.tfjs.parts.known import Known
from builder.tfjs.source import refusal

_DRAWS = frozenset({"random_bits", "random_gamma"})
_DROPOUT = ("stochastic.py", "dropout.py", "_dropout.py")
"""Where Flax (both of its interfaces), Keras and Equinox have their dropout."""


def check_draws(eqn: Any, operands: Sequence[Known]) -> None:
    """Let an equation draw with known keys, or refuse it.

    Keys among the parameters are those that NNX keeps for training; a mask of dropout that is the
    same at every call is not what anyone wants.

    Raises:
        ExportError: if the key is a parameter, or the numbers are for dropout.
    """
    drawing = next(_draws_in(eqn), None)
    if drawing is None:
        return
    is_dropout = _draws_for_dropout(eqn)
    if is_dropout or any(known.is_parameter_key for known in operands):
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


def _draws_in(eqn: Any) -> Iterator[Any]:
    """The equations that draw: this one, or those of the functions it calls."""
    if eqn.primitive.name in _DRAWS:
        yield eqn
    for jaxpr in _compat.jaxprs_of(eqn):
        for inner in _compat.split_jaxpr(jaxpr)[0].eqns:
            yield from _draws_in(inner)


def _draws_for_dropout(eqn: Any) -> bool:
    """Whether an equation, or one of those of the functions it calls, draws in a dropout.

    JAX keeps the equations of jax.random from whoever called it first, so who calls it now counts.
    """
    if next(_draws_in(eqn), None) is None:
        return False
    traceback = eqn.source_info.traceback
    files = [] if traceback is None else [frame.file_name for frame in traceback.frames]
    if any(file.endswith(_DROPOUT) for file in files):
        return True
    if any("/jax/_src/random" in file for file in files):
        return False
    inner = (e for j in _compat.jaxprs_of(eqn) for e in _compat.split_jaxpr(j)[0].eqns)
    return any(map(_draws_for_dropout, inner))

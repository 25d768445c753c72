"""Positions that repeat: what is written to one of them becomes one number."""

from builder.tfjs import ops
from builder.tfjs.graph import Value, constant
from builder.tfjs.lower.integers import reverse_order
from builder.tfjs.lower.monoid import Monoid
from builder.tfjs.lower.registry import Equation
from builder.tfjs.lower.shape import take_block
from builder.tfjs.lower.sort import falling_order, rising_order


def one_for_each(
    eqn: Equation, positions: Value, numbers: Value, spare: Value, monoid: Monoid | None
) -> tuple[Value, Value]:
    """One number for each position [n], from all that are written there, and `spare` for the rest.

    Without a monoid, which is that of max, min or mul, the last one is kept.

    Sorted by position, the last of equal ones has the number: it came last, or is the largest if
    numbers were sorted before, or has been multiplied with all before it.
    """
    name = None if monoid is None else monoid.name
    if monoid is not None and name in ("max", "min"):
        order = _by_size(eqn, numbers, monoid)
        positions, numbers = (ops.gather(v, order, 0) for v in (positions, numbers))
    order = falling_order(eqn, reverse_order(positions))
    positions, numbers = (ops.gather(v, order, 0) for v in (positions, numbers))
    if monoid is not None and name == "mul":
        numbers = _multiply_runs(eqn, positions, numbers, monoid)
    count = positions.shape[0]
    later = take_block(eqn, positions, [1], (count - 1,))
    following = ops.concat([later, constant([-1], "int32")], 0)
    is_last = ops.binary("NotEqual", positions, following)
    return ops.select(is_last, positions, spare), numbers


def _by_size(eqn: Equation, numbers: Value, monoid: Monoid) -> Value:
    """The order in which the greatest of all, or for min the least, comes last; NaN after it."""
    encoded = monoid.encode(numbers)
    return rising_order(eqn, encoded if monoid.name == "max" else reverse_order(encoded))


def _multiply_runs(eqn: Equation, positions: Value, numbers: Value, monoid: Monoid) -> Value:
    """Each number times all before it at the same position, by doubling."""
    (count,) = positions.shape
    if not ops.is_fixed(count):
        raise eqn.refuse(
            "a symbolic number of indices may repeat.",
            "pass unique_indices=True if they do not, or fix their number.",
        )
    reach = 1
    while reach < count:
        rest = (count - reach,)
        here, before = (ops.slice_(positions, [first], rest) for first in (reach, 0))
        product = monoid.combine(
            ops.slice_(numbers, [0], rest), own := ops.slice_(numbers, [reach], rest)
        )
        joined = ops.select(ops.binary("Equal", here, before), product, own)
        numbers = ops.concat([ops.slice_(numbers, [0], (reach,)), joined], 0)
        reach *= 2
    return numbers

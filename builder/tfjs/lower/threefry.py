"""The random numbers of JAX: threefry, on bits held as float32 0 or 1.

Backends for graphics cards hold integers as float32, of which 24 bits are right, so that a word is
two halves of 16 bits here, and 32 bits where it is rotated and combined. All of these are exact as
float32; only the words that come out are int32. What is moved or added up is a product with a
small matrix, the quickest op on every backend.
"""

from collections.abc import Sequence

import numpy as np

from builder.tfjs import ops
from builder.tfjs.graph import Array, Dim, Value, constant
from builder.tfjs.lower.registry import Equation, rule
from builder.tfjs.lower.shape import broadcast

_ROTATIONS = ((13, 15, 26, 6), (17, 29, 16, 24))
_PARITY = 0x1BD11BDA
_POWERS = 2.0 ** np.arange(16)


@rule("threefry2x32")
def _threefry(eqn: Equation, *words: Value) -> list[Value]:
    """Five times four rounds, after each of which a part of the key is added.

    (J. K. Salmon et al., Parallel random numbers: as easy as 1, 2, 3, 2011.)
    """
    shape = eqn.type.shape
    first, second, a, b = (_halves(_fit(eqn, word)) for word in words)
    keys = [first, second, _pack(_xor(_xor(_unpack(first), _unpack(second)), _constant(_PARITY)))]
    a, b = _add(a, keys[0]), _add(b, keys[1])
    for turn in range(5):
        bits = _unpack(_carry(b))
        b = _pack(bits)
        for places in _ROTATIONS[turn % 2]:
            total = _unpack(_carry(_add(a, b)))
            bits = _xor(_rotate(bits, places), total)
            a, b = _pack(total), _pack(bits)
        a = _add(a, keys[(turn + 1) % 3])
        b = _add(_add(b, keys[(turn + 2) % 3]), constant(np.array([turn + 1, 0], np.float32)))
    return [_join(_carry(half), shape) for half in (a, b)]


def _fit(eqn: Equation, word: Value) -> Value:
    """A word as it is, or words in the shape of the result."""
    is_one = all(d == 1 for d in word.shape)
    return ops.reshape(word, ()) if is_one else broadcast(eqn, word, eqn.type.shape)


def _halves(word: Value) -> Value:
    """The lower and the upper 16 bits of words, float32[count, 2]."""
    column = ops.reshape(word, (ops.size(word.shape), 1))
    low = ops.binary("FloorMod", column, ops.scalar(1 << 16, column))
    # Exact, as the lower half has gone; negative words have a negative upper half.
    rest = ops.cast(ops.binary("Sub", column, low), "float32")
    high = ops.binary("Mul", rest, constant(2.0**-16, "float32"))
    return ops.concat([ops.cast(low, "float32"), high], 1)


def _join(halves: Value, shape: Sequence[Dim]) -> Value:
    """Halves with nothing to carry as words; what is above 16 bits in the upper one is lost."""
    low, high = ops.split(_pack(_unpack(halves)), [1, 1], 1)
    negative = ops.binary("GreaterEqual", high, constant(2.0**15, "float32"))
    signed = ops.select(negative, ops.binary("Sub", high, constant(2.0**16, "float32")), high)
    upper = ops.binary("Mul", ops.cast(signed, "int32"), constant(1 << 16, "int32"))
    return ops.reshape(ops.binary("AddV2", upper, ops.cast(low, "int32")), shape)


def _add(x: Value, y: Value) -> Value:
    return ops.binary("AddV2", x, y)


def _carry(halves: Value) -> Value:
    """Halves, of which the upper one has what is above 16 bits in the lower one."""
    moved = ops.matmul(halves, constant([[0, 2.0**-16], [0, 0]], "float32"))
    return _add(halves, ops.unary("Floor", moved))


def _unpack(halves: Value) -> Value:
    """The lowest 16 bits of each half, the lowest first, float32[count, 32].

    Bit i is what is left of x / 2^i, without its fraction, after twice x / 2^(i + 1).
    """
    shifted = ops.matmul(halves, constant(np.kron(np.eye(2), 0.5 ** np.arange(17)), "float32"))
    doubles = np.eye(17, 16) - 2 * np.eye(17, 16, -1)
    return ops.matmul(ops.unary("Floor", shifted), constant(np.kron(np.eye(2), doubles), "float32"))


def _pack(bits: Value) -> Value:
    """The halves of which these are the bits."""
    return ops.matmul(bits, constant(np.kron(np.eye(2), _POWERS[:, None]), "float32"))


def _rotate(bits: Value, places: int) -> Value:
    # A product with a permutation: on wasm, Split, Concat and Gather take ten times as long.
    return ops.matmul(bits, constant(np.roll(np.eye(32), places, 1), "float32"))


def _xor(x: Value, y: Value) -> Value:
    return ops.unary("Square", ops.binary("Sub", x, y))


def _constant(word: int) -> Value:
    bits: Array = (word >> np.arange(32)) & 1
    return constant(bits[None], "float32")


@rule("iota_2x32_shape")
def _iota(eqn: Equation) -> list[Value]:
    """The place of each number in the array, in two words, of which the upper is 0."""
    shape = eqn.type.shape
    rank = len(shape)
    total: Value = ops.scalar(0, constant(0, "int32"))
    for axis, length in enumerate(shape):
        stride = eqn.sizes.value(ops.size(shape[axis + 1 :]))
        if ops.is_fixed(length):
            steps = constant(np.arange(length), "int32")
        else:
            steps = ops.range_to(eqn.sizes.value(length), length, "int32")
        aligned = ops.reshape(steps, [length if i == axis else 1 for i in range(rank)])
        total = ops.binary("AddV2", total, ops.binary("Mul", aligned, stride))
    places = broadcast(eqn, total, shape)
    return [broadcast(eqn, ops.scalar(0, places), shape), places]

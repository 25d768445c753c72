"""The generators of XLA, which `rng_bit_generator` and keys of the kind "rbg" use.

A key is four words: two of the key itself and two of a counter. As XLA does on processors, the
default generator is philox.
"""

import math
from typing import Any

import jax.numpy as jnp
from jax import lax
from jax.extend.random import threefry2x32_p

from builder.tfjs import ops
from builder.tfjs.lower.expansion import expansion
from builder.tfjs.lower.registry import Equation


@expansion("rng_bit_generator")
def _generate(eqn: Equation, key: Any) -> tuple[Any, Any]:
    shape, dtype = eqn.params["shape"], eqn.output_dtypes[1]
    if not ops.is_static(shape) or jnp.iinfo(dtype).bits > 32 or len(key) != 4:
        raise eqn.refuse(
            "random bits of 64 or of a symbolic number are generated.",
            "use a fixed number of 32 bits, or jax.random with a key of the default kind.",
        )
    is_threefry = eqn.params["algorithm"] == lax.RandomAlgorithm.RNG_THREE_FRY
    steps, bits = (_threefry if is_threefry else _philox)(key, shape)
    low, high = _count(key, jnp.uint32(steps))
    return jnp.stack([key[0], key[1], low, high]), bits.astype(dtype)


def _count(key: Any, steps: Any) -> tuple[Any, Any]:
    """The counter of 64 bits so many steps later, in two words."""
    low = key[2] + steps
    return low, key[3] + (low < steps).astype(jnp.uint32)


def _threefry(key: Any, shape: tuple[int, ...]) -> tuple[int, Any]:
    """Pairs of words, which come one after the other along the first axis of even length.

    Without any, the last axis is one longer.
    """
    padded = shape or (1,)
    even = [i for i, size in enumerate(padded) if size % 2 == 0]
    axis = even[0] if even else len(padded) - 1
    half = (*padded[:axis], (padded[axis] + 1) // 2, *padded[axis + 1 :])
    steps = math.prod(half)
    low, high = _count(key, jnp.arange(steps, dtype=jnp.uint32))
    pair = threefry2x32_p.bind(key[0], key[1], low, high)
    both = jnp.stack([word.reshape(half) for word in pair], axis + 1)
    words = both.reshape(*half[:axis], 2 * half[axis], *half[axis + 1 :])
    return steps, lax.slice_in_dim(words, 0, padded[axis], axis=axis).reshape(shape)


def _philox(key: Any, shape: tuple[int, ...]) -> tuple[int, Any]:
    """Four words at a time: ten rounds of products (J. K. Salmon et al., 2011)."""
    count = math.prod(shape)
    steps = -(-count // 4)
    low, high = _count(key, jnp.arange(steps, dtype=jnp.uint32))
    state = [low, high, *(jnp.full_like(low, word) for word in key[:2])]
    first, second = key[0], key[1]
    for _ in range(10):
        upper, lower = _multiply_wide(state[0], 0xD2511F53)
        other_upper, other_lower = _multiply_wide(state[2], 0xCD9E8D57)
        state = [
            other_upper ^ state[1] ^ first,
            other_lower,
            upper ^ state[3] ^ second,
            lower,
        ]
        first, second = first + jnp.uint32(0x9E3779B9), second + jnp.uint32(0xBB67AE85)
    return steps, jnp.stack(state, -1).reshape(-1)[:count].reshape(shape)


def _multiply_wide(x: Any, factor: int) -> tuple[Any, Any]:
    """The upper and the lower word of a product, from those of halves of 16 bits."""
    high, low = x >> 16, x & 0xFFFF
    upper, lower = jnp.uint32(factor >> 16), jnp.uint32(factor & 0xFFFF)
    crossed, other = high * lower, low * upper
    middle = (low * lower >> 16) + (crossed & 0xFFFF) + (other & 0xFFFF)
    above = high * upper + (crossed >> 16) + (other >> 16) + (middle >> 16)
    return above, x * jnp.uint32(factor)

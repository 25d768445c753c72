"""What stands for complex numbers and random keys: pytrees of the arrays that they are made of."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import jax
import jax.numpy as jnp
import numpy as np

from builder.tfjs import _compat
from builder.tfjs.graph import Array


@jax.tree_util.register_dataclass
@dataclass(frozen=True)
class Complex:
    """Complex numbers: two arrays of floats of one shape."""

    re: Any
    im: Any

    @property
    def shape(self) -> tuple[Any, ...]:
        """Sizes, of which some may be symbolic."""
        return self.re.shape

    @property
    def dtype(self) -> Any:
        """That of either part."""
        return self.re.dtype


@jax.tree_util.register_dataclass
@dataclass(frozen=True)
class Keys:
    """Random keys: their words, uint32[..., 2] for threefry; `dtype` is that of the keys."""

    words: Any
    dtype: Any = field(metadata={"static": True})


Value: TypeAlias = Any
"""An array that TensorFlow.js can hold, Complex, or Keys."""


def is_complex(dtype: Any) -> bool:
    """Whether this is the dtype of complex numbers."""
    return bool(jnp.issubdtype(dtype, jnp.complexfloating))


def is_split(dtype: Any) -> bool:
    """Whether arrays of this dtype are held in parts."""
    return _compat.is_random_key(dtype) or is_complex(dtype)


def split(array: Any) -> Value:
    """An array as it is held; a known one, of numpy or JAX."""
    dtype = getattr(array, "dtype", None)
    if dtype is not None and _compat.is_random_key(dtype):
        with jax.ensure_compile_time_eval():
            return Keys(np.asarray(jax.random.key_data(array)), dtype)
    if is_complex(jnp.result_type(array)):
        numbers: Any = np.asarray(array)
        return Complex(numbers.real.copy(), numbers.imag.copy())
    return array


def split_struct(struct: Any) -> Value:
    """What stands for an array of a shape and dtype, as it is held."""
    if _compat.is_random_key(struct.dtype):
        words = _compat.words_of_key(struct.dtype)
        return Keys(jax.ShapeDtypeStruct((*struct.shape, *words), np.uint32), struct.dtype)
    if is_complex(struct.dtype):
        part = jax.ShapeDtypeStruct(struct.shape, jnp.finfo(struct.dtype).dtype)
        return Complex(part, part)
    return struct


def split_name(name: str, dtype: Any) -> tuple[str, ...]:
    """The names of the parts of an array of that dtype: `x/real` and `x/imag`."""
    return (f"{name}/real", f"{name}/imag") if is_complex(dtype) else (name,)


def numpy_parts(array: Any) -> list[Array]:
    """An array as TensorFlow.js gets it: its parts, in order; the words of keys as int32."""
    value = split(array)
    if isinstance(value, Keys):
        return [np.asarray(value.words).view(np.int32)]
    return [np.asarray(part) for part in jax.tree.leaves(value)]


def join_names(names: Sequence[str], parts: Sequence[str]) -> list[str]:
    """Names of arrays of which some are in parts; `names` are those of complex numbers."""
    ends = {part: name for name in names for part in split_name(name, np.complex64)}
    return list(dict.fromkeys(ends.get(part, part) for part in parts))


def join_parts(names: Sequence[str], arrays: dict[str, Array]) -> dict[str, Array]:
    """Arrays by name, in which complex numbers are put together again; `names` are theirs."""
    joined: dict[str, Array] = {}
    ends = {part: (name, part) for name in names for part in split_name(name, np.complex64)}
    for part, array in arrays.items():
        if part not in ends:
            joined[part] = array
        elif part == split_name(name := ends[part][0], np.complex64)[0]:
            real, imag = (arrays[p] for p in split_name(name, np.complex64))
            # A sum would make NaN of the real part where the other is infinite.
            joined[name] = np.stack([real, imag], -1).view(np.complex64)[..., 0]
    return joined

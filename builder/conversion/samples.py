"""Arguments to compare a function on, and what JAX computes for them."""

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import jax
import jax.export
import jax.numpy as jnp
import numpy as np

from builder.errors import ExportError, first_line
from builder.options import MAX_AXES, MAX_ELEMENTS
from builder.tfjs import _compat
from builder.tfjs.graph import Array
from builder.tfjs.lower.extent import has_loop, has_open_loop
from builder.tfjs.parts.values import is_complex, numpy_parts
from builder.tfjs.trace import is_signature, split_signature

SIZES = (1, 2, 5)
"""What symbolic sizes stand for when a converted function is compared with JAX."""

_SMALL = 10
_SYMBOL = re.compile(r"\b[A-Za-z_]\w*\b(?!\s*\()")


@dataclass(frozen=True)
class Sample:
    """Inputs and what JAX computes for them, by the names that the model has for them."""

    inputs: Mapping[str, Array]
    expected: Mapping[str, Array]


class Function:
    """`apply_fn(params, *inputs)` as JAX runs it: compiled, on JAX's own arrays.

    Numpy arrays would do for many functions, but their methods are not JAX's: `x.at` is missing,
    and `x.astype` converts otherwise. `signatures` are those of the inputs (`trace.is_signature`).
    """

    def __init__(self, apply_fn: Callable[..., Any], params: Any, signatures: Sequence[Any]):
        leaves, tree = jax.tree.flatten(params)
        # Equinox has numbers and functions among its parameters, which are left as they are.
        self._arrays = {i: _on_device(v) for i, v in enumerate(leaves) if hasattr(v, "dtype")}
        self._signatures, self._inputs = jax.tree.flatten(list(signatures), is_leaf=is_signature)

        def run(arrays: Mapping[int, Any], inputs: Sequence[Any]) -> list[Any]:
            whole = tree.unflatten([arrays.get(i, v) for i, v in enumerate(leaves)])
            return jax.tree.leaves(apply_fn(whole, *inputs))

        self._run = jax.jit(run)

    def make_sample(
        self, values: Sequence[Any], inputs: Iterable[str], outputs: Iterable[str]
    ) -> Sample:
        """Call the function on arrays, one for each signature; see `Sample` for the names.

        Raises:
            ExportError: if there are more or fewer arrays than inputs.
        """
        names = list(inputs)
        if len(values) != len(self._signatures):
            raise ExportError(
                f"Give samples of the {len(names)} inputs ({', '.join(names)}), not {len(values)}."
            )
        arrays = self._cast(values)
        results = dict(zip(outputs, self.run(arrays), strict=True))
        parts = [part for array in arrays for part in numpy_parts(array)]
        return Sample(dict(zip(names, parts, strict=True)), results)

    def run(
        self, values: Sequence[Any], change: Callable[[Array], Any] = lambda array: array
    ) -> tuple[Array, ...]:
        """What JAX computes for arrays, one for each signature: the leaves of the result.

        Complex numbers are two arrays, random keys their words. `change` is applied to every array
        of the parameters.
        """
        arrays = {i: change(array) for i, array in self._arrays.items()}
        # By default, accelerators round what they multiply.
        with jax.default_matmul_precision("float32"):
            results = self._run(arrays, self._inputs.unflatten(self._cast(values)))
        return _parts_of(results)

    def run_uncompiled(self, values: Sequence[Any]) -> tuple[Array, ...]:
        """The same, one operation after the other."""
        with jax.disable_jit():
            return self.run(values)

    def run_double(self, values: Sequence[Any]) -> tuple[Array, ...] | None:
        """The same with all floats in double precision; None if the function cannot."""
        with _compat.enable_x64(True):
            arrays = {i: _in_double(array) for i, array in self._arrays.items()}
            inputs = self._inputs.unflatten(map(_in_double, self._cast(values)))
            try:
                return _parts_of(self._run(arrays, inputs))
            except Exception:  # of any kind: the function is the author's
                return None

    def _cast(self, values: Sequence[Any]) -> list[jax.Array]:
        return [
            _as_dtype(value, _jax_dtype(split_signature(signature)[1]))
            for value, signature in zip(values, self._signatures, strict=True)
        ]

    def draw_samples(
        self, inputs: Iterable[str], outputs: Iterable[str], sizes: Sequence[int] = SIZES
    ) -> list[Sample]:
        """Samples drawn at random, with these sizes in turn for those that vary.

        Floats are normal numbers; integers are small, since they may be indices.

        Raises:
            ExportError: if JAX cannot run the function for any of the sizes.
        """
        names, results = list(inputs), list(outputs)
        samples: list[Sample] = []
        failures: list[Exception] = []
        for size in sizes if self._symbols else sizes[:1]:
            try:
                samples.append(self.make_sample(self.draw_arguments(size), names, results))
            except Exception as error:  # of any kind: the function is the author's
                failures.append(error)
        if not samples:
            raise ExportError(
                f"JAX cannot run the function on random inputs: {first_line(failures[0])}\n"
                "Give samples to compare on."
            ) from failures[0]
        return samples

    @cached_property
    def may_not_end(self) -> bool:
        """Whether the function loops until what it computes says so, on some numbers forever."""
        return has_open_loop(self._jaxpr)

    @cached_property
    def is_long(self) -> bool:
        """Whether the function has loops that take long one operation after the other."""
        return has_loop(self._jaxpr)

    @cached_property
    def _jaxpr(self) -> Any:
        arguments = self._inputs.unflatten(self._cast(self.draw_arguments(SIZES[-1])))
        return jax.make_jaxpr(self._run)(self._arrays, arguments).jaxpr

    def draw_arguments(self, size: int) -> list[Array]:
        """Random arrays, one for each signature, with `size` and up for the sizes that vary."""
        # Sizes of different names differ, so that none can stand for another unseen.
        known = {symbol: size + i for i, symbol in enumerate(self._symbols)}
        return [draw_array(signature, known) for signature in self._signatures]

    @cached_property
    def _symbols(self) -> list[str]:
        return sorted({name for s in self._signatures for name in _symbols_in(s)})


def check_dims(dims: Sequence[int]) -> None:
    """Refuse an array that would take more memory than a page has, before it is made.

    Raises:
        ExportError: if it has too many axes or numbers.
    """
    if len(dims) > MAX_AXES or math.prod(dims) > MAX_ELEMENTS:
        raise ExportError(
            f"An array of {math.prod(dims):,} numbers on {len(dims)} axes is too large: at most"
            f" {MAX_ELEMENTS:,} numbers and {MAX_AXES} axes are allowed."
        )


def draw_array(signature: Any, sizes: Mapping[str, int]) -> Array:
    """A random array of that signature, with these sizes for the symbols in its shape."""
    shape, dtype = split_signature(signature)
    text = _SYMBOL.sub(lambda found: str(sizes[found[0]]), _shape_text(shape))
    dims = [int(dim) for dim in jax.export.symbolic_shape(text)]
    check_dims(dims)
    rng = np.random.default_rng(0)
    if _compat.is_random_key(dtype):
        words = (*dims, *_compat.words_of_key(dtype))
        return rng.integers(0, 2**32, words, dtype=np.uint32)
    kind = np.dtype(_jax_dtype(dtype))
    if kind == np.bool_:
        return rng.random(dims) < 0.5
    if jnp.issubdtype(kind, np.integer):
        return rng.integers(0, _SMALL, dims).astype(kind)
    numbers = rng.normal(size=dims)
    if is_complex(kind):
        numbers = numbers + 1j * rng.normal(size=dims)
    return numbers.astype(kind)


def _symbols_in(signature: Any) -> list[str]:
    return _SYMBOL.findall(_shape_text(split_signature(signature)[0]))


def _shape_text(shape: Any) -> str:
    """A shape as `jax.export.symbolic_shape` reads it; None is the size `b`, as in a trace."""
    if isinstance(shape, str):
        return shape
    return ",".join("b" if dim is None else str(dim) for dim in shape)


def _jax_dtype(dtype: Any) -> Any:
    """The dtype that JAX has for one of numpy's: of 32 bits where 64 are not enabled."""
    if _compat.is_random_key(dtype):
        return dtype
    return jax.dtypes.canonicalize_dtype(dtype)


def _as_dtype(value: Any, dtype: Any) -> jax.Array:
    """An array of that dtype; of random keys, their words will do."""
    if not _compat.is_random_key(dtype):
        return jnp.asarray(value, dtype)
    is_key = isinstance(value, jax.Array) and _compat.is_random_key(value.dtype)
    return value if is_key else _compat.wrap_words(np.asarray(value), dtype)


def _in_double(leaf: jax.Array) -> jax.Array:
    if is_complex(leaf.dtype):
        return leaf.astype(jnp.complex128)
    return leaf.astype(jnp.float64) if jnp.issubdtype(leaf.dtype, jnp.floating) else leaf


def _parts_of(arrays: Iterable[Any]) -> tuple[Array, ...]:
    return tuple(part for array in arrays for part in numpy_parts(array))


def _on_device(leaf: Any) -> Any:
    return leaf if isinstance(leaf, jax.Array) else jnp.asarray(leaf)

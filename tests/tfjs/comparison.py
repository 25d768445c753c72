"""What TensorFlow.js gives beside what JAX gives, on both backends that run under Node."""

from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TypeAlias

import jax
import jax.numpy as jnp
import numpy as np

from builder.tfjs.export import export
from builder.tfjs.graph import Array
from builder.tfjs.runtime import NodeBackend, Runtime

Runtimes: TypeAlias = Mapping[NodeBackend, Runtime]

APART = 4e-6
"""How far floats may be off, of themselves, and of the largest of their array."""


@contextmanager
def both_backends() -> Generator[Runtimes]:
    """TensorFlow.js on wasm and on cpu."""
    with Runtime("wasm") as wasm, Runtime("cpu") as cpu:
        yield {"wasm": wasm, "cpu": cpu}


def compare(
    apply: Callable[..., Any],
    arrays: Sequence[Any],
    runtimes: Runtimes,
    shapes: Sequence[str] = (),
    apart: float = APART,
) -> int:
    """Assert that an exported function gives JAX's numbers; returns how many ops it has.

    `shapes` are those to export for, where some sizes are symbolic. A uint32 is compared by bits.
    """

    def signed(_: None, *xs: Any) -> list[Any]:
        leaves = jax.tree.leaves(apply(*xs))
        unsigned = [getattr(leaf, "dtype", None) == np.uint32 for leaf in leaves]
        pairs = zip(leaves, unsigned, strict=True)
        return [y.astype(jnp.int32) if is_unsigned else y for y, is_unsigned in pairs]

    named = {f"x{i}": np.asarray(a) for i, a in enumerate(arrays)}
    sizes = shapes or [str(a.shape) for a in named.values()]
    pairs = zip(named.items(), sizes, strict=True)
    model = export(signed, None, {name: (size, a.dtype) for (name, a), size in pairs})
    expected = jax.jit(signed)(None, *named.values())
    for runtime in runtimes.values():
        runtime.load(model.files)
        runtime.predict(named)  # which may leave something behind
        found = runtime.predict(named)
        for name, wanted in zip(model.outputs, expected, strict=True):
            _assert_near(found[name], np.asarray(wanted), apart)
    return len(model.ops)


def _assert_near(found: Array, wanted: Array, apart: float) -> None:
    assert found.shape == wanted.shape
    assert found.dtype.kind == ("f" if jnp.issubdtype(wanted.dtype, np.floating) else
                                "b" if wanted.dtype == np.bool_ else "i")  # fmt: skip
    a, b = found.astype(np.float64), wanted.astype(np.float64)
    if found.dtype.kind != "f":
        np.testing.assert_array_equal(a, b)
        return
    finite = np.abs(b[np.isfinite(b)]).max(initial=0)
    narrow = wanted.dtype.itemsize == 2
    relative = 4 * float(jnp.finfo(wanted.dtype).eps) if narrow else apart
    np.testing.assert_allclose(a, b, relative, relative * finite)

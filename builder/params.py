"""Flax parameters in `.npz` files: a nested tree on one side, `a/b/c` keys on the other."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from builder.errors import BuilderError, naming
from builder.npz import NpzFile

Params = dict[str, Any]
"""Nested dictionaries whose leaves are arrays, as Flax's `init` returns them."""

_MAX_DEPTH = 64
"""Dictionaries within dictionaries; JAX follows them by recursion."""
_MAX_BYTES = 1 << 32
"""What a function's parameters may take: more than a page can load."""


def flatten_params(params: Mapping[str, Any]) -> dict[str, np.ndarray]:
    """`{"a": {"b": x}}` to `{"a/b": x}`, in the tree's own order."""
    return dict(_walk(params, ""))


def unflatten_params(flat: Mapping[str, np.ndarray]) -> Params:
    """`{"a/b": x}` to `{"a": {"b": x}}`, the inverse of `flatten_params`.

    Raises:
        BuilderError: if an array and a dictionary have the same name, or it would be too deep.
    """
    params: Params = {}
    for key, leaf in flat.items():
        *folders, name = key.split("/")
        if len(folders) > _MAX_DEPTH:
            raise BuilderError(f"{key[:80]!r} ... is nested more than {_MAX_DEPTH} deep.")
        node = params
        for folder in folders:
            node = node.setdefault(folder, {})
            if not isinstance(node, dict):
                break
        if not isinstance(node, dict) or name in node:
            raise BuilderError(
                f"{key!r} stands in the way of another array. Rename one of the two."
            )
        node[name] = leaf
    return params


def read_npz(path: Path, *, finite: bool = True) -> dict[str, np.ndarray]:
    """The arrays of a user's file by name, bfloat16 as float32. Loads no pickles.

    Raises:
        BuilderError: if it cannot be read or is not such a file; if it would take more memory than
            any page; or if a number is NaN or infinite where only `finite` ones are wanted.
    """
    with NpzFile(path) as file:
        total = sum(entry.bytes for entry in file.entries.values())
        if total > _MAX_BYTES:
            raise BuilderError(
                f"{path}: its arrays take {total:,} bytes; at most {_MAX_BYTES:,} are allowed."
            )
        return {
            name: file.read_as(name, entry.plain_dtype, finite=finite)
            for name, entry in file.entries.items()
        }


def read_params(path: Path) -> Params:
    """The tree of parameters in a user's file.

    Raises:
        BuilderError: as `read_npz` and `unflatten_params` do.
    """
    flat = read_npz(path)
    with naming(path):
        return unflatten_params(flat)


def find_non_finite(params: Any) -> str | None:
    """The place of an array in a tree of JAX's that holds NaN or infinity; None if none does."""
    import jax  # which whoever has such a tree has imported already
    import jax.numpy as jnp

    for path, leaf in jax.tree_util.tree_leaves_with_path(params):
        is_float = hasattr(leaf, "dtype") and jnp.issubdtype(leaf.dtype, jnp.inexact)
        if is_float and not jnp.isfinite(leaf).all():
            return jax.tree_util.keystr(path)
    return None


def load_params(path: Path, dtype: type[np.floating[Any]] = np.float32) -> Params:
    """Reads a tree saved by `save_params`, its leaves widened to `dtype`. Loads no pickles."""
    with np.load(path, allow_pickle=False) as file:
        return unflatten_params({key: file[key].astype(dtype) for key in file.files})


def save_params(path: Path, params: Mapping[str, Any]) -> None:
    """Writes the tree as compressed float16, the precision of every committed weight."""
    flat = {key: leaf.astype(np.float16) for key, leaf in flatten_params(params).items()}
    np.savez_compressed(path, **flat)  # pyright: ignore[reportArgumentType]


def _walk(node: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, np.ndarray]]:
    for name, child in node.items():
        if isinstance(child, Mapping):
            yield from _walk(child, f"{prefix}{name}/")
        else:
            yield f"{prefix}{name}", np.asarray(child)

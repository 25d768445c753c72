"""Flax parameters in `.npz` files: a nested tree on one side, `a/b/c` keys on the other."""

import zipfile
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from builder.errors import BuilderError

Params = dict[str, Any]
"""Nested dictionaries whose leaves are arrays, as Flax's `init` returns them."""


def flatten_params(params: Mapping[str, Any]) -> dict[str, np.ndarray]:
    """`{"a": {"b": x}}` to `{"a/b": x}`, in the tree's own order."""
    return dict(_walk(params, ""))


def unflatten_params(flat: Mapping[str, np.ndarray]) -> Params:
    """`{"a/b": x}` to `{"a": {"b": x}}`, the inverse of `flatten_params`."""
    params: Params = {}
    for key, leaf in flat.items():
        *folders, name = key.split("/")
        node = params
        for folder in folders:
            node = node.setdefault(folder, {})
        node[name] = leaf
    return params


def read_npz(path: Path) -> dict[str, np.ndarray]:
    """The arrays of a user's file by name. Loads no pickles.

    Raises:
        BuilderError: if it cannot be read or is not such a file.
    """
    try:
        # For other files, numpy suggests loading them unsafely.
        with path.open("rb") as opened:
            if not zipfile.is_zipfile(opened):
                raise BuilderError(f"{path}: is not an npz file. Write one with numpy.savez.")
        with np.load(path, allow_pickle=False) as file:
            return {key: file[key] for key in file.files}
    except OSError as error:
        reason = error.strerror or error
        raise BuilderError(f"{path}: cannot be read: {reason}. Correct the name.") from None
    except (EOFError, ValueError, zipfile.BadZipFile, zlib.error) as error:
        raise BuilderError(f"{path}: is damaged: {error}. Write it again.") from None


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

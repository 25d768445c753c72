"""The commands of `lit-demo`: each parses its words and calls one function.

What that needs is imported inside, so that the others stay quick.
"""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from builder.cache import Cache

PATH = click.Path(path_type=Path)

_COMPILED_BYTES = 500_000_000


def open_cache(folder: Path | None) -> "Cache":
    """The cache in that folder, by default the user's, where JAX too keeps what it compiles.

    JAX reads these variables when it is imported. Those that the user has set stay as they are.
    """
    from builder.cache import COMPILED, Cache, default_cache_folder

    cache = Cache(folder or default_cache_folder())
    for name, value in {
        "JAX_COMPILATION_CACHE_DIR": str((cache.folder / COMPILED).absolute()),
        "JAX_COMPILATION_CACHE_MAX_SIZE": str(_COMPILED_BYTES),
        "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "0",
        "JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES": "-1",
    }.items():
        os.environ.setdefault(name, value)
    return cache

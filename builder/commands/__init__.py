"""The commands of `lit-demo`: each parses its arguments and calls one function.

What a command needs is imported inside it, so that the others start quickly.
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
    """The cache in that folder, by default the user's; JAX keeps what it compiles there too.

    JAX reads these variables when it is imported. Those that the user has set are not changed.
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

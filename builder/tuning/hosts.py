"""Several hosts that train one tower, as JAX's distributed runtime joins them.

Each process runs the same command. All of them see one work folder, and the first writes the rest.
"""

import os
from dataclasses import dataclass

import jax
import numpy as np
from numpy.typing import NDArray

from builder.errors import BuilderError, first_line


@dataclass(frozen=True)
class Hosts:
    """Where the first host listens, `HOST:PORT`, how many hosts there are, and which this is."""

    coordinator: str
    count: int
    index: int


def join_hosts(hosts: Hosts) -> None:
    """Wait for the other hosts; from then on `jax.devices()` are those of all of them.

    Raises:
        BuilderError: if they do not come together.
    """
    if not 0 <= hosts.index < hosts.count:
        raise BuilderError(
            f"--host {hosts.index}: with --hosts {hosts.count}, hosts are 0 to {hosts.count - 1}."
        )
    if os.environ.get("JAX_PLATFORMS", "") in ("", "cpu"):
        jax.config.update("jax_cpu_collectives_implementation", "gloo")
    try:
        jax.distributed.initialize(hosts.coordinator, hosts.count, hosts.index)
    except (RuntimeError, ValueError) as error:
        raise BuilderError(
            f"{hosts.coordinator}: the hosts did not come together ({first_line(error)}). Start the"
            " same command on each, with --host 0, 1 and so on."
        ) from None


def is_first_host() -> bool:
    """Whether this process is the one that writes."""
    return jax.process_index() == 0


def share_of(count: int) -> slice:
    """The part of `count` things that this host computes; the shares are of nearly equal size."""
    start, end = (count * (jax.process_index() + i) // jax.process_count() for i in range(2))
    return slice(start, end)


def gather(rows: NDArray[np.float16], count: int) -> NDArray[np.float16]:
    """All hosts' shares of `count` rows, one after the other; `rows` is this host's."""
    if jax.process_count() == 1:
        return rows
    from jax.experimental import multihost_utils

    largest = -(-count // jax.process_count())
    padded = np.zeros((largest, *rows.shape[1:]), rows.dtype)
    padded[: len(rows)] = rows
    # As whole numbers, since not every transport knows float16.
    shares = np.asarray(multihost_utils.process_allgather(padded.view(np.uint16)))
    hosts = jax.process_count()
    sizes = [count * (i + 1) // hosts - count * i // hosts for i in range(hosts)]
    parts = [share[:size] for share, size in zip(shares, sizes, strict=True)]
    return np.concatenate(parts).view(np.float16)


def wait_for_hosts(name: str) -> None:
    """Go on when every host is here."""
    if jax.process_count() > 1:
        from jax.experimental import multihost_utils

        multihost_utils.sync_global_devices(name)

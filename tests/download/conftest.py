"""A server that misbehaves as it is told."""

from collections.abc import Iterator

import pytest

from tests.download.faulty_server import Server, serving


@pytest.fixture
def server() -> Iterator[Server]:
    """A server of a file; its `answers` say how each is wrong."""
    with serving() as state:
        yield state

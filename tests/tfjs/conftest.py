"""TensorFlow.js under Node, for the tests beside this file and below it."""

from collections.abc import Iterator

import pytest

from builder.tfjs.runtime import Runtime
from tests.tfjs.comparison import Runtimes, both_backends


@pytest.fixture(scope="module")
def runtimes() -> Iterator[Runtimes]:
    """On wasm and on cpu."""
    with both_backends() as found:
        yield found


@pytest.fixture(scope="module")
def wasm() -> Iterator[Runtime]:
    """On wasm alone."""
    with Runtime("wasm") as runtime:
        yield runtime

"""How these tests compute."""

from collections.abc import Iterator

import faiss
import pytest


@pytest.fixture(autouse=True, scope="session")
def one_thread() -> Iterator[None]:
    """Others run beside these, and faiss's threads wait for each other without sleeping."""
    threads = faiss.omp_get_max_threads()
    faiss.omp_set_num_threads(1)
    yield
    faiss.omp_set_num_threads(threads)

"""What the author is told about an index."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Cost:
    """Of a first search, once the page has what all searches need: mean and 95th percentile."""

    mean: float
    percentile_95: float


@dataclass(frozen=True)
class IndexReport:
    """An index, measured with sentences that it was not made for.

    `recall_at_10` is the share of the ten pictures of an exact scan that a search finds, and
    `recall_of_alike` that where the query is the row of a picture ("more like this"); `once` the
    bytes that every visit loads, `bytes` and `files` what each search adds. `code_bytes` is what
    a picture takes.
    """

    kind: Literal["exact", "lists"]
    recall_at_10: float
    once: int
    bytes: Cost
    files: Cost
    code_bytes: int
    sentences: int
    recall_of_alike: float | None = None
    lists: int = 0

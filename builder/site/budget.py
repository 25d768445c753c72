"""What a site weighs, against what its host and its author allow."""

from collections.abc import Mapping
from dataclasses import dataclass

from rich.table import Table

from builder.errors import SiteError
from builder.stored_files import sizes_of

MONTHLY_BYTES = 100_000_000_000
"""GitHub Pages' soft limit on what a site sends in a month: https://docs.github.com/pages."""

LARGEST_SITE = 10**9
"""What GitHub Pages serves at most:
https://docs.github.com/pages/getting-started-with-github-pages/github-pages-limits."""

_LISTED = 3


@dataclass(frozen=True)
class Budget:
    """`bytes_per_visit` is the download of a visitor who also enters a text or draws.

    `visits_per_month` is how many visits `MONTHLY_BYTES` allows.
    """

    bytes_per_visit: int
    visits_per_month: int
    largest_file: str
    largest_file_bytes: int
    max_bytes: int | None

    def add_rows(self, table: Table) -> None:
        """Add what a person should know to a table of two columns."""
        name = f"Largest file, {self.largest_file}"
        table.add_row(name, megabytes(self.largest_file_bytes))
        table.add_row("Visits a month within 100 GB", f"{self.visits_per_month:,}")


def measure_budget(
    files: Mapping[str, bytes], bytes_per_visit: int, max_bytes: int | None
) -> Budget:
    """The budget of a site's files by URL; `max_bytes` is what the author allows."""
    sizes = sizes_of(files)
    largest = max(sizes, key=lambda url: sizes[url])
    return Budget(
        bytes_per_visit=bytes_per_visit,
        visits_per_month=MONTHLY_BYTES // bytes_per_visit,
        largest_file=largest,
        largest_file_bytes=sizes[largest],
        max_bytes=max_bytes,
    )


def megabytes(count: int) -> str:
    """Bytes in units of a million, as browsers and hosts count them."""
    return f"{count / 1e6:.2f} MB"


def check_size(files: Mapping[str, bytes], max_bytes: int | None) -> None:
    """Refuse a site that is larger than its author allows.

    Raises:
        SiteError: naming the largest files.
    """
    sizes = sizes_of(files)
    total = sum(sizes.values())
    if max_bytes is None or total <= max_bytes:
        return
    largest = sorted(sizes, key=lambda url: -sizes[url])[:_LISTED]
    listing = "\n".join(f"  {sizes[url]:>13,}  {url}" for url in largest)
    raise SiteError(
        f"the site has {total:,} bytes, more than max_bytes = {max_bytes:,} allows. Its largest"
        f" files are:\n{listing}\nShrink models with quantization = 'uint8', or leave out a model"
        " or some pictures."
    )

"""Tables for a terminal, or for a file or a log that is read later."""

from rich.console import Console
from rich.table import Table

_ANY_WIDTH = 1000


def print_whole(table: Table, console: Console) -> None:
    """Print a table with nothing cut off, even where the console is narrower than it is."""
    needed = console.measure(table, options=console.options.update(max_width=_ANY_WIDTH)).maximum
    console.width = max(console.width, needed)
    console.print(table)

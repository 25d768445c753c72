"""Where a key is in a TOML file, so that an error can name the line.

`tomllib` gives values without positions. This reads only what positions need: table headers and
keys at the start of a line, skipping over multi-line strings and arrays.
"""

import re
from collections.abc import Iterator, Mapping

from builder.validation import Location

_HEADER = re.compile(r"\s*(\[\[?)\s*([A-Za-z0-9_.\-]+)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"""\s*(?:"([^"]+)"|'([^']+)'|([A-Za-z0-9_\-]+))\s*=(.*)$""")
_TOKEN = re.compile(
    r'"""|\'\'\'|"(?:\\.|[^"\\])*"|\'[^\']*\'|#.*|[\[\]{}]'  # strings, comments and brackets
)


def index_lines(text: str) -> dict[Location, int]:
    """Map the path of every table and key to its line, counted from 1.

    A path is what pydantic calls a location: `("images", 3, "prompts")`.
    """
    lines: dict[Location, int] = {}
    counts: dict[Location, int] = {}
    table: Location = ()
    for number, line in _outer_lines(text):
        if header := _HEADER.match(line):
            table = _locate(header[2], counts, is_entry=header[1] == "[[")
            lines.setdefault(table, number)
        elif key := _KEY.match(line):
            lines[(*table, key[1] or key[2] or key[3])] = number
    return lines


def _locate(header: str, counts: dict[Location, int], *, is_entry: bool) -> Location:
    """The path of a table: below a list of tables, it belongs to the last entry so far."""
    *outer, name = header.split(".")
    table: Location = ()
    for part in outer:
        table = (*table, part)
        if table in counts:
            table = (*table, counts[table] - 1)
    table = (*table, name)
    if is_entry:
        counts[table] = counts.get(table, 0) + 1
        table = (*table, counts[table] - 1)
    return table


def find_line(lines: Mapping[Location, int], location: Location) -> int | None:
    """Line of `location`, or of the nearest thing around it that has a line."""
    while location:
        if location in lines:
            return lines[location]
        location = location[:-1]
    return None


def _outer_lines(text: str) -> Iterator[tuple[int, str]]:
    """Lines that do not begin inside a string or an array."""
    quote, depth = "", 0
    # Python sees more ends of lines than TOML and editors do.
    for number, line in enumerate(text.split("\n"), start=1):
        if not quote and depth == 0:
            yield number, line
            if _HEADER.match(line):
                continue
        quote, depth = _scan(line, quote, depth)


def _scan(line: str, quote: str, depth: int) -> tuple[str, int]:
    """The open multi-line quote and the bracket depth after `line`."""
    position = 0
    while position < len(line):
        if quote:
            end = line.find(quote, position)
            if end < 0:
                return quote, depth
            position, quote = end + 3, ""
            continue
        token = _TOKEN.search(line, position)
        if token is None or token[0].startswith("#"):
            break
        position = token.end()
        if token[0] in ('"""', "'''"):
            quote = token[0]
        elif token[0] in "[{":
            depth += 1
        elif token[0] in "]}":
            depth -= 1
    return quote, depth

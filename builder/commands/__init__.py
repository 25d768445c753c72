"""The commands of `lit-demo`: each parses its words and calls one function.

What that needs is imported inside, so that the others stay quick.
"""

from pathlib import Path

import click

PATH = click.Path(path_type=Path)

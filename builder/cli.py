"""The command `lit-demo`: its subcommands, and how their errors are reported."""

import os
import sys

import click

from builder.commands.bench import bench
from builder.commands.build import build, check, new, serve
from builder.commands.cache import cache
from builder.commands.convert import convert
from builder.commands.evaluate import evaluate
from builder.commands.imports import import_original
from builder.commands.models import models
from builder.commands.publish import publish
from builder.errors import BuilderError
from builder.version import __version__

_INTERRUPTED = 130


class _Group(click.Group):
    """Turns errors that users can cause into a message and exit code 2."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except BuilderError as error:
            click.echo(f"Error: {error}", err=True)
            sys.exit(2)
        except KeyboardInterrupt:
            click.echo("Interrupted; existing files are unchanged.", err=True)
            # All is cleaned up. A slower exit could crash in XLA's threads, which still compute.
            sys.stdout.flush()
            os._exit(_INTERRUPTED)


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="lit-demo")
def main() -> None:
    """Build static web sites in which an image/text model runs on the visitor's device."""


_COMMANDS = (
    new,
    import_original,
    build,
    serve,
    check,
    convert,
    evaluate,
    bench,
    models,
    publish,
    cache,
)
for command in _COMMANDS:
    main.add_command(command)

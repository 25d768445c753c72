"""The command `lit-demo`: its subcommands, and how their errors are reported."""

import sys
import traceback
from typing import Any, NoReturn

import click

from builder.commands.bench import bench
from builder.commands.build import build, check, serve
from builder.commands.cache import cache
from builder.commands.convert import convert
from builder.commands.dev import dev
from builder.commands.distil import distil
from builder.commands.embed import embed
from builder.commands.evaluate import evaluate
from builder.commands.imports import import_original
from builder.commands.models import inspect, models
from builder.commands.new import new, suggest_prompts
from builder.commands.publish import publish
from builder.commands.tune import tune
from builder.failures import (
    abandon_stdout,
    describe,
    prepare_streams,
    printable,
    stop_interrupted,
    stopping_at_second_interrupt,
    wants_traceback,
)
from builder.version import __version__


class _Group(click.Group):
    """Turns whatever ends a command early into a message and an exit code, never a traceback.

    The codes: 2 for what the user can correct, 70 for a bug of ours, 130 for Ctrl-C; 1 if nobody
    reads what is printed.
    """

    def main(self, *args: Any, **kwargs: Any) -> Any:
        prepare_streams()
        try:
            with stopping_at_second_interrupt():
                return super().main(*args, **kwargs)
        except Exception as error:
            _end(error)

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            stop_interrupted()


def _end(error: Exception) -> NoReturn:
    message, code = describe(error)
    if wants_traceback():
        traceback.print_exception(error)
    abandon_stdout()
    click.echo(printable(message), err=True)
    sys.exit(code)


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="lit-demo")
def main() -> None:
    """Build static web sites in which an image/text model runs on the visitor's device."""


_COMMANDS = (
    new,
    suggest_prompts,
    import_original,
    dev,
    build,
    serve,
    check,
    embed,
    convert,
    evaluate,
    bench,
    distil,
    tune,
    models,
    inspect,
    publish,
    cache,
)
for command in _COMMANDS:
    main.add_command(command)

"""Models by name."""

from dataclasses import asdict
from pathlib import Path

import click
from rich.console import Console

from builder.commands import PATH

_CACHE = click.option("--cache-dir", type=PATH, help="Where fetched models are kept.")


@click.group(invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="Print all details as JSON.")
@_CACHE
@click.pass_context
def models(context: click.Context, as_json: bool, cache_dir: Path | None) -> None:
    """List the models that a demo can name, with the size of what a visitor downloads."""
    if context.invoked_subcommand:
        return
    from builder.models.catalogue import list_models, show_models, to_json
    from builder.models.hub.catalogue import list_hub_models, show_hub_models

    listed, on_hub = list_models(cache_dir), list_hub_models(cache_dir)
    if as_json:
        click.echo(to_json([*map(asdict, listed), *(model.to_json() for model in on_hub)]))
    else:
        console = Console()
        show_models(listed, console)
        console.print()
        show_hub_models(on_hub, console)


@models.command()
@click.argument("names", nargs=-1, required=True, metavar="NAME...")
@_CACHE
@click.option("--mirror", metavar="URL", help="Download from here instead of Google Storage.")
@click.option("--update", is_flag=True, help="Take the newest commit of hf:OWNER/NAME.")
def fetch(names: tuple[str, ...], cache_dir: Path | None, mirror: str | None, update: bool) -> None:
    """Download models into the cache, resuming where an earlier download ended.

    hf:OWNER/NAME or hf:OWNER/NAME@REVISION is a model of the Hugging Face hub. It stays at the
    commit that was fetched first until you --update it.

    A mirror has the same folders: URL/vit_models/lit/LiT-L16Ti.npz, for example.
    """
    from builder.cache import default_cache_folder
    from builder.models.fetch import fetch_model
    from builder.progress import Progress

    progress = Progress(Console())
    for name in names:
        fetch_model(
            name,
            cache_dir or default_cache_folder(),
            progress=progress,
            mirror=mirror,
            update=update,
        )


@click.command()
@click.argument("checkpoint")
@_CACHE
def inspect(checkpoint: str, cache_dir: Path | None) -> None:
    """Say what a checkpoint is, without building anything.

    CHECKPOINT is the folder of a model of transformers or open_clip, the name hf:OWNER/NAME of one
    that has been fetched, or an npz file of big_vision.
    """
    from builder.errors import ModelError
    from builder.models.hub.store import find_hub_folder
    from builder.models.inspection import inspect_checkpoint, show_inspection
    from builder.spec.hub_name import HubName, is_hub_name

    path = Path(checkpoint)
    if is_hub_name(checkpoint):
        path = find_hub_folder(HubName.parse(checkpoint), cache_dir)
    found = inspect_checkpoint(path)
    show_inspection(found, Console())
    if found.problems:
        raise ModelError("\n".join(map(str, found.problems)))

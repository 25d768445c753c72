"""Begin a demo, and have prompts suggested."""

from pathlib import Path

import click
from rich.console import Console

from builder.commands import PATH, open_cache

_SHOWN = 5
"""Names of files that are no pictures."""


@click.command()
@click.argument("folder", type=PATH, metavar="DIR")
@click.option(
    "--template",
    type=click.Choice(["image-text", "mnist", "function"]),
    default="image-text",
    show_default=True,
    help="Pictures and sentences; digits to draw, with a training script; a function with sliders.",
)
@click.option(
    "--from",
    "pictures",
    metavar="PICTURES",
    help="Your pictures: a folder, a pattern like 'photos/*.jpg', or a .csv or .parquet with the"
    " column file, and perhaps id, description, prompt1, prompt2 ..., author, license, source.",
)
@click.option("--refer", is_flag=True, help="Leave the pictures where they are; do not copy them.")
@click.option("--suggest", is_flag=True, help="Let the model draft prompts: see lit-demo suggest.")
@click.option("--model", default="mini-tiny", show_default=True, help="The model of the demo.")
@click.option("--author", default="", help="Who made all pictures that do not say otherwise.")
@click.option("--license", default="", help="Their licence, such as CC-BY-4.0.")
@click.option("--source", default="", help="The web page that they come from.")
def new(
    folder: Path,
    template: str,
    pictures: str | None,
    refer: bool,
    suggest: bool,
    model: str,
    author: str,
    license: str,
    source: str,
) -> None:
    """Write a commented demo.toml, with the files it needs, into DIR as a starting point.

    With --from it has your pictures, each with an id and a description from its name, and the
    credits that its file holds.
    """
    if pictures is None:
        _write_template(folder, template)
        return
    if template != "image-text":
        raise click.UsageError(f"--from is for pictures and sentences, not for {template}.")
    from builder.drafting.pictures import find_pictures
    from builder.drafting.project import Draft, write_draft
    from builder.listing import name_some, show_name
    from builder.progress import Progress

    found = find_pictures(pictures)
    draft = Draft(found.images, model, author, license, source)
    with Progress(Console()).step("Take pictures", len(found.images)) as advance:
        spec = write_draft(draft, folder, refer=refer, advance=advance)
    if found.left_out:
        names = name_some([show_name(str(file)) for file in found.left_out], _SHOWN)
        click.echo(f"Note: left out, since they are not pictures: {names}.")
    click.echo(f"Wrote {spec} with {len(found.images)} pictures.")
    if suggest:
        _suggest(spec, None, None)
    click.echo(f"Edit it, and see what you edit: lit-demo dev {spec}")


def _write_template(folder: Path, template: str) -> None:
    from builder.project import create_project

    spec = create_project(folder, template)
    if template == "mnist":
        click.echo(f"Wrote {spec}. Now train the network in that folder: python train.py")
    else:
        click.echo(f"Wrote {spec}. Edit it, and see what you edit: lit-demo dev {spec}")


@click.command("suggest")
@click.argument("spec", type=PATH, default=Path("demo.toml"), metavar="[DEMO.TOML]")
@click.option(
    "--phrases",
    type=PATH,
    metavar="FILE",
    help="Captions to choose from instead of plain English nouns: a .txt, one a line, or a .csv"
    " with the column caption.",
)
@click.option("--cache-dir", type=PATH, help="Where results of slow steps are kept.")
def suggest_prompts(spec: Path, phrases: Path | None, cache_dir: Path | None) -> None:
    """Draft five prompts for each picture of DEMO.TOML that has none, or still has drafts.

    The demo's first model chooses them: what fits the picture best, the same thing elsewhere, two
    near misses, and what fits another picture. It often errs, so read them before you publish. Each
    list says in a comment that it is a draft: remove the comment when you have edited it.
    """
    _suggest(spec, phrases, cache_dir)


def _suggest(spec: Path, phrases: Path | None, cache_dir: Path | None) -> None:
    from builder.progress import Progress

    cache = open_cache(cache_dir)
    from builder.drafting.command import suggest

    made = suggest(spec, phrases, cache=cache, progress=Progress(Console()))
    if made.pictures:
        click.echo(
            f"{made.model} suggests prompts for {made.pictures} of {made.of} pictures in {spec}."
            " A model wrote them, not a person: read them before you publish."
        )
    else:
        click.echo(f"All {made.of} pictures in {spec} have prompts; nothing was changed.")

"""Import the data of an original LiT demo."""

from pathlib import Path

import click

from builder.commands import PATH


@click.command("import")
@click.argument("folder", type=PATH, metavar="FOLDER")
@click.option("-o", "--out", type=PATH, required=True, help="Folder for the new project.")
def import_original(folder: Path, out: Path) -> None:
    """Turn the data of an original LiT demo into a project that can be built.

    FOLDER holds images/info.json and models/NAME/ with def.json, zimgs and ztxts. A text encoder in
    models/NAME/tfjs/ is used if none of its files is missing.
    """
    from builder.models.importer import import_demo

    done = import_demo(folder, out)
    for note in done.notes:
        click.echo(f"Note: {note}")
    click.echo(
        f"Wrote {done.spec}: {done.images} pictures, {', '.join(done.models)}. Edit it, then run:"
        f" lit-demo build {done.spec}"
    )

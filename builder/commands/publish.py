"""Put a site on the web."""

from pathlib import Path

import click

from builder.commands import PATH


@click.group()
def publish() -> None:
    """Put a site on GitHub Pages, into a Hugging Face Space, or into a ZIP for any other host."""


@publish.command("github")
@click.argument("site", type=PATH, default=Path("_site"), metavar="[SITE]")
@click.option(
    "--repo", type=PATH, default=Path(), help="Folder of the git repository; by default, this one."
)
@click.option("--branch", default="gh-pages", show_default=True, help="Branch to commit to.")
@click.option("--subdir", default="", help="Folder in the branch; by default, the whole branch.")
@click.option("--remote", default="origin", show_default=True, help="Remote to push to.")
@click.option("--dry-run", is_flag=True, help="List what would change, and change nothing.")
def publish_to_github(
    site: Path, repo: Path, branch: str, subdir: str, remote: str, dry_run: bool
) -> None:
    """Commit SITE (./_site by default) to a branch that GitHub Pages serves, and push it.

    The work tree, the index and local branches are not changed. On the branch, only files of
    earlier publications are replaced or removed; those of the last one stay until the next.
    """
    from builder.publish.github import publish_github

    done = publish_github(
        site, repo=repo, branch=branch, subdir=subdir, remote=remote, dry_run=dry_run
    )
    for warning in done.warnings:
        click.echo(f"Note: {warning}")
    if dry_run:
        for change in done.changes:
            click.echo(f"{change.kind:<7} {change.bytes:>13,}  {change.path}")
    click.echo(done.summary(f"{remote}/{branch}"))


@publish.command("huggingface")
@click.argument("space", metavar="OWNER/NAME")
@click.argument("site", type=PATH, default=Path("_site"), metavar="[SITE]")
@click.option(
    "--replace",
    is_flag=True,
    help="Delete what else the Space holds, too; its history keeps it.",
)
def publish_to_space(space: str, site: Path, replace: bool) -> None:
    """Commit SITE (./_site by default) to a static Space of the Hugging Face hub.

    The Space is created if there is none. Only files of earlier publications are replaced or
    removed. The token is that of `hf auth login` or HF_TOKEN.
    """
    from builder.publish.huggingface import publish_space

    done = publish_space(site, space, replace=replace, say=click.echo)
    for note in done.notes:
        click.echo(f"Note: {note}")
    click.echo(done.summary())


@publish.command("workflow")
@click.argument("spec", type=PATH, default=Path("demo.toml"), metavar="[DEMO.TOML]")
@click.option(
    "--repo", type=PATH, default=Path(), help="Top folder of the repository; by default, this one."
)
@click.option(
    "--wheel",
    type=PATH,
    help="The wheel of this program to install, which is copied into the repository; by default,"
    " what you installed it from.",
)
@click.option(
    "--requirements",
    type=PATH,
    help="What your own code needs; by default, requirements.txt beside DEMO.TOML.",
)
def publish_workflow(spec: Path, repo: Path, wheel: Path | None, requirements: Path | None) -> None:
    """Write the GitHub Actions workflow that builds and publishes DEMO.TOML on every push.

    A workflow that this command wrote before is replaced unless somebody has changed it.
    """
    from builder.publish.workflow import write_workflow

    path = write_workflow(spec, repo=repo, wheel=wheel, requirements=requirements)
    click.echo(
        f"Wrote {path}. Commit and push the folder .github. Then, in the repository's settings,"
        " under Pages, choose GitHub Actions as the source."
    )


@publish.command("zip")
@click.argument("site", type=PATH, default=Path("_site"), metavar="[SITE]")
@click.option("-o", "--out", type=PATH, help="The ZIP file; by default, SITE.zip.")
def publish_zip(site: Path, out: Path | None) -> None:
    """Write SITE (./_site by default) as a ZIP; the same site always gives the same bytes.

    Of what is there already, only a ZIP of a site is replaced.
    """
    from builder.publish.archive import write_zip

    out = out or Path(f"{site.resolve()}.zip")
    archive = write_zip(site, out)
    for note in archive.notes:
        click.echo(f"Note: {note}")
    click.echo(f"Wrote {out}: {archive.bytes:,} bytes.")

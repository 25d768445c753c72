"""The command `lit-demo`. Each command parses its words and calls one function."""

import sys
from pathlib import Path
from typing import Literal

import click
from rich.console import Console

from builder import __version__
from builder.errors import BuilderError

_PATH = click.Path(path_type=Path)
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
            click.echo("Interrupted; what was there before is unchanged.", err=True)
            sys.exit(_INTERRUPTED)


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="lit-demo")
def main() -> None:
    """Build static web sites in which an image/text model runs on the visitor's device."""


@main.command()
@click.argument("folder", type=_PATH, metavar="DIR")
def new(folder: Path) -> None:
    """Write a commented demo.toml and an images/ folder into DIR, to start from."""
    from builder.project import create_project

    spec = create_project(folder)
    click.echo(f"Wrote {spec}. Edit it, then run: lit-demo build {spec}")


@main.command()
@click.argument("spec", type=_PATH, default=Path("demo.toml"), metavar="[DEMO.TOML]")
@click.option("-o", "--out", type=_PATH, default=Path("_site"), help="Folder of the site.")
@click.option("--cache-dir", type=_PATH, help="Where slow results are kept between builds.")
def build(spec: Path, out: Path, cache_dir: Path | None) -> None:
    """Build the site that DEMO.TOML describes (./demo.toml by default).

    Embeds the pictures and prompts, converts the text encoders to TensorFlow.js, compares each with
    JAX, and replaces the folder --out only when everything went well.
    """
    from builder.build import build_site
    from builder.cache import Cache, default_cache_folder
    from builder.progress import Progress

    console = Console()
    cache = Cache(cache_dir or default_cache_folder())
    report = build_site(spec, out, cache=cache, progress=Progress(console))
    report.show(console)
    click.echo(f"The site is in {out}. Look at it: lit-demo serve {out}")


@main.command()
@click.argument("target", metavar="MODULE:FUNCTION")
@click.option("--params", type=_PATH, required=True, help="Parameters: npz with keys like a/b/c.")
@click.option(
    "--input",
    "inputs",
    multiple=True,
    required=True,
    help="Shape and dtype of an input, like '(b, 16):int32' or 'tokens=(b, 16):int32'.",
)
@click.option("-o", "--out", type=_PATH, required=True, help="Folder of the graph model.")
@click.option(
    "--quantize",
    type=click.Choice(["float16", "uint16", "uint8", "auto"]),
    help="How weights are stored; auto takes the fewest bytes that keep --min-cosine.",
)
@click.option("--min-cosine", default=0.9999, show_default=True, help="Least cosine to JAX's rows.")
@click.option("--max-bytes", type=int, help="Largest size of the model.")
@click.option(
    "--converter",
    type=click.Choice(["native", "tensorflowjs"]),
    default="native",
    show_default=True,
    help="tensorflowjs is that of the package, to compare with.",
)
def convert(
    target: str,
    params: Path,
    inputs: tuple[str, ...],
    out: Path,
    quantize: Literal["float16", "uint16", "uint8", "auto"] | None,
    min_cosine: float,
    max_bytes: int | None,
    converter: Literal["native", "tensorflowjs"],
) -> None:
    """Convert the JAX function MODULE:FUNCTION, called with params and inputs, to TensorFlow.js.

    The model is run in TensorFlow.js next to JAX, on random inputs, before it is written.
    """
    from builder.conversion import convert_function

    converted = convert_function(
        target,
        params,
        inputs,
        out,
        quantization=quantize,
        min_cosine=min_cosine,
        max_bytes=max_bytes,
        converter=converter,
    )
    model, parity = converted.model, converted.parity
    click.echo(
        f"Wrote {out}: {len(model.ops)} ops, {model.bytes:,} bytes, in {converted.seconds:.1f} s."
        f" Against JAX: max abs error {parity.max_abs_error:.1e},"
        f" min cosine {parity.min_cosine:.7f}."
    )
    for problem in converted.problems:
        click.echo(f"Note: {problem}")


@main.command()
@click.argument("site", type=_PATH, default=Path("_site"), metavar="[SITE]")
@click.option("--port", default=8000, show_default=True, help="Port; 0 takes any free one.")
@click.option("--base-path", default="/", show_default=True, help="Path the site is served under.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--qr", is_flag=True, help="Print the address as a QR code, to open on a phone.")
@click.option("--verbose", is_flag=True, help="Log every request.")
def serve(site: Path, port: int, base_path: str, host: str, qr: bool, verbose: bool) -> None:
    """Preview SITE (./_site by default) in a browser, as a static host would serve it."""
    from builder.serve import make_server, normalize_base_path, qr_code, reachable_host

    server = make_server(site, port=port, host=host, base_path=base_path, verbose=verbose)
    address = f"{reachable_host(host)}:{server.server_address[1]}"
    url = f"http://{address}{normalize_base_path(base_path)}"
    click.echo(f"Serving {site} at {url} (stop with Ctrl-C)")
    if qr:
        click.echo(qr_code(url))
    with server:
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            click.echo("Stopped.")


@main.group()
def publish() -> None:
    """Put a site on GitHub Pages, or into a ZIP for any other host."""


@publish.command("github")
@click.argument("site", type=_PATH, default=Path("_site"), metavar="[SITE]")
@click.option("--repo", type=_PATH, default=Path(), help="Folder of the git repository; here.")
@click.option("--branch", default="gh-pages", show_default=True, help="Branch to commit to.")
@click.option("--subdir", default="", help="Folder in the branch; without it, the whole branch.")
@click.option("--remote", default="origin", show_default=True, help="Remote to push to.")
@click.option("--dry-run", is_flag=True, help="List what would change, and change nothing.")
def publish_to_github(
    site: Path, repo: Path, branch: str, subdir: str, remote: str, dry_run: bool
) -> None:
    """Commit SITE (./_site by default) to a branch that GitHub Pages serves, and push it.

    Work tree, index and local branches stay as they are. Other folders of the branch are kept.
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


@publish.command("workflow")
@click.argument("spec", type=_PATH, default=Path("demo.toml"), metavar="[DEMO.TOML]")
@click.option("--repo", type=_PATH, default=Path(), help="Top folder of the repository; here.")
@click.option("--force", is_flag=True, help="Replace a workflow that is another.")
def publish_workflow(spec: Path, repo: Path, force: bool) -> None:
    """Write the GitHub Actions workflow that builds and publishes DEMO.TOML on every push."""
    from builder.publish.workflow import write_workflow

    path = write_workflow(spec, repo=repo, force=force)
    click.echo(
        f"Wrote {path}. Commit and push it; in the repository's settings, under Pages, choose"
        " GitHub Actions as the source."
    )


@publish.command("zip")
@click.argument("site", type=_PATH, default=Path("_site"), metavar="[SITE]")
@click.option("-o", "--out", type=_PATH, help="The ZIP; by default SITE.zip.")
def publish_zip(site: Path, out: Path | None) -> None:
    """Write SITE (./_site by default) as a ZIP: the same bytes for the same site."""
    from builder.publish.archive import write_zip

    out = out or Path(f"{site.resolve()}.zip")
    click.echo(f"Wrote {out}: {write_zip(site, out):,} bytes.")


@main.command()
@click.argument("site", type=_PATH, default=Path("_site"), metavar="[SITE]")
def check(site: Path) -> None:
    """Verify every file of SITE (./_site by default) against its manifest."""
    from builder.errors import SiteError
    from builder.site import check_site, load_manifest, referenced_files

    problems = check_site(site)
    if problems:
        listing = "\n".join(f"  {problem}" for problem in problems)
        raise SiteError(f"{site} is not what was built:\n{listing}")
    count = len({ref.url for ref in referenced_files(load_manifest(site))})
    click.echo(f"{site}: all {count} files are as built.")

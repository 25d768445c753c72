"""Build a demo, and look at it."""

from pathlib import Path

import click
from rich.console import Console

from builder.commands import PATH, open_cache


@click.command()
@click.argument("spec", type=PATH, default=Path("demo.toml"), metavar="[DEMO.TOML]")
@click.option("-o", "--out", type=PATH, default=Path("_site"), help="Folder for the site.")
@click.option(
    "--rows",
    type=PATH,
    help="Folder that `lit-demo embed` wrote for [gallery]; by default, rows beside DEMO.TOML.",
)
@click.option("--cache-dir", type=PATH, help="Where results of slow steps are kept between builds.")
def build(spec: Path, out: Path, rows: Path | None, cache_dir: Path | None) -> None:
    """Build the site that DEMO.TOML, or the one in that folder, describes (./demo.toml by default).

    Embeds the pictures and prompts, converts the text encoders, or the demo's own functions, to
    TensorFlow.js, compares each with JAX, and replaces the folder --out only if everything
    succeeded. Up to 20,000 pictures of a gallery are embedded too; `lit-demo embed` does more.
    """
    from builder.pipeline.image_text import build_site
    from builder.progress import Progress

    console = Console()
    cache = open_cache(cache_dir)
    report = build_site(spec, out, rows=rows, cache=cache, progress=Progress(console))
    report.show(console)
    click.echo(f"The site is in {out}. Preview it: lit-demo serve {out}")


@click.command()
@click.argument("site", type=PATH, default=Path("_site"), metavar="[SITE]")
@click.option(
    "--port",
    type=click.IntRange(0, 65_535),
    default=8000,
    show_default=True,
    help="Port; 0 picks a free one.",
)
@click.option("--base-path", default="/", show_default=True, help="Path the site is served under.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--allow-host",
    multiple=True,
    metavar="NAME",
    help="Also answer to requests for this host, such as a notebook's proxy; can be repeated.",
)
@click.option("--qr", is_flag=True, help="Print the address as a QR code, to open on a phone.")
@click.option("--verbose", is_flag=True, help="Log every request.")
def serve(
    site: Path,
    port: int,
    base_path: str,
    host: str,
    allow_host: tuple[str, ...],
    qr: bool,
    verbose: bool,
) -> None:
    """Preview SITE (./_site by default) in a browser, as a static host would serve it."""
    from builder.publish.serve import (
        describe_exposure,
        make_server,
        normalize_base_path,
        qr_code,
        reachable_host,
    )

    server = make_server(
        site, port=port, host=host, base_path=base_path, verbose=verbose, proxies=allow_host
    )
    address = f"{reachable_host(host)}:{server.server_address[1]}"
    url = f"http://{address}{normalize_base_path(base_path)}"
    click.echo(f"Serving {site} at {url} (stop with Ctrl-C)")
    if warning := describe_exposure(server):
        click.echo(f"Note: {warning}")
    if qr:
        click.echo(qr_code(url))
    with server:
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            click.echo("Stopped.")


@click.command()
@click.argument("site", default="_site", metavar="[SITE]")
def check(site: str) -> None:
    """Verify every file of SITE, a folder (./_site by default) or a web address.

    In a folder, also looks into pictures for anything hidden. At a web address, also checks how the
    host serves the files: types, caching, and access from other pages.
    """
    from builder.addresses import mask_secrets
    from builder.listing import show_name
    from builder.progress import Progress
    from builder.publish.deployed import check_deployment
    from builder.site.check import refuse_problems, require_whole_site

    progress = Progress(Console())
    if "://" in site:
        deployment = check_deployment(site, progress)
        count = deployment.files
        for note in deployment.notes:
            click.echo(f"Note: {note}")
        site = mask_secrets(site)
        refuse_problems(site, deployment.problems)
    else:
        whole = require_whole_site(Path(site), progress)
        count = whole.files
        if whole.others:
            click.echo(f"Note: not part of the site: {', '.join(map(show_name, whole.others))}.")
    click.echo(f"{site}: all {count} files are as built.")

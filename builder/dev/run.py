"""A workshop with its server, from the first build to Ctrl-C."""

import tempfile
from contextlib import closing
from pathlib import Path

from rich.console import Console

from builder.dev.server import DESK, HOST, make_server
from builder.dev.workshop import Workshop
from builder.errors import BuilderError
from builder.input_file import find_fault
from builder.publish.serve import running


def run(spec_path: Path, port: int, cache_folder: Path, console: Console) -> None:
    """Build, serve and watch a demo until Ctrl-C.

    Raises:
        BuilderError: if there is no `demo.toml`, or the port cannot be used.
    """
    with tempfile.TemporaryDirectory(prefix="lit-demo-") as folder:
        workshop = Workshop(spec_path, Path(folder), cache_folder, console)
        if fault := find_fault(workshop.path):
            raise BuilderError(
                f"{workshop.path}: {fault}. Name a demo.toml; `lit-demo new DIR` writes one."
            )
        with closing(workshop), running(make_server(workshop, port)) as port:
            address = f"http://{HOST}:{port}"
            console.print(f"The demo: {address}/", soft_wrap=True)
            console.print(f"Crops, predictions and notes: {address}{DESK}", soft_wrap=True)
            console.print("Stop with Ctrl-C.")
            workshop.run()
            console.print("Stopped.")

"""Runs the notebooks of `examples/`. As a program, it runs them here and keeps what they show."""

import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

import nbformat
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient

FOLDER = Path(__file__).parents[2] / "examples"
NOTEBOOKS = tuple(sorted(FOLDER.glob("*.ipynb")))
_TIMEOUT_S = 600


def execute(notebook: Path, folder: Path, python: str | Path) -> Any:
    """Run all cells in a folder with a Python of its own; returns the notebook with its outputs.

    Raises:
        CellExecutionError: if a cell fails.
    """
    content: Any = nbformat.read(notebook, as_version=4)
    manager = AsyncKernelManager()
    assert manager.kernel_spec
    launch = ("-m", "ipykernel_launcher", "-f", "{connection_file}")
    manager.kernel_spec.argv = [str(python), *launch]
    scripts = Path(python).parent
    environment = {**os.environ, "PATH": f"{scripts}{os.pathsep}{os.environ['PATH']}"}
    client = NotebookClient(
        content,
        km=manager,
        coalesce_streams=True,
        timeout=_TIMEOUT_S,
        resources={"metadata": {"path": str(folder)}},
    )
    client.execute(cleanup_kc=True, env=environment)
    return content


def _main() -> None:
    for notebook in NOTEBOOKS:
        folder = Path(tempfile.mkdtemp(prefix="notebook-"))
        try:
            content = execute(notebook, folder, sys.executable)
        finally:
            shutil.rmtree(folder)
        for cell in content.cells:
            # When each cell ran is of no interest, and differs each time.
            cell.metadata.pop("execution", None)
        nbformat.write(content, notebook)
        print(f"{notebook.name}: {notebook.stat().st_size:,} bytes")


if __name__ == "__main__":
    _main()

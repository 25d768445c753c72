"""The GitHub Actions workflow that builds a demo on push and publishes it on GitHub Pages."""

from pathlib import Path

import jinja2

from builder.errors import BuilderError
from builder.resources import template_folder
from builder.version import __version__

WORKFLOW = Path(".github", "workflows", "lit-demo.yml")


def write_workflow(spec: Path, *, repo: Path, force: bool) -> Path:
    """Write the workflow for a `demo.toml` into the repository in `repo`; returns its path.

    Raises:
        BuilderError: if `spec` is not a file of that repository, or if a different file would be
            replaced and `force` is not set.
    """
    if not (repo / ".git").exists():
        raise BuilderError(
            f"{repo}: is not the top folder of a git repository. Name it with --repo."
        )
    if not spec.is_file():
        raise BuilderError(f"{spec}: there is no such file. Name the demo.toml to build.")
    if not spec.resolve().is_relative_to(repo.resolve()):
        raise BuilderError(f"{spec}: is not in {repo}, so the workflow would not find it.")
    text = _render(spec.resolve().relative_to(repo.resolve()).as_posix())
    path = repo / WORKFLOW
    if path.exists() and path.read_text(encoding="utf-8") != text and not force:
        raise BuilderError(f"{path}: is a different workflow. Replace it with --force.")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def _render(spec: str) -> str:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(template_folder()),
        undefined=jinja2.StrictUndefined,
        keep_trailing_newline=True,
        # GitHub's own expressions have Jinja's usual braces.
        variable_start_string="[[",
        variable_end_string="]]",
    )
    template = environment.get_template("pages-workflow.yml.j2")
    return template.render(version=__version__, spec=spec)

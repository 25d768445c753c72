"""The GitHub Actions workflow that builds a demo on push and publishes it on GitHub Pages."""

import hashlib
import os
import re
import stat
from pathlib import Path

import jinja2

from builder.errors import BuilderError, writing
from builder.file_system import replace_file
from builder.resources import template_folder
from builder.version import __version__

WORKFLOW = Path(".github", "workflows", "lit-demo.yml")

_SEAL = re.compile(r"^# sha256: ([0-9a-f]{64})\n", re.MULTILINE)
_EXPRESSION = "${{"


def write_workflow(spec: Path, *, repo: Path) -> Path:
    """Write the workflow for a `demo.toml` into the repository in `repo`; returns its path.

    A workflow that this program wrote, and that nobody has changed since, is replaced.

    Raises:
        BuilderError: if `spec` is not a file of that repository, or has a name that a workflow
            cannot hold; or if any other file would be replaced.
    """
    if not (repo / ".git").exists():
        raise BuilderError(
            f"{repo}: is not the top folder of a git repository. Name it with --repo."
        )
    if not spec.is_file():
        raise BuilderError(f"{spec}: there is no such file. Name the demo.toml to build.")
    if not spec.resolve().is_relative_to(repo.resolve()):
        raise BuilderError(f"{spec}: is not in {repo}, so the workflow would not find it.")
    text = _seal(_render(_name_in_workflow(spec.resolve().relative_to(repo.resolve()))))
    path = repo / WORKFLOW
    if not path.parent.resolve().is_relative_to(repo.resolve()):
        raise BuilderError(f"{path.parent}: is a link out of the repository. Remove it.")
    if os.path.lexists(path) and not _is_own(path):
        raise BuilderError(
            f"{path}: was not written by this program, or was changed since, so it is not"
            " replaced. Keep what you need of it elsewhere and remove it."
        )
    with writing(path, "Correct that, or name another repository with --repo."):
        path.parent.mkdir(parents=True, exist_ok=True)
        replace_file(path, text.encode())
    return path


def _name_in_workflow(spec: Path) -> str:
    """A path of the repository, of which GitHub and YAML will change nothing."""
    name = spec.as_posix()
    if _EXPRESSION in name or not name.isprintable():
        raise BuilderError(
            f"{name!a}: a workflow cannot hold this name: it has '{_EXPRESSION}', which GitHub"
            " would compute, or an unprintable character. Rename it."
        )
    return name


def _render(spec: str) -> str:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(template_folder()),
        undefined=jinja2.StrictUndefined,
        keep_trailing_newline=True,
        # GitHub's own expressions have Jinja's usual braces.
        variable_start_string="[[",
        variable_end_string="]]",
    )
    # In YAML, a character beyond U+FFFF is not two escapes as in JSON.
    environment.policies["json.dumps_kwargs"] = {"ensure_ascii": False}
    template = environment.get_template("pages-workflow.yml.j2")
    return template.render(version=__version__, spec=spec)


def _seal(text: str) -> str:
    """The workflow with its own hash in a comment, by which a changed one is known."""
    return f"# sha256: {hashlib.sha256(text.encode()).hexdigest()}\n{text}"


def _is_own(path: Path) -> bool:
    """Whether a file, and not a link or a device, is as this program wrote it."""
    if not stat.S_ISREG(path.lstat().st_mode):
        return False
    try:
        # Git may have changed the ends of lines, which `read_text` undoes.
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return False
    return _seal(_SEAL.sub("", text, count=1)) == text

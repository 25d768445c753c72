"""The GitHub Actions workflow that builds a demo on push and publishes it on GitHub Pages."""

import hashlib
import os
import re
import stat
from collections.abc import Sequence
from pathlib import Path

import jinja2

from builder.errors import BuilderError, writing
from builder.file_system import replace_file
from builder.publish.extras import find_extras
from builder.publish.requirement import find_requirement
from builder.resources import template_folder
from builder.version import NAME, __version__

WORKFLOW = Path(".github", "workflows", "lit-demo.yml")

_WHEELS = Path(".github", "lit-demo")
"""Where the wheel is that a workflow installs; nothing else is there."""
_WHEEL = re.compile(rf"{NAME.replace('-', '_')}-[^-]+-py3-none-any\.whl")

_SEAL = re.compile(r"^# sha256: ([0-9a-f]{64})\n", re.MULTILINE)
_EXPRESSION = "${{"


def write_workflow(
    spec: Path,
    *,
    repo: Path,
    wheel: Path | None = None,
    requirements: Path | None = None,
) -> Path:
    """Write the workflow for a `demo.toml` into the repository in `repo`; returns its path.

    It installs this program from where it came from here, or from a copy of `wheel` beside it, with
    the extras that `spec` needs, and then what `requirements` lists: by default the
    `requirements.txt` beside `spec`, if there is one. A workflow that this program wrote, and that
    nobody has changed since, is replaced.

    Raises:
        BuilderError: if `spec` or `requirements` is not a file of that repository, or has a name
            that a workflow cannot hold; if `spec` is not TOML; if there is nothing to install this
            program from; or if any other file would be replaced.
    """
    if not (repo / ".git").exists():
        raise BuilderError(
            f"{repo}: is not the top folder of a git repository. Name it with --repo."
        )
    demo = _name_in_repo(spec, repo, "Name the demo.toml to build.")
    beside = spec.parent / "requirements.txt"
    if requirements is None and beside.is_file():
        requirements = beside
    listed = requirements and _name_in_repo(requirements, repo, "Name a requirements.txt.")
    source = wheel or find_requirement()
    package = _name_package(source, find_extras(spec))
    text = _seal(_render(spec=demo, package=package, requirements=listed))
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
        if isinstance(source, Path):
            _keep_wheel(source, repo / _WHEELS)
        replace_file(path, text.encode())
    return path


def _name_package(source: str | Path, extras: Sequence[str]) -> str:
    """What pip is told to install, with extras: a wheel, or what `find_requirement` has found."""
    listed = f"[{','.join(extras)}]" if extras else ""
    if isinstance(source, Path):
        return f"{_name_wheel(source)}{listed}"
    return f"{NAME}{listed}{source.removeprefix(NAME)}"


def _name_wheel(wheel: Path) -> str:
    """Where the workflow finds the copy of a wheel, which must be one of this program."""
    remedy = "`make wheel` writes one into dist/."
    if not wheel.is_file():
        raise BuilderError(f"{wheel}: there is no such file. {remedy}")
    if not _WHEEL.fullmatch(wheel.name):
        raise BuilderError(f"{wheel}: is not a wheel of {NAME}. {remedy}")
    return (_WHEELS / wheel.name).as_posix()


def _keep_wheel(wheel: Path, folder: Path) -> None:
    """Copy a wheel into a folder, in the place of earlier ones."""
    folder.mkdir(parents=True, exist_ok=True)
    replace_file(folder / wheel.name, wheel.read_bytes())
    for old in folder.iterdir():
        if _WHEEL.fullmatch(old.name) and old.name != wheel.name:
            old.unlink()


def _name_in_repo(file: Path, repo: Path, remedy: str) -> str:
    """A file's path in the repository, of which GitHub and YAML will change nothing."""
    if not file.is_file():
        raise BuilderError(f"{file}: there is no such file. {remedy}")
    if not file.resolve().is_relative_to(repo.resolve()):
        raise BuilderError(f"{file}: is not in {repo}, so the workflow would not find it.")
    name = file.resolve().relative_to(repo.resolve()).as_posix()
    if _EXPRESSION in name or not name.isprintable():
        raise BuilderError(
            f"{name!a}: a workflow cannot hold this name: it has '{_EXPRESSION}', which GitHub"
            " would compute, or an unprintable character. Rename it."
        )
    return name


def _render(**names: str | None) -> str:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(template_folder()),
        undefined=jinja2.StrictUndefined,
        keep_trailing_newline=True,
        # GitHub's own expressions have Jinja's usual braces.
        variable_start_string="[[",
        variable_end_string="]]",
        block_start_string="[%",
        block_end_string="%]",
        trim_blocks=True,
        lstrip_blocks=True,
    )
    # In YAML, a character beyond U+FFFF is not two escapes as in JSON.
    environment.policies["json.dumps_kwargs"] = {"ensure_ascii": False}
    template = environment.get_template("pages-workflow.yml.j2")
    return template.render(version=__version__, **names)


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

"""Where the files that come with the package are."""

from pathlib import Path

from builder.errors import BuilderError

_PACKAGE = Path(__file__).parent
_INSTALLED = _PACKAGE / "_resources"
_ROOT = _INSTALLED if _INSTALLED.is_dir() else _PACKAGE.parent


def template_folder() -> Path:
    """The Jinja templates of pages and of new projects."""
    return _ROOT / "templates"


def data_folder() -> Path:
    """The default demo: demo.toml, images and models."""
    return _ROOT / "data"


def web_folder() -> Path:
    """The built web app.

    Raises:
        BuilderError: if it has not been built.
    """
    folder = _PACKAGE / "_web"
    if not (folder / "app" / ".vite" / "manifest.json").is_file():
        raise BuilderError(f"{folder}: the web app is not built. Run `make web` in the checkout.")
    return folder

"""Where the files that come with the package lie."""

from pathlib import Path

import pytest

from builder import resources
from builder.errors import BuilderError
from builder.resources import data_folder, template_folder, web_folder


def test_templates_data_and_the_web_app_are_there():
    assert (template_folder() / "image-text" / "page.html.j2").is_file()
    assert (data_folder() / "demo.toml").is_file()
    assert (web_folder() / "app" / ".vite" / "manifest.json").is_file()


def test_a_checkout_whose_web_app_is_not_built_says_how(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(resources, "_PACKAGE", tmp_path)
    with pytest.raises(BuilderError, match=r"_web: the web app is not built\. Run `make web`"):
        web_folder()

"""The npm package of <lit-demo>, as npm would publish it."""

import json
import subprocess

from builder.resources import web_folder
from builder.version import __version__

FOLDER = web_folder() / "npm"


def test_npm_packs_the_element_with_its_types():
    command = ["npm", "pack", "--dry-run", "--json", "--offline"]
    done = subprocess.run(command, cwd=FOLDER, capture_output=True, check=True, text=True)
    (package,) = json.loads(done.stdout)
    assert {file["path"] for file in package["files"]} == {
        *("package.json", "embed.js", "embed.d.ts"),
        *("README.md", "LICENSE", "third-party-licenses.md"),
    }


def test_the_types_stand_alone_and_name_what_a_page_uses():
    types = (FOLDER / "embed.d.ts").read_text(encoding="utf-8")
    assert "import " not in types
    for name in ("'lit-demo': LitDemoElement", "'lit-demo-answer'", "'lit-demo-error'"):
        assert name in types


def test_the_package_is_of_the_version_of_the_web_app():
    about = json.loads((FOLDER / "package.json").read_text(encoding="utf-8"))
    assert about["exports"]["."] == {"types": "./embed.d.ts", "default": "./embed.js"}
    assert not about.get("private", False)
    assert about["version"] == __version__

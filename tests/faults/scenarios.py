"""What is interrupted: each scenario replaces something old, beside things of the user's."""

import shutil
import zipfile
from abc import ABC, abstractmethod
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from builder.cli import main
from builder.errors import BuilderError
from builder.manifest import SiteManifest
from builder.site.check import check_site
from builder.site.folder import load_any_manifest
from tests.models.original_demo import write_original_demo
from tests.publish.repositories import Repositories, change_the_site, git
from tests.site.sites import write_small_site

State = Literal["old", "new"]

_FOREIGN = {
    ".git/HEAD": "ref: refs/heads/main",
    ".git/objects/ab/cdef": "work that was never pushed",
    "CNAME": "demo.example.org",
    "README.md": "# By hand",
    "images/mine.txt": "beside the site's own pictures",
}
"""What a user keeps in the folder of a site."""


def lit_demo(*words: str | Path) -> int:
    """Run a command; returns its exit code."""
    try:
        main([str(word) for word in words], standalone_mode=True)
    except SystemExit as stopped:
        return stopped.code if isinstance(stopped.code, int) else 1
    return 0


class Scenario(ABC):
    """Something that replaces an old state of a folder by another."""

    @abstractmethod
    def prepare(self, folder: Path) -> None:
        """Make the old state."""

    @abstractmethod
    def act(self, folder: Path) -> int:
        """Replace it; returns an exit code."""

    @abstractmethod
    def check(self, folder: Path) -> State:
        """Which state a folder is in.

        Raises:
            AssertionError: if it is in neither, or something of the user's is missing.
        """

    @abstractmethod
    def leftovers(self, folder: Path) -> list[str]:
        """What is there in the end and should not be."""


class Build(Scenario):
    """`lit-demo build` into the folder of an older site, which is also a repository."""

    def prepare(self, folder: Path) -> None:
        source = write_original_demo(folder / "original")
        assert lit_demo("import", source, "-o", folder / "demo") == 0
        assert self.act(folder) == 0
        _write(folder / "site", _FOREIGN)
        spec = folder / "demo" / "demo.toml"
        spec.write_text(spec.read_text("utf-8").replace('"LiT demo"', '"A title"'), "utf-8")

    def act(self, folder: Path) -> int:
        spec, cache = folder / "demo" / "demo.toml", folder / "cache"
        return lit_demo("build", spec, "-o", folder / "site", "--cache-dir", cache)

    def check(self, folder: Path) -> State:
        site = folder / "site"
        assert check_site(site) == []
        for name, text in _FOREIGN.items():
            assert (site / name).read_text() == text, name
        return "new" if load_any_manifest(site).title == "A title" else "old"

    def leftovers(self, folder: Path) -> list[str]:
        known = {"original", "demo", "site", "cache"}
        return [path.name for path in folder.iterdir() if path.name not in known]


class FirstBuild(Build):
    """The same where there is no site yet."""

    def prepare(self, folder: Path) -> None:
        super().prepare(folder)
        shutil.rmtree(folder / "site")

    def check(self, folder: Path) -> State:
        if not (folder / "site").exists():
            return "old"
        assert check_site(folder / "site") == []
        return "new"


class PublishZip(Scenario):
    """`lit-demo publish zip` over the ZIP of an older site."""

    def prepare(self, folder: Path) -> None:
        write_small_site(folder / "site")
        assert self.act(folder) == 0
        change_the_site(folder / "site")

    def act(self, folder: Path) -> int:
        return lit_demo("publish", "zip", folder / "site", "-o", folder / "site.zip")

    def check(self, folder: Path) -> State:
        with zipfile.ZipFile(folder / "site.zip") as archive:
            assert archive.testzip() is None
            return "new" if b"B title" in archive.read("manifest.json") else "old"

    def leftovers(self, folder: Path) -> list[str]:
        known = {"site", "site.zip"}
        return [path.name for path in folder.iterdir() if path.name not in known]


class PublishGithub(Scenario):
    """`lit-demo publish github` over an older publication, from a repository with unsaved work."""

    def prepare(self, folder: Path) -> None:
        repositories = Repositories(folder)
        git(repositories.work, "remote", "set-url", "origin", "../hub.git")
        assert self.act(folder) == 0
        change_the_site(folder / "site")

    def act(self, folder: Path) -> int:
        return lit_demo("publish", "github", folder / "site", "--repo", folder / "work")

    def check(self, folder: Path) -> State:
        work, hub = folder / "work", folder / "hub.git"
        assert git(work, "status", "--porcelain") == "MM code.py\n?? notes.txt\n"
        assert (work / "code.py").read_text() == "3"
        git(hub, "fsck", "--strict", "--no-dangling")
        published = git(hub, "show", "gh-pages:manifest.json")
        return "new" if "B title" in published else "old"

    def leftovers(self, folder: Path) -> list[str]:
        known = {"site", "work", "hub.git", "gitconfig"}
        return [path.name for path in folder.iterdir() if path.name not in known]


class Embed(Scenario):
    """`lit-demo embed` into a folder with rows of some pictures, of which others are now there.

    The model is a toy, so the function behind the command is called.
    """

    def prepare(self, folder: Path) -> None:
        from tests.gallery.galleries import paint_many

        paint_many(folder / "photos", 20)
        assert self.act(folder) == 0
        paint_many(folder / "photos", 25)
        (folder / "photos/002/0023.png").write_bytes(b"not a picture")

    def act(self, folder: Path) -> int:
        import jax

        from tests.gallery.galleries import Gallery

        jax.config.update("jax_compilation_cache_dir", None)  # whose files are JAX's own

        try:
            Gallery(folder).embed()
        except (BuilderError, OSError):
            return 2
        return 0

    def check(self, folder: Path) -> State:
        from tests.gallery.galleries import Gallery

        gallery = Gallery(folder)
        ids = gallery.read("id")
        names = [f"{number // 10:03}/{number:04}.png" for number in range(25)]
        assert ids == names[: len(ids)]
        assert len(ids) in (20, 25)
        reported = (folder / "rows" / "failures.csv").exists()
        return "new" if len(ids) == 25 and reported else "old"

    def leftovers(self, folder: Path) -> list[str]:
        return [path.name for path in (folder / "rows").iterdir() if path.name.startswith(".")]


class BuildGallery(Scenario):
    """Another gallery in the folder of an older site, which has other things too.

    The model is a toy, so the functions behind `lit-demo build` are called.
    """

    def prepare(self, folder: Path) -> None:
        from tests.gallery.galleries import paint_many

        paint_many(folder / "photos", 12)
        assert self.act(folder) == 0
        _write(folder / "site", _FOREIGN)
        (folder / "photos/000/0000.png").unlink()

    def act(self, folder: Path) -> int:
        import jax

        from tests.gallery.galleries import write_gallery_site

        jax.config.update("jax_compilation_cache_dir", None)  # whose files are JAX's own

        try:
            write_gallery_site(folder / "site", folder)
        except (BuilderError, OSError):
            return 2
        return 0

    def check(self, folder: Path) -> State:
        site = folder / "site"
        assert check_site(site) == []
        for name, text in _FOREIGN.items():
            assert (site / name).read_text() == text, name
        manifest = load_any_manifest(site)
        assert isinstance(manifest, SiteManifest)
        assert manifest.gallery
        shown = len(list(site.glob("gallery/thumbnails/*.jpg")))
        assert shown == manifest.gallery.pictures
        return "new" if shown == 11 else "old"

    def leftovers(self, folder: Path) -> list[str]:
        known = {"photos", "site", "cache"}
        return [path.name for path in folder.iterdir() if path.name not in known]


SCENARIOS: Mapping[str, type[Scenario]] = {
    "build": Build,
    "first-build": FirstBuild,
    "embed": Embed,
    "gallery": BuildGallery,
    "publish-zip": PublishZip,
    "publish-github": PublishGithub,
}


def _write(folder: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)

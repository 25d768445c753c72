"""An author's first day: from thirty pictures to a page on the web, in a few lines."""

import re
import shlex
import shutil
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from builder.manifest import SiteManifest
from builder.publish.workflow import WORKFLOW
from builder.site.check import check_site
from builder.spec.demo import load_spec
from builder.version import __version__
from tests.commands.run import run
from tests.dev.process import Dev, running_dev
from tests.e2e.demo_page import card_of, wait_for_answer, wait_for_bar
from tests.publish.repositories import git, use_own_settings
from tests.shared import SHARED, needs
from tests.site.manifests import load_manifest

PHOTOS = SHARED / "photos"
PICTURES = 30
CROPPED = "farm-cat"

Record = Callable[[str, object], None]


class Author:
    """Somebody at a terminal and an editor, with every line that they type."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch):
        self.lines: list[str] = []
        self._monkeypatch = monkeypatch
        monkeypatch.chdir(folder)

    def run(self, line: str) -> str:
        """What a command prints that succeeds."""
        self.lines.append(line)
        program, *words = shlex.split(line)
        if program == "cd":
            self._monkeypatch.chdir(*words)
            return ""
        if program == "git":
            return git(Path.cwd(), *words)
        assert program == "lit-demo"
        code, printed = run(*words)
        assert code == 0, printed
        return printed

    @contextmanager
    def working(self) -> Generator[Dev]:
        """The demo of this folder under work."""
        self.lines.append("lit-demo dev")
        with running_dev(Path("demo.toml")) as dev:
            yield dev

    def edit(self, dev: Dev, old: str, new: str) -> None:
        """Write a line of demo.toml anew."""
        self.lines.append(new)
        dev.change(old, new)


@pytest.fixture
def author(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Author:
    """An author with a folder of pictures and an empty repository on a host."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    # As if this program had been installed from PyPI.
    requirement = f"lit-demo-builder=={__version__}"
    monkeypatch.setattr("builder.publish.workflow.find_requirement", lambda: requirement)
    use_own_settings(tmp_path, monkeypatch)
    git(tmp_path, "init", "-q", "--bare", "hub.git")
    (tmp_path / "photos").mkdir()
    pictures = sorted(PHOTOS.glob("*.webp"))[:: len(list(PHOTOS.glob("*.webp"))) // PICTURES]
    for picture in pictures[:PICTURES]:
        shutil.copy(picture, tmp_path / "photos")
    return Author(tmp_path, monkeypatch)


@pytest.mark.e2e
@needs(PHOTOS)
def test_thirty_pictures_become_a_published_page(
    author: Author,
    context: BrowserContext,
    tmp_path: Path,
    record_property: Record,
):
    author.run("git clone -q hub.git trip")
    author.run("cd trip")
    printed = author.run(
        "lit-demo new . --from ../photos --suggest --author 'Ada Lovelace' --license CC0-1.0"
    )
    assert f"suggests prompts for {PICTURES} of {PICTURES} pictures" in printed
    spec = Path("demo.toml")
    with author.working() as dev:
        page, desk = context.new_page(), context.new_page()
        page.goto(f"{dev.url}#v=1&image={CROPPED}")
        move_a_crop(dev, page, desk)
        written = change_a_prompt(author, dev, page, record_property)
    cropped = next(i for i in load_spec(spec).images if i.id == CROPPED)
    assert cropped.focal_point == (0.53, 0.5)

    author.run("lit-demo build")
    assert "files are as built" in author.run("lit-demo check")
    author.run("lit-demo publish github")
    author.run("lit-demo publish workflow")
    author.run("git add .github demo.toml images")
    author.run("git commit -q -m 'Show our trip'")
    author.run("git push -q")

    assert len(author.lines) < 15
    assert str(WORKFLOW) in git(tmp_path / "hub.git", "ls-tree", "-r", "--name-only", "main")
    published = published_site(tmp_path)
    assert len(published.images) == PICTURES
    assert {len(image.prompts) for image in published.images} == {5}
    (image,) = [image for image in published.images if image.id == CROPPED]
    assert written in [prompt.text for prompt in image.prompts]


def move_a_crop(dev: Dev, page: Page, desk: Page) -> None:
    """Move the crop of a picture by the keyboard alone, and see the picture change on its page."""
    wait_for_answer(card_of(page))
    photo = card_of(page).locator("img").first
    before = photo.get_attribute("src")
    desk.goto(f"{dev.url}_dev/")
    desk.get_by_role("slider", name=f"Crop of {CROPPED}").focus()
    for _ in range(3):
        desk.keyboard.press("ArrowRight")
    expect(desk.get_by_text("Written: focal_point = [0.53, 0.5]")).to_be_visible()
    page.bring_to_front()
    expect(photo).not_to_have_attribute("src", before or "")


def change_a_prompt(author: Author, dev: Dev, page: Page, record_property: Record) -> str:
    """Write the first prompt anew and see its bar; returns the prompt."""
    wait_for_answer(card_of(page))
    drafted = re.search(r'^  ".+",$', dev.spec.read_text(), re.MULTILINE)
    assert drafted is not None
    prompt = "a cat that plays in the grass"
    started = time.perf_counter()
    author.edit(dev, drafted[0], f'  "{prompt}",')
    wait_for_bar(page, prompt)
    seconds = round(time.perf_counter() - started, 2)
    record_property("seconds_from_save_to_page", seconds)
    print(f"From the save to the page: {seconds} s")
    return prompt


def published_site(folder: Path) -> SiteManifest:
    """What visitors get: the site on the host's branch, whole."""
    git(folder, "clone", "-q", "--branch", "gh-pages", "hub.git", "visited")
    assert check_site(folder / "visited") == []
    return load_manifest(folder / "visited")

"""A real site, built by the command line, served under a sub-path and used in real Chromium."""

import os
import shutil
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, Request

from builder.manifest import SiteManifest
from builder.project import create_project
from builder.publish.serve import make_server, running
from tests.commands.run import run
from tests.e2e.gallery_site import write_gallery
from tests.e2e.host import Host, host
from tests.e2e.webdriver import Driver, firefox_path, run_firefox, run_webkit, webkit_path
from tests.site.manifests import load_manifest

DATA = Path(__file__).parents[2] / "data"
IMAGES = ("kitten", "bison", "eiffel-tower")


def pytest_collection_modifyitems(items: Sequence[pytest.Item]) -> None:
    """Everything in this folder uses Chromium."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.e2e)


@dataclass(frozen=True)
class ServedSite:
    """A site on disk and where it is served."""

    folder: Path
    url: str
    manifest: SiteManifest


def write_demo(folder: Path) -> Path:
    """A demo of three pictures and both models, taken from the default demo."""
    text = (DATA / "demo.toml").read_text(encoding="utf-8")
    head, *tables = text.split("[[images]]\n")
    kept = [t for t in tables if any(f'"images/{name}.jpg"' in t for name in IMAGES)]
    assert len(kept) == len(IMAGES)
    (folder / "images").mkdir(parents=True)
    for name in IMAGES:
        shutil.copy(DATA / "images" / f"{name}.jpg", folder / "images")
    path = folder / "demo.toml"
    path.write_text("[[images]]\n".join([head, *kept]), encoding="utf-8")
    return path


@contextmanager
def serve_folder(folder: Path) -> Generator[str]:
    """Serve a built site of any kind under a sub-path; yields its address."""
    with running(make_server(folder, port=0, host="127.0.0.1", base_path="/some/where/")) as port:
        yield f"http://127.0.0.1:{port}/some/where/"


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The builder's cache, which all processes of pytest-xdist share: exports take long."""
    shared = tmp_path_factory.getbasetemp()
    # The folder of each process is in that of the whole run.
    shared = shared.parent if "PYTEST_XDIST_WORKER" in os.environ else shared
    return shared / "cache"


def build(spec: Path, out: Path, cache: Path) -> Path:
    """Build a project, as a user does, into `out`, which it gives back."""
    code, text = run("build", spec, "-o", out, "--cache-dir", cache)
    assert code == 0, text
    return out


@contextmanager
def serve_project(spec: Path, out: Path, cache: Path) -> Generator[str]:
    """Build a project and serve its site; yields the address."""
    with serve_folder(build(spec, out, cache)) as url:
        yield url


@contextmanager
def serve_site(folder: Path) -> Generator[ServedSite]:
    """Serve a built site of pictures and sentences under a sub-path."""
    with serve_folder(folder) as url:
        yield ServedSite(folder, url, load_manifest(folder))


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory, cache: Path) -> Iterator[ServedSite]:
    folder = tmp_path_factory.mktemp("e2e")
    with serve_site(build(write_demo(folder / "demo"), folder / "site", cache)) as served:
        yield served


@pytest.fixture(scope="session")
def function_site(tmp_path_factory: pytest.TempPathFactory, cache: Path) -> Path:
    """A built site of one function."""
    folder = tmp_path_factory.mktemp("function")
    return build(create_project(folder / "demo", "function"), folder / "site", cache)


@pytest.fixture(scope="session")
def gallery_folder(tmp_path_factory: pytest.TempPathFactory, cache: Path) -> Path:
    """The built site of a gallery, which no test changes."""
    made = tmp_path_factory.mktemp("gallery")
    return build(write_gallery(made / "project"), made / "site", cache)


@pytest.fixture
def gallery(gallery_folder: Path) -> Iterator[Host]:
    """What serves a copy of it."""
    with host(gallery_folder) as served:
        yield served


@pytest.fixture(scope="session", params=["firefox", "webkit"])
def driver(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Driver]:
    """A page of Firefox, and one of WebKitGTK, which has Safari's engine.

    All tests share it, so each takes an origin of its own, of which nothing was kept.
    """
    find, run = {
        "firefox": (firefox_path, run_firefox),
        "webkit": (webkit_path, run_webkit),
    }[request.param]
    binary = find()
    if binary is None:
        pytest.skip(f"{request.param} is not installed; on Debian, `make browsers` does that")
    with run(binary, tmp_path_factory.mktemp(request.param)) as driver:
        yield driver


@pytest.fixture
def errors() -> list[str]:
    """What the page logged as errors; a test that expects one takes it out."""
    return []


@contextmanager
def open_page(context: BrowserContext, url: str, errors: list[str]) -> Generator[Page]:
    """A page that must log no error and ask nothing of other origins than that of the site."""
    origin = url.split("/some/")[0]
    foreign: list[str] = []
    page = context.new_page()

    def note_request(request: Request) -> None:
        if not request.url.startswith((origin, "blob:", "data:")):
            foreign.append(request.url)

    page.on("request", note_request)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on(
        "console",
        lambda message: errors.append(message.text) if message.type == "error" else None,
    )
    yield page
    assert foreign == []
    assert errors == []


@pytest.fixture
def page(context: BrowserContext, site: ServedSite, errors: list[str]) -> Iterator[Page]:
    """A page for the site, watched whatever a test does."""
    with open_page(context, site.url, errors) as page:
        yield page


@pytest.fixture
def open_demo(page: Page, site: ServedSite) -> Callable[..., Page]:
    """Opens the site at a fragment and waits for its first card."""

    def open_at(fragment: str = "") -> Page:
        page.goto(site.url + fragment)
        page.locator("lit-demo-card").first.wait_for()
        return page

    return open_at

"""Publishing to a Space: what is written, what stays, and what goes wrong on the way."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
import yaml

from builder.errors import BuilderError
from builder.publish.huggingface import SpacePublication, publish_space
from tests.commands.run import run
from tests.publish.fake_spaces import TEMPLATE, TOKEN, FakeSpaces, serving_spaces
from tests.publish.repositories import change_the_site
from tests.site.sites import FILES, small_manifest, write_small_site

NAME = "me/demo"


@pytest.fixture
def spaces(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[FakeSpaces]:
    """A hub whose user has a token."""
    from huggingface_hub import constants

    for name in ("HUGGING_FACE_HUB_TOKEN", "HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(constants, "HF_TOKEN_PATH", str(tmp_path / "no-token"))
    monkeypatch.setattr(constants, "HF_HUB_DISABLE_XET", True)
    monkeypatch.setattr("builder.download.transfer.time.sleep", [].append)
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    with serving_spaces() as served:
        monkeypatch.setenv("HF_ENDPOINT", served.url)
        yield served


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A site, with a file beside it that is not part of it."""
    write_small_site(tmp_path / "site")
    (tmp_path / "site" / "notes.txt").write_text("mine")
    return tmp_path / "site"


def change(site: Path, own: Sequence[str]) -> None:
    """Build the site again, with these files in place of its page and its app."""
    change_the_site(site, files=("index.html", *own))


def publish(site: Path, name: str = NAME, *, replace: bool = False) -> SpacePublication:
    return publish_space(site, name, replace=replace, say=lambda _: None)


def test_a_space_is_created_and_holds_the_site_and_nothing_else(site: Path, spaces: FakeSpaces):
    done = publish(site)
    files = spaces.files(NAME)
    expected = {url: (site / url).read_bytes() for url in (*FILES, "manifest.json")}
    readme = files.pop("README.md").decode()
    assert files == {**expected, ".gitattributes": TEMPLATE[".gitattributes"]}
    settings = yaml.safe_load(readme.split("---")[1])
    assert (settings["sdk"], settings["title"]) == ("static", small_manifest().title)
    assert len(settings["short_description"]) <= 60
    assert len(spaces.spaces[NAME]) == 2
    assert done.is_new
    assert f"{spaces.url}/spaces/{NAME}" in done.summary()
    assert "https://me-demo.static.hf.space" in done.summary()


def test_the_same_site_is_not_committed_twice(site: Path, spaces: FakeSpaces):
    publish(site)
    done = publish(site)
    assert done.commit is None
    assert "already holds this site" in done.summary()
    assert len(spaces.spaces[NAME]) == 2


def test_files_of_an_earlier_publication_are_deleted_in_the_same_commit(
    site: Path, spaces: FakeSpaces
):
    publish(site)
    change(site, ["assets/other.js", "models/w.bin"])
    done = publish(site)
    assert set(spaces.files(NAME)) == {
        *(*FILES, "assets/other.js", "models/w.bin"),
        *("manifest.json", "README.md", ".gitattributes"),
    } - {"a.js"}
    assert done.deleted == ("a.js",)
    assert len(spaces.spaces[NAME]) == 3


def test_a_space_with_only_what_the_hub_puts_there_is_taken(site: Path, spaces: FakeSpaces):
    publish(site)
    del spaces.spaces[NAME][1:]
    assert publish(site).is_new
    assert "style.css" not in spaces.files(NAME)


def test_what_nobody_published_is_refused_unless_it_may_be_replaced(site: Path, spaces: FakeSpaces):
    spaces.add(NAME, {"app.py": b"mine", "index.html": b"mine", "manifest.json": b"{}"})
    before = spaces.files(NAME)
    with pytest.raises(BuilderError, match=r"app\.py.*--replace"):
        publish(site)
    assert spaces.files(NAME) == before
    publish(site, replace=True)
    assert "app.py" not in spaces.files(NAME)
    assert spaces.spaces[NAME][1].files == before


def test_files_of_others_stay_and_are_named(site: Path, spaces: FakeSpaces):
    publish(site)
    spaces.add(NAME, {**spaces.files(NAME), "paper.pdf": b"mine", "README.md": b"mine"})
    change(site, ["b.js"])
    done = publish(site)
    assert spaces.files(NAME)["paper.pdf"] == b"mine"
    assert spaces.files(NAME)["README.md"] == b"mine"
    assert "paper.pdf" in done.summary()
    assert any("README.md stays" in note for note in done.notes)
    assert publish(site).commit is None


def test_a_file_of_others_in_the_place_of_the_site_is_refused(site: Path, spaces: FakeSpaces):
    publish(site)
    spaces.add(NAME, {**spaces.files(NAME), "assets/other.js": b"mine"})
    change(site, ["assets/other.js"])
    with pytest.raises(BuilderError, match=r"holds assets/other\.js, which this program did not"):
        publish(site)
    assert spaces.files(NAME)["assets/other.js"] == b"mine"


@pytest.mark.parametrize(
    ("place", "fault"),
    [
        *(("/commit/", fault) for fault in (429, 500, 503, 0, -1)),
        *(("/create", fault) for fault in (503, -1)),
        *((place, 0) for place in ("/api/spaces/me/demo", "/validate-yaml")),
    ],
)
def test_what_fails_for_a_while_is_tried_again(
    site: Path, spaces: FakeSpaces, place: str, fault: int
):
    spaces.faults[place] = [fault]
    publish(site)
    assert spaces.files(NAME)["index.html"] == (site / "index.html").read_bytes()
    assert len(spaces.spaces[NAME]) == 2


@pytest.mark.parametrize("fault", [403, 0])
def test_an_upload_that_fails_for_good_leaves_the_space_as_it_was(
    site: Path, spaces: FakeSpaces, fault: int, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("huggingface_hub.utils._http.time.sleep", [].append)
    change(site, ["models/w.bin"])
    spaces.faults["/lfs/"] = [fault] * 100
    with pytest.raises(BuilderError, match="me/demo: "):
        publish(site)
    assert spaces.files(NAME) == TEMPLATE


def test_what_somebody_commits_meanwhile_is_seen(site: Path, spaces: FakeSpaces):
    publish(site)
    change(site, ["b.js"])
    spaces.meanwhile = {"paper.pdf": b"theirs"}
    publish(site)
    assert spaces.files(NAME)["paper.pdf"] == b"theirs"
    assert spaces.files(NAME)["b.js"] == b"b.js"


@pytest.mark.parametrize(
    ("place", "status", "message"),
    [
        ("/create", 401, "does not accept your token (401 Unauthorized). Log in again"),
        ("/create", 403, "may not write there (403 Forbidden). Use one with the role write"),
        ("/create", 409, "may not write there (409 Conflict)"),
        ("/commit/", 404, "may not write there (404 Not Found)"),
        ("/commit/", 413, "answered 413"),
        ("/commit/", 429, "cannot be published: the server answered 429 Too Many Requests"),
        ("/validate", 502, "cannot be published: the server answered 502 Bad Gateway"),
        ("/api/spaces", 0, "Run the command again later"),
    ],
)
def test_what_fails_for_good_is_said_without_the_token(
    site: Path,
    spaces: FakeSpaces,
    monkeypatch: pytest.MonkeyPatch,
    place: str,
    status: int,
    message: str,
):
    monkeypatch.setattr("huggingface_hub.utils._http.time.sleep", [].append)
    spaces.faults[place] = [status] * 100
    code, text = run("publish", "huggingface", NAME, site)
    assert code == 2
    assert message in text
    assert TOKEN not in text
    assert "Traceback" not in text


def test_somebody_else_s_space_is_not_written_to(site: Path, spaces: FakeSpaces):
    with pytest.raises(BuilderError, match="an account that is you or belongs to it"):
        publish(site, "you/demo")


def test_without_a_token_nothing_is_asked(
    site: Path, spaces: FakeSpaces, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.delenv("HF_TOKEN")
    with pytest.raises(BuilderError, match="hf auth login"):
        publish(site)
    assert spaces.asked == []


@pytest.mark.parametrize("name", ["demo", "", "me/demo@main", "me/../demo", "https://a.org/me/b"])
def test_what_is_not_the_name_of_a_space_is_refused(site: Path, spaces: FakeSpaces, name: str):
    with pytest.raises(BuilderError, match=re.escape(f"{name!r} is not the name of a Space")):
        publish(site, name)
    assert spaces.asked == []


def test_the_address_of_a_space_is_a_name_too(site: Path, spaces: FakeSpaces):
    code, text = run("publish", "huggingface", f"{spaces.url}/spaces/{NAME}/", site)
    assert code == 0
    assert "Note: Left out, since the site did not come with it: notes.txt." in text
    assert "Created, and published as " in text
    assert TOKEN not in text
    assert NAME in spaces.spaces


def test_a_site_that_was_changed_is_not_published(site: Path, spaces: FakeSpaces):
    (site / "index.html").write_text("changed")
    with pytest.raises(BuilderError, match=r"index\.html"):
        publish(site)
    assert spaces.asked == []


def test_nothing_is_asked_where_the_network_is_not_allowed(
    site: Path, spaces: FakeSpaces, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(BuilderError, match="HF_HUB_OFFLINE"):
        publish(site)
    assert spaces.asked == []

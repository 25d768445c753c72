"""What of the folder of an author's template goes into the site."""

import os
from pathlib import Path

import pytest

from builder.errors import BuilderError
from builder.site.template_files import TemplateFiles, collect_files
from tests.site.sites import write_small_site


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A template beside something that must stay where it is."""
    (tmp_path / "secret.js").write_text("secret")
    (tmp_path / "mine" / "images").mkdir(parents=True)
    (tmp_path / "mine" / "page.html.j2").write_text("page")
    (tmp_path / "mine" / "page.js").write_text("script")
    (tmp_path / "mine" / "images" / "a.PNG").write_text("picture")
    return tmp_path / "mine"


def add(folder: Path, name: str, text: str = "secret") -> None:
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text)


def published(folder: Path) -> set[str]:
    found = collect_files(folder)
    assert b"secret" not in found.contents.values()
    return set(found.contents)


KEPT = {"page.js", "images/a.PNG"}


def test_what_pages_load_is_published_and_the_page_itself_is_not(folder: Path):
    add(folder, "parts/header.html.j2", "included")
    found = collect_files(folder)
    assert set(found.contents) == KEPT
    assert found.left_out == {}
    assert found.notes(folder) == ()


@pytest.mark.parametrize(
    "name",
    [".git/config", ".ssh/id_rsa.txt", ".env", "a/.hidden/b.js", ".DS_Store", ".a.js", "a/.b.js"],
)
def test_nothing_hidden_is_published(folder: Path, name: str):
    add(folder, name)
    assert published(folder) == KEPT
    assert list(collect_files(folder).left_out.values()) == ["hidden"]


@pytest.mark.parametrize(
    "name",
    [
        "model.npz",
        "page.py",
        "a.pyc",
        "__pycache__/x.js",
        "n.ipynb",
        "tls.key",
        "tls.pem",
        "id_rsa",
        "credentials",
        "demo.toml",
        "weights.safetensors",
        "a.sqlite",
        "README.md",
        "a.sh",
        "w.npy",
        "node_modules/x/index.js",
        "page.js~",
        "page.js.orig",
        "a.p12",
        "x.ckpt",
        "a.yaml",
        "a.js.bak",
    ],
)
def test_what_no_page_loads_is_left_out(folder: Path, name: str):
    add(folder, name)
    assert published(folder) == KEPT
    (note,) = collect_files(folder).notes(folder)
    assert name.split("/")[0] in note


def test_links_out_of_the_folder_are_not_followed(folder: Path, tmp_path: Path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "b.js").write_text("secret")
    add(folder, ".hidden/c.js")
    for name, target in {
        "absolute.js": tmp_path / "secret.js",
        "relative.js": "../secret.js",
        "folder": tmp_path / "elsewhere",
        "passwd.txt": "/etc/passwd",
        "root": "/",
        "twice.js": "relative.js",
        "hidden.js": ".hidden/c.js",
        "hidden": ".hidden",
        "nowhere.js": "none.js",
        "loop.js": "loop.js",
        "self": ".",
        "images/above": "..",
    }.items():
        (folder / name).symlink_to(target)
    assert published(folder) == KEPT
    assert collect_files(folder).left_out == {
        ".hidden/": "hidden",
        "absolute.js": "a link that leaves the folder",
        "folder/": "a link that leaves the folder",
        "hidden.js": "a link to something hidden",
        "hidden/": "a link to something hidden",
        "images/above/": "a link to a folder that is searched already",
        "loop.js": "a link that leads nowhere",
        "nowhere.js": "a link that leads nowhere",
        "passwd.txt": "a link that leaves the folder",
        "relative.js": "a link that leaves the folder",
        "root/": "a link that leaves the folder",
        "self/": "a link to a folder that is searched already",
        "twice.js": "a link that leaves the folder",
    }


def test_links_within_the_folder_are_what_they_lead_to(folder: Path):
    (folder / "again.js").symlink_to("page.js")
    (folder / "pictures").symlink_to("images")
    (folder / "images" / "also").symlink_to("../shared")
    add(folder, "shared/c.css", "style")
    assert published(folder) == {
        *KEPT,
        "again.js",
        "images/also/c.css",
        "pictures/a.PNG",
        "shared/c.css",
    }


def test_a_folder_reached_by_a_link_is_still_that_folder(folder: Path, tmp_path: Path):
    (tmp_path / "link").symlink_to(folder)
    assert published(tmp_path / "link") == KEPT


def test_folders_that_link_to_each_other_end(folder: Path):
    for one in "abcdefgh":
        add(folder, f"{one}/{one}.js", one)
        for other in "abcdefgh":
            (folder / one / f"to-{other}").symlink_to(f"../{other}")
    assert len(published(folder)) == len(KEPT) + 8 + 8 * 7


def test_pipes_and_sockets_are_not_read(folder: Path):
    os.mkfifo(folder / "pipe.js")
    (folder / "device.js").symlink_to("/dev/zero")
    assert published(folder) == KEPT
    assert collect_files(folder).left_out["pipe.js"] == "not a file"


def test_a_built_site_in_the_folder_is_not_published_again(folder: Path):
    write_small_site(folder / "_site")
    assert published(folder) == KEPT
    assert collect_files(folder).left_out == {"_site/": "a built site"}


def test_a_name_that_is_another_one_elsewhere_is_left_out(folder: Path):
    for name in ("a#b.js", "100%.png", "a\\b.js", "c:d.js", "aux.js", "line\nbreak.js", "a?.js"):
        add(folder, name)
    add(folder, os.fsdecode(b"\xff.js"))
    assert published(folder) == KEPT
    (note,) = collect_files(folder).notes(folder)
    note.encode()
    assert "\n" not in note


def test_a_long_list_is_told_in_short():
    (note,) = TemplateFiles({}, {f"{n}.npz": "hidden" for n in range(1000)}).notes(Path("mine"))
    assert len(note) < 400
    assert "992 more" in note


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_what_cannot_be_read_is_named(folder: Path):
    (folder / "page.js").chmod(0)
    with pytest.raises(BuilderError, match=r"page\.js: cannot be read"):
        collect_files(folder)

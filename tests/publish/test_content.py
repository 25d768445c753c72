"""What of a site's folder is published."""

from dataclasses import replace
from pathlib import Path

import pytest

from builder.errors import SiteError
from builder.publish.content import list_names, load_content
from builder.site.folder import assemble_site, write_site
from builder.site.template import load_template
from builder.site.wishes import Sharing
from tests.conftest import gradient, jpeg_bytes
from tests.site.builds import built_model, bundle_demo
from tests.site.sites import FILES, write_small_site


def test_the_manifest_and_all_it_names_are_published_and_nothing_else(tmp_path: Path):
    write_small_site(tmp_path / "site")
    (tmp_path / "site" / "report.json").write_text('{"seconds": 1}')
    content = load_content(tmp_path / "site")
    assert list(content.files) == sorted([*FILES, "manifest.json"])
    assert {url: content.read(url) for url in FILES} == FILES
    assert {url: content.sizes[url] for url in FILES} == {url: len(url) for url in FILES}
    assert (content.title, content.left_out, list(content.notes())) == ("A title", (), [])


def test_what_is_not_the_site_s_own_is_left_out_and_told(tmp_path: Path):
    write_small_site(tmp_path / "site")
    for name in (".git/objects/x", ".git/config", "pages/mine.html", "CNAME", "a.js.bak"):
        (tmp_path / "site" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "site" / name).write_text("mine")
    (tmp_path / "site" / "link").symlink_to("/etc")
    content = load_content(tmp_path / "site")
    assert list(content.files) == sorted([*FILES, "manifest.json"])
    assert content.left_out == (".git/", "CNAME", "a.js.bak", "link", "pages/")
    (note,) = content.notes()
    assert note.endswith("did not come with it: .git/, CNAME, a.js.bak, link, pages/.")


@pytest.mark.parametrize("known", [False, True])
def test_whoever_knows_the_address_tells_a_page_that_does_not(tmp_path: Path, known: bool):
    address = "https://me.github.io/demo/"
    bundled = bundle_demo(tmp_path, built_model())
    (display,) = bundled.manifest.images[0].display
    files = {**bundled.files, display.url: jpeg_bytes(gradient(448, 448))}
    sharing = Sharing(address=address if known else None)
    wished = replace(bundled, files=files, sharing=sharing)
    write_site(assemble_site(wished, load_template("image-text")).files, tmp_path / "site")
    # The made-up picture is not what the manifest says.
    (tmp_path / "site" / display.url).write_bytes(bundled.files[display.url])
    notes = list(load_content(tmp_path / "site").notes(address))
    assert len(notes) == (0 if known else 1)
    assert known or f'address = "{address}" into [sharing]' in notes[0]


def test_a_site_that_is_not_as_built_is_not_published(tmp_path: Path):
    write_small_site(tmp_path / "site")
    (tmp_path / "site" / "a.js").write_text("evil")
    with pytest.raises(SiteError, match=r"a\.js: differs from the file that was built"):
        load_content(tmp_path / "site")
    (tmp_path / "site" / "a.js").unlink()
    (tmp_path / "site" / "a.js").symlink_to("/etc/hostname")
    with pytest.raises(SiteError, match=r"a\.js: is outside the site"):
        load_content(tmp_path / "site")
    with pytest.raises(SiteError, match="Build the site first"):
        load_content(tmp_path)


def test_a_file_that_changes_after_it_was_checked_is_not_published(tmp_path: Path):
    write_small_site(tmp_path / "site")
    content = load_content(tmp_path / "site")
    (tmp_path / "site" / "a.js").write_text("evil")
    with pytest.raises(SiteError, match=r"a\.js: has changed while it was published"):
        content.read("a.js")


def test_many_names_are_told_in_few_words():
    assert list_names(["z\n", "\udcff"]) == r"'z\n', '\udcff'"
    assert list_names([str(n) for n in range(20)]).endswith("7 and 12 more")

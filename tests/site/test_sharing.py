"""What others show of a page, and where the page says so."""

import io
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from builder.errors import BuilderError
from builder.manifest import FunctionSiteManifest, SiteManifest
from builder.site.bundle import Bundle, describe_page
from builder.site.first_answer import FirstAnswer, Share
from builder.site.folder import assemble_site
from builder.site.lettering import Typeface
from builder.site.sharing import Shared, share
from builder.site.template import load_template
from builder.site.wishes import Sharing, read_sharing
from builder.site.wording import Wording
from builder.spec.page import PageSpec, SharingSpec
from tests.conftest import gradient, jpeg_bytes
from tests.images.pictures import save
from tests.site.builds import built_model, bundle_demo

ANSWER = FirstAnswer((Share("a red square", 0.9), Share("a blue circle", 0.1)), fits_none=False)


@pytest.fixture
def bundled(tmp_path: Path) -> Bundle[SiteManifest]:
    made = bundle_demo(tmp_path, built_model())
    (display,) = made.manifest.images[0].display
    return replace(made, files={**made.files, display.url: jpeg_bytes(gradient(448, 448))})


def shared_of(bundled: Bundle[SiteManifest], **wishes: Any) -> Shared:
    return share(replace(bundled, sharing=Sharing(**wishes)), ANSWER, Wording())


def opened(shared: Shared, url: str) -> Image.Image:
    return Image.open(io.BytesIO(shared.files[url]))


def test_the_icon_of_a_tab_is_the_first_picture_and_small(bundled: Bundle[SiteManifest]):
    shared = shared_of(bundled)
    with opened(shared, shared.icon) as icon:
        assert icon.size == (48, 48)
    assert len(shared.files[shared.icon]) < 5_000


def test_an_author_s_icon_takes_its_place(bundled: Bundle[SiteManifest], tmp_path: Path):
    path = save(Image.new("RGB", (90, 60), (0, 0, 255)), tmp_path / "icon.png")
    wishes = read_sharing(SharingSpec.model_validate({"icon": str(path)}))
    shared = share(replace(bundled, sharing=wishes), ANSWER, Wording())
    with opened(shared, shared.icon) as icon:
        assert icon.convert("RGB").getpixel((0, 0)) == (0, 0, 255)


@pytest.mark.parametrize(("key", "name"), [("icon", "icon.png"), ("font", "font.ttf")])
def test_a_file_that_cannot_be_used_is_named_before_anything_slow(
    tmp_path: Path, key: str, name: str
):
    (tmp_path / name).write_bytes(b"neither")
    spec = SharingSpec.model_validate({key: name}, context=tmp_path)
    with pytest.raises(BuilderError, match=re.escape(name)):
        read_sharing(spec)


@pytest.mark.parametrize("address", ["https://me.github.io/demo", "https://me.github.io/demo/"])
def test_links_name_the_whole_address_of_the_picture(bundled: Bundle[SiteManifest], address: str):
    wishes = read_sharing(SharingSpec(address=address))
    shared = share(replace(bundled, sharing=wishes), ANSWER, Wording())
    assert shared.preview
    url = shared.preview.url.removeprefix("https://me.github.io/demo/")
    with opened(shared, url) as picture:
        assert picture.size == (shared.preview.width, shared.preview.height) == (1200, 630)
    assert len(shared.files[url]) < 300_000
    assert shared.notes == ()


def test_without_an_address_the_author_is_told_what_that_means(bundled: Bundle[SiteManifest]):
    shared = shared_of(bundled)
    assert shared.preview
    assert shared.preview.url in shared.files
    (note,) = shared.notes
    assert "address in [sharing]" in note


def test_letters_that_the_author_s_font_lacks_leave_the_picture_alone(
    bundled: Bundle[SiteManifest],
):
    manifest = bundled.manifest.model_copy(update={"title": "どの文が合う？"})
    shared = shared_of(
        replace(bundled, manifest=manifest), typeface=Typeface(), address="https://a.org/"
    )
    (note,) = shared.notes
    assert "name one as font in [sharing]" in note


def test_a_page_of_functions_has_an_icon_and_no_picture_for_links():
    page = describe_page(PageSpec(title="Digits", description="Draw one."))
    manifest = FunctionSiteManifest.model_construct(**page.model_dump(), functions=(), data={})
    shared = share(Bundle(manifest, {}), None, Wording())
    assert list(shared.files) == [shared.icon]
    assert shared.notes == ()


def test_the_page_says_what_is_shared_and_its_manifest_has_the_files(
    bundled: Bundle[SiteManifest],
):
    wishes = Sharing(address="https://me.github.io/demo/")
    site = assemble_site(replace(bundled, sharing=wishes), load_template("image-text"))
    page = site.files["index.html"].decode()
    tags = dict(
        re.findall(r'<meta (?:property|name)="((?:og|twitter):[^"]+)" content="([^"]*)"', page)
    )
    preview = tags["og:image"].removeprefix("https://me.github.io/demo/")
    assert tags["og:url"] == "https://me.github.io/demo/"
    assert tags["og:title"] == "A title"
    assert tags["og:image:alt"] == "Red."
    assert tags["twitter:card"] == "summary_large_image"
    (icon,) = re.findall(r'<link rel="icon" href="([^"]+)"', page)
    named = {ref.url for ref in site.manifest.files}
    assert {icon, preview} <= named <= {*site.files}

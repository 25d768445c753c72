"""What makes a page installable: icons, a web app manifest, a worker that knows its needs."""

import io
import json
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from builder.manifest import FunctionSiteManifest, SiteManifest
from builder.site.bundle import Bundle, describe_page
from builder.site.folder import assemble_site
from builder.site.installable import WEB_MANIFEST, WORKER, make_installable
from builder.site.template import Template, load_template
from builder.spec.page import PageSpec
from tests.conftest import gradient, jpeg_bytes
from tests.site.builds import APP, ONE_LICENSE, built_model, bundle_demo

CODE = b"keep()"


def bundle_pictures(folder: Path, *, with_encoder: bool = True) -> Bundle[SiteManifest]:
    """A demo whose sharpest picture is one."""
    bundled = bundle_demo(folder, built_model(with_encoder=with_encoder))
    (display,) = bundled.manifest.images[0].display
    picture = jpeg_bytes(gradient(448, 448))
    return replace(bundled, files={**bundled.files, display.url: picture})


def needed_by(worker: bytes) -> list[str]:
    line, _, code = worker.partition(b"\n")
    assert code == CODE
    return json.loads(line.removeprefix(b"const NEEDED=").removesuffix(b";"))


def test_the_first_picture_is_the_icon(tmp_path: Path):
    made = make_installable(bundle_pictures(tmp_path), APP, CODE)
    content = json.loads(made.files[WEB_MANIFEST])
    assert content["name"] == "A title"
    assert {icon["purpose"] for icon in content["icons"]} == {"any", "maskable"}
    for icon in content["icons"]:
        with Image.open(io.BytesIO(made.files[icon["src"]])) as picture:
            assert picture.format == "PNG"
            assert f"{picture.width}x{picture.height}" == icon["sizes"]
            expected = gradient(448, 448).resize(picture.size).convert("RGB")
            drawn = picture.convert("RGB")
            corner = (0, 0)
            assert drawn.getpixel(corner) == pytest.approx(expected.getpixel(corner), abs=24)
    assert made.touch_icon in made.files


def test_a_page_of_functions_has_an_icon_too(tmp_path: Path):
    page = describe_page(PageSpec(title="Digits", description="Draw one."))
    manifest = FunctionSiteManifest.model_construct(**page.model_dump(), functions=(), data={})
    made = make_installable(Bundle(manifest, {}), APP, CODE)
    assert sum(url.startswith("icons/") for url in made.files) == 2
    assert needed_by(made.files[WORKER]) == sorted({*APP.first("en"), *APP.runtime})


def test_the_same_demo_gives_the_same_bytes(tmp_path: Path):
    bundled = bundle_pictures(tmp_path)
    assert make_installable(bundled, APP, CODE) == make_installable(bundled, APP, CODE)


@pytest.mark.parametrize("with_encoder", [True, False])
def test_the_worker_is_told_what_the_page_needs_to_start_and_to_compute(
    tmp_path: Path, with_encoder: bool
):
    bundled = bundle_pictures(tmp_path, with_encoder=with_encoder)
    needed = needed_by(make_installable(bundled, APP, CODE).files[WORKER])
    assert ("assets/worker.js" in needed) == with_encoder
    assert set(APP.first("en")) <= set(needed)


def write_template(folder: Path, worker: bytes | None) -> Template:
    (folder / "page.html.j2").write_text("{{ installable.manifest_url if installable }}")
    return Template(folder, APP, {}, {}, load_template("function").benchmark, ONE_LICENSE, worker)


def test_a_site_has_these_files_and_its_page_names_them(tmp_path: Path):
    site = assemble_site(bundle_pictures(tmp_path), write_template(tmp_path, CODE))
    assert site.manifest.offline
    named = {ref.url for ref in site.manifest.files}
    assert {WORKER, WEB_MANIFEST} <= named
    assert site.files["index.html"] == WEB_MANIFEST.encode()


@pytest.mark.parametrize("reason", ["the author says so", "the template has no worker"])
def test_a_site_may_have_none_of_them(tmp_path: Path, reason: str):
    bundled = bundle_pictures(tmp_path)
    worker = CODE
    if reason == "the author says so":
        manifest = bundled.manifest.model_copy(update={"offline": False})
        bundled = replace(bundled, manifest=manifest)
    else:
        worker = None
    site = assemble_site(bundled, write_template(tmp_path, worker))
    assert not site.manifest.offline
    assert not {WORKER, WEB_MANIFEST} & site.files.keys()
    assert site.files["index.html"] == b""


def test_pages_that_come_with_the_package_can_be_kept_and_authors_own_cannot(tmp_path: Path):
    assert load_template("image-text").worker
    assert load_template("mnist").worker
    (tmp_path / "page.html.j2").write_text("page")
    assert load_template(str(tmp_path)).worker is None

"""Sites of a gallery: alone, and beside a demo of pictures with captions."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from builder.cache import Cache
from builder.errors import BuilderError
from builder.gallery.index import bank
from builder.manifest import GallerySiteManifest
from builder.pipeline.image_text import build_site
from builder.site.check import check_site
from builder.site.folder import load_any_manifest
from builder.site.report import Report
from tests.conftest import DEMO, gradient
from tests.gallery.galleries import QUIET
from tests.site.manifests import load_manifest

HEAD = DEMO.partition("[[images]]")[0].replace(
    'title = "Two', 'visitor_language = true\ntitle = "Two'
)
GALLERY = """
[gallery]
pictures = "many/*.png"
"""


@dataclass(frozen=True)
class Built:
    """The sites of a folder with thirty pictures, and their reports."""

    folder: Path
    alone: Report
    beside: Report


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Built]:
    folder = tmp_path_factory.mktemp("gallery")
    for place in ("images", "many"):
        (folder / place).mkdir()
    for seed, name in enumerate(("red", "blue")):
        gradient(340, 300, seed).save(folder / "images" / f"{name}.png")
    for seed in range(30):
        gradient(300, 340, seed).save(folder / "many" / f"<{seed:02}>.png")

    def build(name: str, text: str) -> Report:
        (folder / f"{name}.toml").write_text(text)
        report = build_site(
            folder / f"{name}.toml", folder / name, cache=Cache(folder / "cache"), progress=QUIET
        )
        assert isinstance(report, Report)
        return report

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bank, "_LEAST", 40)
        patch.setattr(bank, "_PER_ROOT", 0)
        patch.setattr(bank, "_HELD_OUT", 10)
        yield Built(folder, build("alone", HEAD + GALLERY), build("beside", DEMO + GALLERY))


def test_a_gallery_alone_is_the_page(built: Built):
    site = built.folder / "alone"
    manifest = load_any_manifest(site)
    assert isinstance(manifest, GallerySiteManifest)
    assert manifest.gallery.pictures == 30
    (model,) = manifest.models
    assert (model.image_embeddings.shape, model.chance) == ((0, model.dim), ())
    assert {golden.row for golden in model.goldens} == set(model.prompt_embeddings.rows)
    assert check_site(site) == []
    assert not (site / "gallery.html").exists()
    page = (site / "index.html").read_text()
    assert "<lit-demo-gallery" in page
    assert "gallery.html" not in page


def test_without_javascript_the_first_pictures_are_shown(built: Built):
    for name, page in (("alone", "index.html"), ("beside", "gallery.html")):
        text = (built.folder / name / page).read_text()
        shown = re.findall(r'src="(gallery/thumbnails/\w+\.jpg)"', text)
        assert len(set(shown)) == 24
        assert all((built.folder / name / url).is_file() for url in shown)
        assert 'alt="&lt;00&gt;.png"' in text
        assert "More pictures, which need JavaScript: 6" in text


def test_beside_a_demo_it_has_a_page_of_its_own(built: Built):
    site = built.folder / "beside"
    manifest = load_manifest(site)
    assert len(manifest.images) == 2
    assert manifest.gallery
    assert check_site(site) == []
    assert 'href="./"' in (site / "gallery.html").read_text()
    assert "Search all 30 pictures" in (site / "index.html").read_text()
    script = next(
        file.url for file in manifest.files if "gallery" in file.url and ".html" in file.url
    )
    assert script == "gallery.html"


def test_what_links_show_of_a_gallery_are_its_first_pictures(built: Built):
    site = built.folder / "alone"
    page = (site / "index.html").read_text()
    assert re.search(r'property="og:image" content="sharing/preview-\w+\.jpg"', page)
    assert 'property="og:image:alt" content="Two pictures"' in page
    assert len(list((site / "icons").iterdir())) == 3


def test_the_report_counts_the_gallery(built: Built):
    for report, images in ((built.alone, 0), (built.beside, 2)):
        assert report.gallery
        assert (report.images, report.gallery.pictures, report.gallery.failures) == (images, 30, 0)
        assert report.gallery.index.kind == "exact"
        assert report.gallery.index.recall_at_10 > 0.5
        assert report.gallery.thumbnail_bytes > 30 * 500
        assert report.bytes_before_first_free_text_answer
    assert b'"thumbnail_bytes"' in (built.folder / "alone" / "report.json").read_bytes()


def test_a_site_that_is_too_large_names_what_is(built: Built, tmp_path: Path):
    spec = built.folder / "small.toml"
    spec.write_text("max_bytes = 1_000_000\n" + HEAD + GALLERY)
    with pytest.raises(BuilderError, match="more than max_bytes = 1,000,000 allows"):
        build_site(spec, tmp_path / "site", cache=Cache(built.folder / "cache"), progress=QUIET)
    assert not (tmp_path / "site").exists()


@pytest.mark.parametrize(
    ("text", "message"),
    [(DEMO, "--rows rows: the demo has no "), (HEAD + GALLERY, "rows: there are no rows in it.")],
)
def test_rows_that_cannot_be_used_are_refused(built: Built, text: str, message: str):
    spec = built.folder / "rows.toml"
    spec.write_text(text)
    with pytest.raises(BuilderError, match=message):
        build_site(
            spec,
            built.folder / "rows-site",
            rows=Path("rows"),
            cache=Cache(built.folder / "cache"),
            progress=QUIET,
        )

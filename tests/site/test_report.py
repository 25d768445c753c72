"""The figures of a build, counted from the files themselves."""

import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from builder.images.prepare import ImageSet
from builder.manifest import SiteManifest
from builder.models.cut import VocabularyReport
from builder.site.built_model import BuiltModel
from builder.site.bundle import Bundle, to_json
from builder.site.folder import MANIFEST, PAGE, Site
from builder.site.report import ImageEncoderReport, Report, bytes_of, make_report
from tests.site.builds import (
    APP,
    built_model,
    bundle_models,
    demo_spec,
    image_encoder,
    prepared_image,
)

STEPS = {"Embed images": 2.0, "Export": 9.0, **{f"step {n}": 0.1 * n for n in range(6)}}


def assemble(bundled: Bundle[SiteManifest]) -> Site[SiteManifest]:
    own = {PAGE: b"page", "tab.png": b"icon", MANIFEST: to_json(bundled.manifest)}
    return Site(bundled.manifest, {**bundled.files, **APP.files, **own}, icon="tab.png")


def report_of(folder: Path, *models: BuiltModel, side: int = 448) -> tuple[Report, Any]:
    spec = demo_spec(folder)
    images = ImageSet((prepared_image(spec.images[0], side),))
    site = assemble(bundle_models(folder, spec, images.images, models))
    return make_report(site, APP, images, models, None, STEPS, 12.5), site


def show(report: Report, width: int = 100) -> str:
    output = io.StringIO()
    report.show(Console(file=output, width=width))
    return output.getvalue()


def test_a_visitor_downloads_the_page_the_rows_and_the_pictures_in_view(tmp_path: Path):
    report, site = report_of(tmp_path, built_model())
    model = site.manifest.models[0]
    page = len(b"page") + len(site.files[MANIFEST]) + len(b"demo") + len(b"css") + len(b"why")
    rows = model.image_embeddings.bytes + model.prompt_embeddings.bytes
    # The sharper copy of the first picture, and its thumbnail.
    first = page + rows + len(b"display") + len(b"thumbnail")
    assert report.bytes_before_first_answer == first
    encoder = len(b'{"pieces": []}') + len(b"{}") + len(b"shard")
    later = encoder + len(b"worker") + len(b"icon")
    assert report.bytes_before_first_free_text_answer == first + later
    assert report.total_bytes == sum(map(len, site.files.values()))
    assert report.files == len(site.files)


def test_an_image_encoder_is_counted_apart(tmp_path: Path):
    plain, _ = report_of(tmp_path / "a", built_model())
    report, _ = report_of(tmp_path / "b", built_model(image_encoder=image_encoder()))
    count = len(b"{graph}") + len(b"filters") + 2 * 3
    (model,) = report.models
    assert model.image_encoder == ImageEncoderReport(count, 5, "int8", 1, 0.9996)
    assert model.encoder_bytes == plain.models[0].encoder_bytes
    assert json.loads(report.to_json())["models"][0]["image_encoder"]["bytes"] == count
    text = "For pictures of their own, visitors of nano download 0.00 MB more"
    assert text in show(report)
    assert text not in show(plain)


def test_each_model_is_described(tmp_path: Path):
    report, _ = report_of(tmp_path, built_model(fidelity=0.97))
    (model,) = report.models
    assert (report.images, report.prompts) == (1, 2)
    assert (model.id, model.graph_nodes, model.quantization) == ("nano", 7, "float16")
    assert model.encoder_bytes == 21
    assert model.shown_min_cosine == 0.97
    assert model.parity
    assert model.parity.min_cosine == 0.99998


def test_a_model_without_an_encoder_gives_no_free_text_answer(tmp_path: Path):
    report, _ = report_of(tmp_path, built_model(with_encoder=False))
    (model,) = report.models
    assert report.bytes_before_first_free_text_answer is None
    assert report.budget.bytes_per_visit == report.bytes_before_first_answer
    assert (model.encoder_bytes, model.graph_nodes) == (0, 0)
    assert (model.quantization, model.parity) == (None, None)
    assert "Text encoders" not in show(report)


def test_warnings_name_the_picture_or_the_model(tmp_path: Path):
    report, _ = report_of(tmp_path, built_model(problems=("no wasm",)), side=100)
    enlarged, problem = report.warnings
    assert enlarged == "1 picture smaller than what a model sees, so enlarged: red"
    assert problem == "nano: no wasm"
    assert show(report).startswith(f"Note: {enlarged}\nNote: nano: no wasm\n")


def test_a_person_sees_sizes_parity_and_the_slowest_steps(tmp_path: Path):
    report, _ = report_of(tmp_path, built_model(fidelity=0.97))
    text = show(report, width=60)
    assert "Images, prompts, models" in text
    assert "1, 2, 1" in text
    row = next(line for line in text.splitlines() if line.startswith("nano  "))
    assert row.split() == [
        "nano",
        "float16",
        "0.00",
        "MB",
        "7",
        "6",
        "1.0e-06",
        "2.0e-04",
        "0.999980",
    ]
    assert "least cosine 0.970000" in text
    assert text.endswith(
        "Built in 12.5 s. Slowest steps: Export 9.0 s; Embed images 2.0 s; step 5 0.5 s;"
        " step 4 0.4 s; step 3 0.3 s.\n"
    )


def test_the_file_has_every_figure(tmp_path: Path):
    report, _ = report_of(tmp_path, built_model())
    content = json.loads(report.to_json())
    assert content["models"][0]["parity"]["max_abs_error"] == 2e-4
    assert content["budget"]["max_bytes"] is None
    assert content["step_seconds"] == STEPS


def test_a_file_that_the_site_lacks_is_no_file_of_no_bytes(tmp_path: Path):
    _, site = report_of(tmp_path, built_model())
    assert bytes_of(site, [PAGE, PAGE]) == 2 * len(b"page")
    with pytest.raises(KeyError):
        bytes_of(site, ["none.js"])


def test_a_person_sees_what_cutting_a_vocabulary_saved(tmp_path: Path):
    cut = VocabularyReport(5000, 10_000, 5000, 90_000, {"en": 0.9907, "x.txt": 1}, 0.9999999)
    built = built_model()
    assert built.encoder
    encoder = replace(built.encoder, table_bytes=1_920_000)
    report, _ = report_of(tmp_path, replace(built, vocabulary=cut, encoder=encoder))
    (row,) = [line for line in show(report, width=60).splitlines() if "10,000" in line]
    expected = "nano 5,000 10,000 1.92 MB 0.09 MB 1.000000 en 99.07%, x.txt 100.00%"
    assert row.split() == expected.split()
    content = json.loads(report.to_json())["models"][0]["vocabulary"]
    assert content["shares"] == {"en": 0.9907, "x.txt": 1}
    assert content["rows_saved"] == 5000

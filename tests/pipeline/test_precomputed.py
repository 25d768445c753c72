"""The site that is built with models of finished rows."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from rich.console import Console

from builder.cache import Cache
from builder.errors import SpecError
from builder.images.jpeg.hidden import hidden_content
from builder.manifest import MatrixRef
from builder.models.importer import import_demo
from builder.pipeline.image_text import build_site
from builder.progress import Progress
from builder.site.check import check_site
from builder.site.goldens import GOLDEN_TEXTS
from builder.site.report import Report
from tests.models.original_demo import (
    DIM,
    PROMPTS,
    TEMPERATURE,
    Encoder,
    write_original_demo,
)
from tests.shared import OFFICIAL_DEMO, needs
from tests.site.manifests import load_manifest, read_file, read_rows


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Cache:
    return Cache(tmp_path_factory.mktemp("cache"))


def make_project(folder: Path, encoder: Encoder | None = None) -> Path:
    return import_demo(write_original_demo(folder / "original", encoder), folder / "project").spec


def build(spec: Path, cache: Cache) -> Report:
    report = build_site(spec, spec.parent / "site", cache=cache, progress=Progress(Console()))
    assert isinstance(report, Report)
    return report


def probabilities(site: Path, image: str) -> dict[str, float]:
    """What a page shows for an image, computed from the files of the site."""
    manifest = load_manifest(site)
    model = manifest.models[0]

    def rows(ref: MatrixRef) -> dict[str, Any]:
        return dict(zip(ref.rows, read_rows(site, ref), strict=True))

    zimg, ztxts = rows(model.image_embeddings)[image], rows(model.prompt_embeddings)
    prompts = next(entry.prompts for entry in manifest.images if entry.id == image)
    logits = np.array([model.scoring.scale * (ztxts[prompt.id] @ zimg) for prompt in prompts])
    weights = np.exp(logits - logits.max())
    texts = [prompt.text for prompt in prompts]
    return dict(zip(texts, weights / weights.sum(), strict=True))


@needs(OFFICIAL_DEMO)
def test_the_official_demo_answers_as_it_did(tmp_path: Path, cache: Cache):
    spec = import_demo(OFFICIAL_DEMO, tmp_path / "project").spec
    report = build(spec, cache)
    assert (report.images, report.prompts) == (55, 267)
    for expected in json.loads((OFFICIAL_DEMO / "expected_tiny.json").read_bytes()):
        found = probabilities(spec.parent / "site", expected["id"])
        assert list(found) == expected["prompts"]
        np.testing.assert_allclose(list(found.values()), expected["probabilities"], atol=1e-5)


def test_without_an_encoder_a_site_has_the_example_prompts_only(tmp_path: Path, cache: Cache):
    spec = make_project(tmp_path)
    report = build(spec, cache)
    site = spec.parent / "site"
    assert check_site(site) == []
    (model,) = load_manifest(site).models
    assert (model.encoder, model.tokenizer, model.goldens) == (None, None, ())
    assert (model.id, model.dim, model.scoring.scale) == ("nano", DIM, TEMPERATURE)
    assert model.prompt_embeddings.dtype == "float32"
    (described,) = report.models
    assert (described.encoder_bytes, described.parity) == (0, None)
    assert report.bytes_before_first_free_text_answer is None
    assert any("answers only its example prompts" in warning for warning in report.warnings)


def test_the_pictures_are_those_of_the_original(tmp_path: Path, cache: Cache):
    spec = make_project(tmp_path)
    build(spec, cache)
    site = spec.parent / "site"
    for image in load_manifest(site).images:
        original = tmp_path / "original" / "data" / "images" / f"{image.id}.jpg"
        with Image.open(site / image.photo.url) as shown, Image.open(original) as given:
            np.testing.assert_array_equal(np.asarray(shown), np.asarray(given))
        assert hidden_content((site / image.photo.url).read_bytes()) is None


def about_encoder(report: Report) -> list[str]:
    """Warnings but for those on the pictures, which are made up."""
    return [warning for warning in report.warnings if "picture" not in warning]


def test_a_whole_encoder_is_taken_over(tmp_path: Path, cache: Cache):
    spec = make_project(tmp_path, "plain")
    report = build(spec, cache)
    site = spec.parent / "site"
    assert check_site(site) == []
    (model,) = load_manifest(site).models
    assert model.encoder is not None
    assert (model.encoder.input, model.encoder.output) == ("inputs", "output_0")
    assert {golden.text for golden in model.goldens} == {*GOLDEN_TEXTS, *PROMPTS}
    given = spec.parent / "models" / "nano" / "tfjs"
    graph = json.loads(read_file(site, model.encoder.model))
    given_graph = json.loads((given / "model.json").read_bytes())
    assert graph["modelTopology"] == given_graph["modelTopology"]
    shards = [read_file(site, file) for file in model.encoder.weights]
    names = given_graph["weightsManifest"][0]["paths"]
    assert shards == [(given / name).read_bytes() for name in names]
    (described,) = report.models
    assert described.parity is not None
    assert described.parity.texts == len(PROMPTS)
    assert described.parity.max_abs_error < 1e-6
    assert about_encoder(report) == []


def test_an_encoder_that_wasm_cannot_run_is_taken_over_and_that_is_said(
    tmp_path: Path, cache: Cache
):
    report = build(make_project(tmp_path, "einsum"), cache)
    (described,) = report.models
    assert described.parity is not None
    assert described.parity.max_abs_error < 1e-6
    (warning,) = about_encoder(report)
    assert "wasm" in warning
    assert "Einsum" in warning


def test_an_encoder_embeds_prompts_that_are_new(tmp_path: Path, cache: Cache):
    spec = make_project(tmp_path, "plain")
    text = spec.read_text(encoding="utf-8")
    # The same tokens as "a cat", since the tokenizer makes letters small.
    spec.write_text(text.replace('"two dogs"', '"A CAT"'), encoding="utf-8")
    build(spec, cache)
    found = probabilities(spec.parent / "site", "2b")
    np.testing.assert_allclose(found["A CAT"], found["a cat"], atol=1e-5)


def test_an_encoder_that_gives_other_rows_is_left_out(tmp_path: Path, cache: Cache):
    spec = make_project(tmp_path, "plain")
    path = spec.parent / "models" / "nano" / "ztxts.bin"
    path.write_bytes(np.roll(np.fromfile(path, "<f4").reshape(-1, DIM), 1, axis=0).tobytes())
    report = build(spec, cache)
    assert any("its rows have a cosine of" in warning for warning in report.warnings)
    assert load_manifest(spec.parent / "site").models[0].encoder is None


def test_a_damaged_encoder_is_left_out(tmp_path: Path, cache: Cache):
    spec = make_project(tmp_path, "plain")
    folder = spec.parent / "models" / "nano" / "tfjs"
    graph = json.loads((folder / "model.json").read_bytes())
    graph["modelTopology"]["node"][-1]["op"] = "NoSuchOp"
    (folder / "model.json").write_text(json.dumps(graph))
    report = build(spec, cache)
    assert any("NoSuchOp" in warning for warning in report.warnings)
    assert load_manifest(spec.parent / "site").models[0].encoder is None


def test_prompts_and_images_without_a_row_are_named(tmp_path: Path, cache: Cache):
    spec = make_project(tmp_path)
    text = spec.read_text(encoding="utf-8")
    spec.write_text(text.replace('"two dogs"', '"three dogs", "a bird"'), encoding="utf-8")
    with pytest.raises(SpecError) as caught:
        build(spec, cache)
    assert [problem.where for problem in caught.value.problems] == [
        "prompt 'three dogs'",
        "prompt 'a bird'",
    ]
    spec.write_text(text.replace("images/1.jpg", 'images/2b.jpg"\nid = "other'), encoding="utf-8")
    with pytest.raises(SpecError, match=r"image 'other': nano has no row for it"):
        build(spec, cache)

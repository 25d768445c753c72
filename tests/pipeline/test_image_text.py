import io
import json
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from rich.console import Console

from builder.cache import Cache
from builder.conversion.answers import MIN_COSINE_ELSEWHERE
from builder.conversion.parity import MAX_ERROR
from builder.embedding.embed import Embeddings
from builder.errors import BuilderError, ExportError, ParityError, SiteError
from builder.model import Tower
from builder.models.load import load_model
from builder.pipeline import image_text
from builder.pipeline.image_text import GOLDEN_TEXTS, build_site
from builder.progress import Progress
from builder.site.check import check_site
from builder.site.report import Report
from builder.spec.demo import load_spec
from builder.spec.models import ModelSpec
from tests.conftest import DEMO, MakeDemo
from tests.site.manifests import load_manifest, read_rows
from tests.site.sites import content
from tests.tuning.towers import describe_model, load_small, write_demo, write_random_tower

IMAGE_STEP = "Embed images with mini-tiny"
PROMPT_STEP = "Embed prompts with mini-tiny"
EXPORT_STEP = "Export mini-tiny to TensorFlow.js"
COMPARE_STEP = "Compare mini-tiny in TensorFlow.js with JAX"
SLOW_STEPS = {IMAGE_STEP, PROMPT_STEP, EXPORT_STEP, COMPARE_STEP}


class ExactParity(NamedTuple):
    """An `EncoderParity` with all of its figures."""

    texts: int
    float32_max_abs_error: float
    max_abs_error: float
    min_cosine: float


class CountedProgress(Progress):
    """Keeps how many items each step had."""

    def __init__(self):
        super().__init__(Console(file=io.StringIO()))
        self.totals: dict[str, int] = {}

    def step(self, title: str, total: int):
        self.totals[title] = total
        return super().step(title, total)


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Cache:
    return Cache(tmp_path_factory.mktemp("cache"))


def run_build(spec: Path, cache: Cache) -> tuple[Path, Report, CountedProgress]:
    progress = CountedProgress()
    out = spec.parent / "site"
    report = build_site(spec, out, cache=cache, progress=progress)
    assert isinstance(report, Report)
    return out, report, progress


def parity_of(report: Report) -> ExactParity:
    """Of the first model, whose graph was also compared with its float32 weights."""
    parity = report.models[0].parity
    assert parity
    assert parity.float32_max_abs_error is not None
    return ExactParity(
        parity.texts, parity.float32_max_abs_error, parity.max_abs_error, parity.min_cosine
    )


def test_a_demo_becomes_a_whole_site(make_demo: MakeDemo, cache: Cache):
    out, report, _ = run_build(make_demo(), cache)
    assert check_site(out) == []
    manifest = load_manifest(out)
    assert [image.id for image in manifest.images] == ["red", "blue"]
    assert [image.credit.author for image in manifest.images] == [None, "Nobody"]
    assert "A red square." in (out / "index.html").read_text(encoding="utf-8")
    assert (report.images, report.prompts, len(report.models)) == (2, 3, 1)
    assert report.bytes_before_first_free_text_answer is not None
    assert report.bytes_before_first_answer < report.bytes_before_first_free_text_answer
    assert report.bytes_before_first_free_text_answer < report.total_bytes
    assert json.loads((out / "report.json").read_bytes())["total_bytes"] == report.total_bytes


def test_the_shipped_rows_are_those_of_the_towers(make_demo: MakeDemo, cache: Cache):
    out, _, _ = run_build(make_demo(), cache)
    manifest = load_manifest(out)
    model = manifest.models[0]
    source = load_model(ModelSpec(name="mini-tiny"))
    for ref, ids in (
        (model.image_embeddings, {image.id for image in manifest.images}),
        (model.prompt_embeddings, {p.id for image in manifest.images for p in image.prompts}),
    ):
        assert ids <= set(ref.rows)
        assert ref.dtype == "float16"
        rows = read_rows(out, ref)
        np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-3)
    prompt = manifest.images[0].prompts[0]
    shipped = rows[model.prompt_embeddings.rows.index(prompt.id)]
    expected = source.text_tower(source.tokenizer([prompt.text]))[0]
    np.testing.assert_allclose(shipped, expected, atol=1e-3)


def test_goldens_hold_the_tokens_of_hard_texts(make_demo: MakeDemo, cache: Cache):
    out, _, _ = run_build(make_demo(), cache)
    model = load_manifest(out).models[0]
    goldens = {golden.text: golden for golden in model.goldens}
    assert set(GOLDEN_TEXTS) < set(goldens)
    tokenizer = load_model(ModelSpec(name="mini-tiny")).tokenizer
    for golden in model.goldens:
        assert golden.tokens == tuple(tokenizer([golden.text])[0])
        assert golden.row in model.prompt_embeddings.rows


def test_the_exported_encoder_computes_what_jax_computes(make_demo: MakeDemo, cache: Cache):
    _, report, _ = run_build(make_demo(), cache)
    parity = parity_of(report)
    assert parity.texts == 3 + len(GOLDEN_TEXTS)
    assert 0 < parity.float32_max_abs_error <= 1e-5
    assert MIN_COSINE_ELSEWHERE <= parity.min_cosine <= 1.000001
    assert parity.float32_max_abs_error < parity.max_abs_error < 0.05


def test_another_converter_exports_anew_or_says_what_to_install(make_demo: MakeDemo, cache: Cache):
    run_build(make_demo(), cache)
    named = DEMO.replace('name = "mini-tiny"', 'name = "mini-tiny"\nconverter = "tensorflowjs"')
    with pytest.raises(ExportError, match=r"mini-tiny: The converter tensorflowjs .*pip install"):
        run_build(make_demo(named), cache)


def test_an_unchanged_build_does_nothing_slow_again(
    make_demo: MakeDemo, cache: Cache, monkeypatch: pytest.MonkeyPatch
):
    spec = make_demo()
    out, _, _ = run_build(spec, cache)
    before = content(out)

    def refuse(self: Tower, inputs: object):
        raise AssertionError("a tower was run")

    monkeypatch.setattr(Tower, "__call__", refuse)
    _, _, progress = run_build(spec, cache)
    assert SLOW_STEPS.isdisjoint(progress.totals)
    after = content(out)
    del before["report.json"], after["report.json"]
    assert after == before, "the same input gives the same bytes"


@pytest.mark.slow
def test_an_added_image_embeds_one_image(make_demo: MakeDemo, cache: Cache):
    run_build(make_demo(), cache)
    extra = '\n[[images]]\nfile = "images/red.png"\nid = "third"\ncrop = [9, 9, 250, 250]\n'
    extra += 'description = "Another."\nprompts = ["a red square"]\n'
    _, report, progress = run_build(make_demo(DEMO + extra), cache)
    assert report.images == 3
    assert progress.totals[IMAGE_STEP] == 1
    assert PROMPT_STEP not in progress.totals


@pytest.mark.slow
def test_a_changed_prompt_embeds_one_prompt(make_demo: MakeDemo, cache: Cache):
    run_build(make_demo(), cache)
    _, _, progress = run_build(make_demo(DEMO.replace("blue circle", "green circle")), cache)
    assert progress.totals[PROMPT_STEP] == 1
    assert IMAGE_STEP not in progress.totals


@pytest.mark.slow
def test_a_changed_prompt_is_compared_alone_with_the_encoder_that_was_exported_before(
    make_demo: MakeDemo, cache: Cache
):
    _, before, _ = run_build(make_demo(), cache)
    _, after, progress = run_build(make_demo(DEMO.replace("blue circle", "grey circle")), cache)
    assert progress.totals[COMPARE_STEP] == 1
    assert EXPORT_STEP not in progress.totals
    assert parity_of(after).texts == parity_of(before).texts
    _, _, progress = run_build(make_demo(), cache)
    assert COMPARE_STEP not in progress.totals


@pytest.mark.slow
def test_a_text_that_drifts_fails_though_the_encoder_was_exported_before(
    make_demo: MakeDemo, cache: Cache, monkeypatch: pytest.MonkeyPatch
):
    spec = make_demo()
    run_build(spec, cache)
    real = image_text.embed

    def drift(*arguments: object, **options: object) -> Embeddings:
        good = real(*arguments, **options)  # pyright: ignore[reportArgumentType]
        return Embeddings(good.zimg, np.roll(good.ztxt, 1, axis=1), good.tokens)

    monkeypatch.setattr(image_text, "embed", drift)
    for _ in range(2):  # what failed is not remembered as passed
        with pytest.raises(ParityError, match=r"mini-tiny: In TensorFlow.js the model differs"):
            run_build(spec, cache)


@pytest.mark.slow
def test_an_export_that_drifts_fails_and_leaves_the_old_site(
    make_demo: MakeDemo, tmp_path: Path, cache: Cache, monkeypatch: pytest.MonkeyPatch
):
    spec = make_demo()
    out, _, _ = run_build(spec, cache)
    before = content(out)
    real = image_text.embed

    def drift(*arguments: object, **options: object) -> Embeddings:
        good = real(*arguments, **options)  # pyright: ignore[reportArgumentType]
        return Embeddings(good.zimg, np.roll(good.ztxt, 1, axis=1), good.tokens)

    monkeypatch.setattr(image_text, "embed", drift)
    with pytest.raises(ParityError, match=r"mini-tiny.*differs from JAX"):
        run_build(spec, Cache(tmp_path / "empty"))
    assert content(out) == before


@pytest.mark.parametrize("step", ["embed", "export_text_encoder", "assemble_site"])
def test_an_interrupted_build_leaves_the_old_site(
    make_demo: MakeDemo, cache: Cache, monkeypatch: pytest.MonkeyPatch, step: str
):
    spec = make_demo()
    out, _, _ = run_build(spec, cache)
    before = content(out)

    def interrupt(*_: object, **__: object):
        raise KeyboardInterrupt

    monkeypatch.setattr(image_text, step, interrupt)
    with pytest.raises(KeyboardInterrupt):
        run_build(make_demo(DEMO.replace("Two pictures", "Changed")), cache)
    assert content(out) == before


@pytest.mark.slow
def test_what_a_later_model_sees_is_compared_with_what_the_page_shows(
    make_demo: MakeDemo, cache: Cache
):
    models = '"mini-tiny"\n\n[[models]]\nname = "mini-tiny"\nid = "other"\nresize = "tf-bilinear"'
    _, report, _ = run_build(make_demo(DEMO.replace('"mini-tiny"', models)), cache)
    first, second = report.models
    assert first.shown_min_cosine is None
    assert second.shown_min_cosine is not None
    assert 0.9 < second.shown_min_cosine < 1 - 1e-6


@pytest.mark.slow
def test_quantization_none_ships_float32(make_demo: MakeDemo, cache: Cache):
    text = DEMO.replace('"mini-tiny"', '"mini-tiny"\nquantization = "none"')
    _, small, _ = run_build(make_demo(), cache)
    _, large, _ = run_build(make_demo(text), cache)
    assert parity_of(large).max_abs_error <= MAX_ERROR
    assert (large.models[0].quantization, small.models[0].quantization) == ("none", "int8")
    ratio = large.models[0].encoder_bytes / small.models[0].encoder_bytes
    assert 3.3 < ratio <= 4


def test_an_unknown_model_is_refused_before_anything_slow(make_demo: MakeDemo, cache: Cache):
    with pytest.raises(BuilderError, match=r"there is no model 'mini-tony'.*Did you mean"):
        run_build(make_demo(DEMO.replace("mini-tiny", "mini-tony")), cache)


def test_a_folder_in_the_way_is_found_before_anything_slow(make_demo: MakeDemo, cache: Cache):
    spec = make_demo()
    (spec.parent / "site").mkdir()
    (spec.parent / "site" / "mine.txt").write_text("mine")
    progress = CountedProgress()
    with pytest.raises(BuilderError, match="holds no site"):
        build_site(spec, spec.parent / "site", cache=cache, progress=progress)
    assert progress.totals == {}


def test_the_report_has_the_budget(make_demo: MakeDemo, cache: Cache):
    out, report, _ = run_build(make_demo("max_bytes = 1_000_000_000\n" + DEMO), cache)
    budget = json.loads((out / "report.json").read_bytes())["budget"]
    assert budget["bytes_per_visit"] == report.bytes_before_first_free_text_answer
    assert budget["largest_file_bytes"] == (out / budget["largest_file"]).stat().st_size
    assert budget["max_bytes"] == 1_000_000_000
    assert budget["visits_per_month"] > 1000


def test_a_site_larger_than_the_author_allows_is_not_written(make_demo: MakeDemo, cache: Cache):
    spec = make_demo()
    out, report, _ = run_build(spec, cache)
    before = content(out)
    with pytest.raises(SiteError, match=r"more than max_bytes = [\d,]+ allows"):
        run_build(make_demo(f"max_bytes = {report.total_bytes // 2}\n" + DEMO), cache)
    assert content(out) == before


def test_models_and_images_may_be_served_from_elsewhere(make_demo: MakeDemo, cache: Cache):
    address = "https://data.test/bucket/demo"
    out, _, _ = run_build(make_demo(f'base_url = "{address}"\n' + DEMO), cache)
    manifest = load_manifest(out)
    assert manifest.base_url == f"{address}/"
    assert manifest.images[0].photo.url.startswith("images/"), "relative to the base"
    page = (out / "index.html").read_text(encoding="utf-8")
    assert f"img-src 'self' data: blob: {address}/; connect-src 'self' {address}/;" in page
    assert f'src="{address}/{manifest.images[0].photo.url}"' in page
    assert check_site(out) == [], "all files are in the folder, to be uploaded from there"


def test_the_report_is_shown_whole_in_a_narrow_terminal(make_demo: MakeDemo, cache: Cache):
    _, report, _ = run_build(make_demo(), cache)
    shown = io.StringIO()
    report.show(Console(file=shown, width=60))
    assert f"{parity_of(report).min_cosine:.6f}" in shown.getvalue()
    assert "…" not in shown.getvalue()


@pytest.mark.slow
def test_a_demo_with_another_text_tower_keeps_the_rows_of_its_pictures(
    tmp_path: Path, cache: Cache
):
    folder = tmp_path / "demo"
    write_random_tower(folder / "tower", load_small(folder))
    tables = describe_model("large"), describe_model("small", 'text_tower = "tower"')
    spec = write_demo(folder, *tables)
    out, _, _ = run_build(spec, cache)
    assert check_site(out) == []
    manifest = load_manifest(out)
    small = manifest.models[1]
    zimg = [(out / model.image_embeddings.url).read_bytes() for model in manifest.models]
    assert zimg[0] == zimg[1]
    prompt = manifest.images[0].prompts[0]
    for table, model in zip(load_spec(spec).models, manifest.models, strict=True):
        source, ref = load_model(table), model.prompt_embeddings
        shipped = read_rows(out, ref)[ref.rows.index(prompt.id)]
        expected = source.text_tower(source.tokenizer([prompt.text]))[0]
        np.testing.assert_allclose(shipped, expected, atol=1e-3)
    assert small.text_tower.endswith("distilled")
    assert small.tokenizer
    assert small.tokenizer.max_length == 8

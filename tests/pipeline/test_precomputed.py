"""Models of finished rows: their folder, their encoder, and the site that is built with them."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner
from rich.console import Console

from builder.cache import Cache
from builder.cli import main
from builder.embedding.matrix import StoredMatrix, decode_matrix
from builder.errors import BuilderError, ModelError, SpecError
from builder.models.importer import import_demo
from builder.models.load import load_model
from builder.models.precomputed.model import load_precomputed
from builder.models.precomputed.pieces import read_tokenizer
from builder.pipeline.image_text import build_site
from builder.progress import Progress
from builder.site.folder import check_site
from builder.site.goldens import GOLDEN_TEXTS
from builder.site.report import Report
from builder.spec.models import ModelSpec
from tests.models.original_demo import (
    DIM,
    IMAGES,
    PROMPTS,
    TEMPERATURE,
    Encoder,
    write_original_demo,
)
from tests.site.manifests import load_manifest

OFFICIAL = Path(__file__).parents[3] / "shared" / "official_demo"
needs_official = pytest.mark.skipif(not OFFICIAL.is_dir(), reason="needs ../shared/official_demo")


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

    def rows(ref: Any) -> dict[str, Any]:
        stored = StoredMatrix((site / ref.url).read_bytes(), ref.dtype, ref.shape, ref.scale)
        return dict(zip(ref.rows, decode_matrix(stored), strict=True))

    zimg, ztxts = rows(model.image_embeddings)[image], rows(model.prompt_embeddings)
    prompts = next(entry.prompts for entry in manifest.images if entry.id == image)
    logits = np.array([model.scoring.scale * (ztxts[prompt.id] @ zimg) for prompt in prompts])
    weights = np.exp(logits - logits.max())
    texts = [prompt.text for prompt in prompts]
    return dict(zip(texts, weights / weights.sum(), strict=True))


@needs_official
def test_the_official_demo_answers_as_it_did(tmp_path: Path, cache: Cache):
    spec = import_demo(OFFICIAL, tmp_path / "project").spec
    report = build(spec, cache)
    assert (report.images, report.prompts) == (55, 267)
    for expected in json.loads((OFFICIAL / "expected_tiny.json").read_bytes()):
        found = probabilities(spec.parent / "site", expected["id"])
        assert list(found) == expected["prompts"]
        np.testing.assert_allclose(list(found.values()), expected["probabilities"], atol=1e-5)


@needs_official
def test_the_genuine_vocabulary_makes_tokens():
    vocabulary = OFFICIAL / "data" / "models" / "tiny" / "vocabulary.json"
    pieces = [piece for piece, _ in json.loads(vocabulary.read_bytes())]
    tokenizer = read_tokenizer(vocabulary, algorithm="BPE", max_length=16, pad_id=1)
    (row,) = tokenizer(["A cat  in Zürich"])
    assert [pieces[token] for token in row[:8]] == [
        *("▁a", "▁cat", "▁in", "▁z", "ü", "rich"),
        *("</s>", "</s>"),
    ]


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
    assert any("answers its example prompts only" in warning for warning in report.warnings)


def test_the_pictures_are_those_of_the_original(tmp_path: Path, cache: Cache):
    spec = make_project(tmp_path)
    build(spec, cache)
    site = spec.parent / "site"
    for image in load_manifest(site).images:
        original = tmp_path / "original" / "data" / "images" / f"{image.id}.jpg"
        assert (site / image.photo.url).read_bytes() == original.read_bytes()


def test_a_whole_encoder_is_taken_over(tmp_path: Path, cache: Cache):
    spec = make_project(tmp_path, "plain")
    report = build(spec, cache)
    site = spec.parent / "site"
    assert check_site(site) == []
    (model,) = load_manifest(site).models
    assert model.encoder is not None
    assert (model.encoder.input, model.encoder.output) == ("inputs", "output_0")
    assert {golden.text for golden in model.goldens} == {*GOLDEN_TEXTS, *PROMPTS}
    graph = json.loads((site / model.encoder.model.url).read_bytes())
    shards = [Path(file.url).name for file in model.encoder.weights]
    assert graph["weightsManifest"][0]["paths"] == shards
    (described,) = report.models
    assert described.parity is not None
    assert described.parity.texts == len(PROMPTS)
    assert described.parity.max_abs_error < 1e-6
    assert report.warnings == ()


def test_an_encoder_that_wasm_cannot_run_is_taken_over_and_that_is_said(
    tmp_path: Path, cache: Cache
):
    report = build(make_project(tmp_path, "einsum"), cache)
    (described,) = report.models
    assert described.parity is not None
    assert described.parity.max_abs_error < 1e-6
    (warning,) = report.warnings
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
    assert any("gives rows of cosine" in warning for warning in report.warnings)
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


def test_what_needs_towers_refuses_finished_rows(tmp_path: Path):
    with pytest.raises(ModelError, match="has rows but no towers"):
        load_model(ModelSpec(precomputed=tmp_path))


def test_missing_shards_are_counted_and_leave_the_encoder_out(tmp_path: Path):
    folder = write_original_demo(tmp_path, "plain") / "data" / "models" / "nano"
    (folder / "tfjs" / "group1-shard2of2.bin").unlink()
    model = load_precomputed(ModelSpec(precomputed=folder))
    assert (model.encoder, model.tokenizer) == (None, None)
    (problem,) = model.problems
    assert "1 of 2 weight files are missing (group1-shard2of2.bin)" in problem


def test_a_shard_elsewhere_is_not_read(tmp_path: Path):
    folder = write_original_demo(tmp_path, "plain") / "data" / "models" / "nano"
    path = folder / "tfjs" / "model.json"
    path.write_text(path.read_text().replace("group1-shard1of2.bin", "../../../secret.bin"))
    (problem,) = load_precomputed(ModelSpec(precomputed=folder)).problems
    assert "'../../../secret.bin' is no name of a file beside it" in problem


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


def truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-4])


def replace_text(old: str, new: str) -> Callable[[Path], None]:
    def spoil(path: Path) -> None:
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")

    return spoil


def make_longer(path: Path) -> None:
    path.write_bytes((2 * np.fromfile(path, "<f4")).tobytes())


def spoil_a_number(path: Path) -> None:
    rows = np.fromfile(path, "<f4")
    rows[-1] = np.nan
    path.write_bytes(rows.tobytes())


@pytest.mark.parametrize(
    ("name", "spoil", "message"),
    [
        ("def.json", Path.unlink, "there is no such file"),
        ("def.json", replace_text(str(TEMPERATURE), "0"), "temperature: Input should be greater"),
        ("def.json", replace_text("embedding_size", "size"), "embedding_size: Field required"),
        ("def.json", truncate, "Invalid JSON"),
        ("zimgs.bin", Path.unlink, "there is no such file"),
        ("zimgs.bin", truncate, "has 60 bytes, not 64: zimgs.txt has 2 lines"),
        ("zimgs.bin", make_longer, "the row of '1' does not have length 1"),
        ("zimgs.bin", spoil_a_number, "the row of '2b' does not have length 1"),
        ("zimgs.txt", replace_text("2b", "1"), "'1' is listed twice"),
        ("zimgs.txt", replace_text("1\n2b", "b.\nB"), "both become the id 'b'"),
        ("ztxts.txt", replace_text("a dog\n", ""), "ztxts.txt has 3 lines"),
    ],
)
def test_a_bad_folder_is_refused(
    tmp_path: Path, name: str, spoil: Callable[[Path], None], message: str
):
    folder = write_original_demo(tmp_path) / "data" / "models" / "nano"
    spoil(folder / name)
    with pytest.raises(ModelError) as caught:
        load_precomputed(ModelSpec(precomputed=folder))
    assert name in str(caught.value)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("name", "spoil", "message"),
    [
        ("vocabulary.json", truncate, "is not a list of pieces and scores"),
        (
            "def.json",
            replace_text('"BPE"', '"WORD"'),
            "tokenizer_type is 'WORD', not UNIGRAM or BPE",
        ),
        (
            "def.json",
            replace_text('"pad_value": 1', '"pad_value": 999'),
            "none is the pad_value, 999",
        ),
        ("tfjs/model.json", replace_text('"output_0"', '"o": {}, "output_0"'), "one input and one"),
    ],
)
def test_a_bad_vocabulary_or_signature_leaves_the_encoder_out(
    tmp_path: Path, name: str, spoil: Callable[[Path], None], message: str
):
    folder = write_original_demo(tmp_path, "plain") / "data" / "models" / "nano"
    spoil(folder / name)
    (problem,) = load_precomputed(ModelSpec(precomputed=folder)).problems
    assert message in problem


def test_a_unigram_vocabulary_is_one(tmp_path: Path):
    folder = write_original_demo(tmp_path, "plain") / "data" / "models" / "nano"
    replace_text('"BPE"', '"UNIGRAM"')(folder / "def.json")
    tokenizer = load_precomputed(ModelSpec(precomputed=folder)).tokenizer
    assert tokenizer is not None
    assert tokenizer.to_manifest().algorithm == "unigram"


def test_an_import_keeps_prompts_credits_and_towers(tmp_path: Path):
    source = write_original_demo(tmp_path / "original")
    done = import_demo(source, tmp_path / "project")
    text = done.spec.read_text(encoding="utf-8")
    assert (done.images, done.models) == (len(IMAGES), ("nano",))
    for line in (
        'image_tower = "ViT-N"',
        'text_tower = "Vit-P"',
        'prompts = [\n  "a dog",\n  "a cat",\n  "Red  square",\n]',
        'license = "CC0"\nsource = "https://example.org/1"',
    ):
        assert line in text
    assert text.count("license =") == 1
    assert any("1 of 2 pictures state no licence" in note for note in done.notes)


def test_the_smallest_encoder_comes_first(tmp_path: Path):
    source = write_original_demo(tmp_path / "original", "plain", name="a")
    write_original_demo(source, name="b")
    assert import_demo(source / "data", tmp_path / "project").models == ("b", "a")


def test_what_has_no_row_is_left_out_with_a_note(tmp_path: Path):
    source = write_original_demo(tmp_path / "original")
    replace_text("two dogs", "a bird")(source / "data" / "images" / "info.json")
    replace_text("1\n", "one\n")(source / "data" / "models" / "nano" / "zimgs.txt")
    done = import_demo(source, tmp_path / "project")
    assert done.images == 1
    assert any("1.jpg: left out; nano has no row for it" in note for note in done.notes)
    assert any("the prompt 'a bird' was left out" in note for note in done.notes)


@pytest.mark.parametrize(
    ("name", "spoil", "message"),
    [
        ("images/info.json", Path.unlink, "holds images/info.json and models/"),
        ("images/info.json", truncate, "Invalid JSON"),
        ("images/info.json", replace_text('"prompts"', '"texts"'), "0.prompts: Field required"),
        ("images/info.json", replace_text('"2b"', '"../2b"'), "1.id: String should match"),
        ("images/info.json", replace_text('"2b"', '"1."'), "the id '1.' is too like another"),
        ("images/1.jpg", Path.unlink, "1.jpg: there is no such file"),
        ("models/nano/def.json", Path.unlink, "holds no model"),
        ("models/nano/zimgs.bin", truncate, "zimgs.bin: has 60 bytes"),
        ("models/nano/zimgs.txt", replace_text("1\n2b", "x\ny"), "no picture has a row"),
    ],
)
def test_a_bad_import_is_refused_and_writes_nothing(
    tmp_path: Path, name: str, spoil: Callable[[Path], None], message: str
):
    source = write_original_demo(tmp_path / "original")
    spoil(source / "data" / name)
    with pytest.raises(BuilderError) as caught:
        import_demo(source, tmp_path / "project")
    assert message in str(caught.value)
    assert [path.name for path in tmp_path.iterdir()] == ["original"]


def test_the_command_says_what_to_do_next_or_what_is_wrong(tmp_path: Path):
    source = write_original_demo(tmp_path / "original")
    command = ["import", str(source), "-o", str(tmp_path / "project")]
    done = CliRunner().invoke(main, command, catch_exceptions=False)
    assert done.exit_code == 0
    assert f"lit-demo build {tmp_path / 'project' / 'demo.toml'}" in done.output
    again = CliRunner().invoke(main, command, catch_exceptions=False)
    assert again.exit_code == 2
    assert "Name another folder with -o" in again.output


def test_an_import_replaces_nothing(tmp_path: Path):
    source = write_original_demo(tmp_path / "original")
    (tmp_path / "project").mkdir()
    import_demo(source, tmp_path / "project")
    with pytest.raises(BuilderError, match="is there already"):
        import_demo(source, tmp_path / "project")


def test_a_place_where_no_project_can_be_is_named(tmp_path: Path):
    source = write_original_demo(tmp_path / "original")
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(BuilderError, match=r"file/project: cannot be written: .*with -o"):
        import_demo(source, tmp_path / "file" / "project")

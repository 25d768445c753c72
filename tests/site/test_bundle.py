"""From results to files: every file is named by its content and by the manifest."""

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from builder.embedding.matrix import StoredMatrix, decode_matrix
from builder.manifest import MatrixRef, SiteManifest
from builder.site.built_model import row_id
from builder.site.bundle import Bundle, to_json
from builder.site.files import refer
from builder.site.references import encoder_files, image_encoder_files, referenced_files
from builder.version import __version__
from tests.site.builds import (
    PROMPTS,
    DescribedModel,
    ReadingModel,
    built_model,
    bundle_demo,
    bundle_models,
    demo_spec,
    image_encoder,
    prepared_image,
)
from tests.site.manifests import unpack


@pytest.fixture
def bundled(tmp_path: Path) -> Bundle[SiteManifest]:
    return bundle_demo(tmp_path, built_model())


def read(bundled: Bundle[SiteManifest], ref: MatrixRef) -> np.ndarray:
    n, d = ref.shape
    data = unpack(ref, bundled.files[ref.url])
    return decode_matrix(StoredMatrix(data, ref.dtype, (n, d), ref.scale))


def test_a_model_says_which_ends_of_texts_it_does_not_read(tmp_path: Path):
    prompts = ("a dog in the snow", "a dog")
    texts = prompts + built_model().texts
    built = built_model(model=ReadingModel())
    image = {"file": "red.jpg", "description": "Red.", "prompts": list(prompts)}
    zeros = np.zeros((len(texts), 3), np.float32)
    built = replace(built, texts=texts, embeddings=replace(built.embeddings, ztxt=zeros))
    (model,) = bundle_demo(tmp_path, built, images=[image]).manifest.models
    assert model.unread[row_id("a dog in the snow")] == "snow"
    assert row_id("a dog") not in model.unread


def test_models_share_the_files_of_an_image_encoder(tmp_path: Path):
    spec = demo_spec(tmp_path)
    models = [built_model(image_encoder=image_encoder()) for _ in range(2)]
    found = bundle_models(tmp_path, spec, [prepared_image(spec.images[0])], models)
    first, second = (model.image_encoder for model in found.manifest.models)
    assert first == second
    assert first is not None
    assert (first.preparation.size, first.preparation.resize) == (96, "bicubic")
    assert found.files[first.graph.weights[0].url] == b"filters"
    assert first.graph.model.url.startswith("image-encoders/")
    assert read(found, first.golden).tolist() == [[1, 1, 1]]
    (plain,) = bundle_demo(tmp_path / "plain", built_model()).manifest.models
    assert plain.image_encoder is None
    assert image_encoder_files(plain) == ()
    assert len(image_encoder_files(found.manifest.models[0])) == 3


def test_the_manifest_names_every_file_and_nothing_else(bundled: Bundle[SiteManifest]):
    named = {ref.url: ref for ref in referenced_files(bundled.manifest)}
    assert named.keys() == bundled.files.keys()
    for url, data in bundled.files.items():
        expected = refer(url, data)
        assert (named[url].sha256, named[url].bytes) == (expected.sha256, expected.bytes)


def test_a_picture_is_shipped_in_its_sizes_with_its_credit(bundled: Bundle[SiteManifest]):
    (image,) = bundled.manifest.images
    assert (image.id, image.description, image.credit.author) == ("red", "Red.", "Nobody")
    sizes = {ref.width: bundled.files[ref.url] for ref in (image.photo, *image.display)}
    assert sizes == {224: b"photo", 448: b"display"}
    assert bundled.files[image.thumbnail.url] == b"thumbnail"
    assert image.thumbnail.url.startswith("images/red-112-")


def test_prompts_are_tied_to_their_rows_by_id(bundled: Bundle[SiteManifest]):
    (image,), (model,) = bundled.manifest.images, bundled.manifest.models
    assert [prompt.text for prompt in image.prompts] == list(PROMPTS)
    rows = read(bundled, model.prompt_embeddings)
    expected = built_model().embeddings.ztxt
    for place, prompt in enumerate(image.prompts):
        found = rows[model.prompt_embeddings.rows.index(prompt.id)]
        np.testing.assert_allclose(found, expected[place], rtol=1e-3)
    assert model.image_embeddings.rows == ("red",)
    assert {golden.row for golden in model.goldens} <= set(model.prompt_embeddings.rows)


@pytest.mark.parametrize("dtype", ["float16", "float32"])
def test_rows_are_stored_as_the_model_asks(tmp_path: Path, dtype: str):
    built = built_model(dtype=dtype)
    site = bundle_demo(tmp_path, built)
    (model,) = site.manifest.models
    assert model.image_embeddings.dtype == model.prompt_embeddings.dtype == dtype
    assert model.image_embeddings.bytes == 3 * np.dtype(dtype).itemsize
    tolerance = 0 if dtype == "float32" else 1e-3
    found = read(site, model.prompt_embeddings)
    np.testing.assert_allclose(found, built.embeddings.ztxt, rtol=tolerance)


def test_an_encoder_comes_with_its_vocabulary_and_all_its_weights(bundled: Bundle[SiteManifest]):
    (model,) = bundled.manifest.models
    assert model.encoder
    assert (model.encoder.input, model.encoder.output) == ("tokens", "embeddings")
    fetched = {ref.url: bundled.files[ref.url] for ref in encoder_files(model)}
    assert sorted(fetched.values()) == [b"shard", b'{"pieces": []}', b"{}"]


def test_what_a_model_needs_is_compressed_where_that_saves_enough(tmp_path: Path):
    built = built_model()
    assert built.encoder
    noise, zeros = np.random.default_rng(0).bytes(5000), bytes(5000)
    encoder = replace(built.encoder, weights={"1": noise, "2": zeros}, model=b'{"node": []}' * 50)
    bundled = bundle_demo(tmp_path, replace(built, encoder=encoder))
    (model,) = bundled.manifest.models
    assert model.encoder
    graph, (first, second) = model.encoder.model, model.encoder.weights
    assert [ref.encoding for ref in (graph, first, second)] == ["gzip", None, "gzip"]
    # Names, sizes and hashes are those of what is stored.
    for ref, content in ((graph, encoder.model), (first, noise), (second, zeros)):
        stored = bundled.files[ref.url]
        assert unpack(ref, stored) == content
        assert ref.url.endswith(f"-{ref.sha256[:10]}.bin")
        assert (ref.sha256, ref.bytes) == (hashlib.sha256(stored).hexdigest(), len(stored))
    assert sum(ref.bytes for ref in encoder_files(model)) < 5200


@pytest.mark.parametrize("missing", ["encoder", "tokenizer"])
def test_tokenizer_and_encoder_come_together_or_not_at_all(tmp_path: Path, missing: str):
    built = built_model(with_encoder=missing != "encoder")
    if missing == "tokenizer":
        model = DescribedModel()
        model.tokenizer = None
        built = replace(built, model=model)
    (described,) = bundle_demo(tmp_path, built).manifest.models
    assert (described.tokenizer, described.encoder) == (None, None)
    assert encoder_files(described) == ()


def test_the_page_says_what_the_author_wrote(tmp_path: Path):
    link = {"label": "Paper", "url": "https://example.org/paper"}
    fields = {"links": [link], "language": "de", "base_url": "https://data.test/demo"}
    site = bundle_demo(tmp_path, built_model(), **fields).manifest
    assert (site.title, site.description, site.language) == ("A title", "A description", "de")
    assert [entry.model_dump() for entry in site.links] == [link]
    assert site.generator.version == __version__
    # Addresses are joined to it, so that it must end with a slash, and with one.
    assert site.base_url == "https://data.test/demo/"
    assert site.files == (), "the page's own files are added when it is assembled"


def test_the_manifest_is_written_as_the_page_reads_it(bundled: Bundle[SiteManifest]):
    data = to_json(bundled.manifest)
    assert data == to_json(bundled.manifest)
    content = json.loads(data)
    assert content["schemaVersion"] == 2
    assert content["models"][0]["imageEmbeddings"]["rows"] == ["red"]
    written = SiteManifest.model_validate_json(data)
    assert written.model_copy(update={"sha256": bundled.manifest.sha256}) == bundled.manifest
    assert "Naïve" in data.decode(), "texts stay readable"

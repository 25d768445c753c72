"""Models on cut vocabularies: the same rows for the same texts, from every kind of tower."""

import io
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

from builder.cache import Cache
from builder.errors import BuilderError, ModelError
from builder.model import ImageTextModel
from builder.models.cut import VocabularyReport, cut_vocabulary
from builder.models.load import load_model
from builder.progress import Progress
from builder.spec.models import ModelSpec, VocabularySpec
from tests.e2e.test_hub_demo import HEADS
from tests.shared import HUB_GOLDENS, needs
from tests.text.cutting.words import give_words

PROMPTS = ("a kitten on a sofa", "Two dogs, asleep.")
HUB = {
    "clip_openai": "bytes, pooled at the end token by its id",
    "clip_eos": "the same, by the highest id",
    "dual_clip_xlmr": "unigram, positions counted from padding",
    "dual_vit_bert": "WordPiece",
    "alt_clip": "SentencePiece with fairseq's ids",
    "siglip": "SentencePiece between special tokens",
    "siglip2_gemma": "merges with bytes to fall back on",
    "openclip_vit": "open_clip's own",
    "openclip_clipa": "WordPiece without [SEP]",
    "openclip_xlmr": "unigram",
    "v5_dual_clip_roberta": "bytes, positions counted from padding",
}
BRIEF = ("clip_openai",)


def cut(
    folder: Path, model: ImageTextModel, prompts: Sequence[str] = PROMPTS, **spec: object
) -> tuple[ImageTextModel, VocabularyReport]:
    return cut_vocabulary(
        model,
        VocabularySpec.model_validate(spec),
        prompts,
        cache=Cache(folder / "cache"),
        progress=Progress(Console(file=io.StringIO())),
    )


@pytest.fixture
def mini() -> ImageTextModel:
    return load_model(ModelSpec(name="mini-tiny"))


@needs(HUB_GOLDENS)
@pytest.mark.parametrize(
    "name", [name if name in BRIEF else pytest.param(name, marks=pytest.mark.long) for name in HUB]
)
def test_hubs_models_give_the_same_rows(tmp_path: Path, name: str):
    table = {"checkpoint": str(HUB_GOLDENS / name)}
    if name in HEADS:
        side, heads = HEADS[name].split(" = ", 1)
        table["architecture"] = {side: {"num_heads": int(heads.strip("{} ").split("=")[1])}}  # pyright: ignore[reportArgumentType]
    whole = load_model(ModelSpec.model_validate(table))
    with np.load(HUB_GOLDENS / name / "golden.npz") as golden:
        texts: list[str] = [t for t in json.loads(golden["texts"].item()) if t.strip()]
    lines = [*texts, *(f"{text} {number}" for number, text in enumerate(texts))]
    (tmp_path / "texts.txt").write_text("\n".join(" ".join(line.split()) for line in lines))
    smaller, report = cut(tmp_path, whole, corpus=tmp_path / "texts.txt")
    assert report.pieces < report.pieces_before
    assert report.min_cosine > 1 - 1e-5
    assert report.file_bytes_saved > 0
    tokens = smaller.tokenizer(texts)
    assert tokens.max() < report.pieces
    kept = [text for i, text in enumerate(texts) if i % 10 != 9]
    before, after = (m.text_tower(m.tokenizer(kept)) for m in (whole, smaller))
    np.testing.assert_allclose(after, before, atol=1e-5)
    assert smaller.text_fingerprint != whole.text_fingerprint


def test_prompts_keep_their_rows_whatever_else_is_cut(tmp_path: Path, mini: ImageTextModel):
    smaller, report = cut(tmp_path, mini, pieces=1500)
    assert 1300 < report.pieces <= 1500
    assert report.pieces_before == 10_000
    assert report.rows_saved == 10_000 - report.pieces
    assert report.shares == {}
    table = smaller.text_tower.params["Embed_0"]["embedding"]
    assert table.shape == (report.pieces, 192)
    before, after = (m.text_tower(m.tokenizer(PROMPTS)) for m in (mini, smaller))
    np.testing.assert_array_equal(after, before)


def test_what_was_chosen_is_kept(
    tmp_path: Path, mini: ImageTextModel, monkeypatch: pytest.MonkeyPatch
):
    first = cut(tmp_path, mini, pieces=1500)[1]
    monkeypatch.setattr("builder.models.cut.choose_pieces", None)
    assert cut(tmp_path, mini, pieces=1500)[1] == first


def test_languages_and_texts_add_up(
    tmp_path: Path, mini: ImageTextModel, monkeypatch: pytest.MonkeyPatch
):
    give_words(monkeypatch, {"en": {"cat": 0.5, "zebra": 0.3, "windmill": 0.2}})
    texts = tmp_path / "texts.txt"
    texts.write_text("\n".join(f"the {n} trumpet" for n in range(30)), encoding="utf-8")
    _, words = cut(tmp_path, mini, languages=["en"])
    _, lines = cut(tmp_path, mini, corpus=texts)
    smaller, both = cut(tmp_path, mini, languages=["en"], corpus=texts)
    assert max(words.pieces, lines.pieces) < both.pieces < words.pieces + lines.pieces
    assert set(both.shares) == {"en", "texts.txt"}
    assert both.shares["en"] > 0.99
    assert both.problems == ()
    texts_now = ["zebra windmill", "the 7 trumpet"]
    before, after = (m.text_tower(m.tokenizer(texts_now)) for m in (mini, smaller))
    np.testing.assert_array_equal(after, before)


def test_an_author_is_told_what_else_is_lost(
    tmp_path: Path, mini: ImageTextModel, monkeypatch: pytest.MonkeyPatch
):
    words = {f"{a}{b}{c}": 1.0 for a in "bdfgk" for b in "aeiou" for c in "lmnprst"}
    give_words(monkeypatch, {"en": {**words, "cat": 50.0}})
    _, free = cut(tmp_path, mini, languages=["en"])
    _, bound = cut(tmp_path, mini, languages=["en"], pieces=free.pieces - 50)
    assert bound.pieces <= free.pieces - 50
    assert bound.shares["en"] < 0.99 <= free.shares["en"]
    (problem,) = bound.problems
    assert problem.startswith("of the tokens of other text like en, only ")


def test_too_few_pieces_are_refused_with_the_number_needed(tmp_path: Path, mini: ImageTextModel):
    with pytest.raises(ModelError, match=r"mini-tiny: pieces = 10 is too few: [\d,]+ are needed"):
        cut(tmp_path, mini, pieces=10)


def test_a_file_of_few_texts_is_refused(tmp_path: Path, mini: ImageTextModel):
    (tmp_path / "texts.txt").write_text("a cat\n\na dog\na cat\n", encoding="utf-8")
    with pytest.raises(BuilderError, match=r"texts\.txt: has 2 different lines; at least 10"):
        cut(tmp_path, mini, corpus=tmp_path / "texts.txt")

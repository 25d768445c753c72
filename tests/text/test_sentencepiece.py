import io
from pathlib import Path
from typing import Any

import pytest
import sentencepiece

from builder.errors import ModelError
from builder.manifest import RowLayout
from builder.text.sentencepiece import SentencePieceTokenizer

TEXTS = [
    f"{article} {colour} {thing} {place}"
    for article in ("a", "the", "one")
    for colour in ("red", "blue", "green", "shiny", "little")
    for thing in ("kitten", "bison", "windmill", "tower", "teacup")
    for place in ("in a meadow", "on a table", "under the sea")
]


def train(**options: Any) -> bytes:
    model = io.BytesIO()
    settings: dict[str, Any] = {
        "vocab_size": 340, "model_type": "bpe", "byte_fallback": True,
        "normalization_rule_name": "nmt_nfkc_cf", "minloglevel": 2,
        "pad_id": 0, "eos_id": 1, "unk_id": 2, "bos_id": -1, **options,
    }  # fmt: skip
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(TEXTS), model_writer=model, **settings
    )
    return model.getvalue()


@pytest.fixture(scope="module")
def tokenizer() -> SentencePieceTokenizer:
    return SentencePieceTokenizer(train(), RowLayout(max_length=8, end_id=1, pad_id=1))


def test_rows_end_with_the_end_token_and_padding(tokenizer: SentencePieceTokenizer):
    (row,) = tokenizer(["a teacup"])
    pieces = [tokenizer.to_manifest().pieces[token] for token in row]
    end = pieces.index("</s>")
    assert "".join(pieces[:end]) == "▁a▁teacup"
    assert pieces[end:] == ["</s>"] * (8 - end)


def test_the_end_token_survives_truncation(tokenizer: SentencePieceTokenizer):
    rows = tokenizer(["a little windmill under the sea " * 9, "", "\N{SNOWMAN}" * 9])
    assert rows.shape == (3, 8)
    assert (rows[:, -1] == 1).all()
    assert (rows[0, :-1] != 1).all()
    assert (rows[1] == 1).all()


def test_padding_may_differ_from_the_end_token():
    tokenizer = SentencePieceTokenizer(train(), RowLayout(max_length=8, end_id=1, pad_id=0))
    (row,) = tokenizer([""])
    assert row.tolist() == [1, 0, 0, 0, 0, 0, 0, 0]


def test_texts_that_normalize_alike_have_the_same_tokens(tokenizer: SentencePieceTokenizer):
    first, second = tokenizer(["A  ＴＥＡＣＵＰ ", "a teacup"])
    assert first.tolist() == second.tolist()


def test_unknown_characters_become_bytes(tokenizer: SentencePieceTokenizer):
    (row,) = tokenizer(["\N{SNOWMAN}"])
    pieces = [tokenizer.to_manifest().pieces[token] for token in row]
    assert pieces[1:4] == ["<0xE2>", "<0x98>", "<0x83>"]


def test_the_browser_gets_the_whole_vocabulary(tokenizer: SentencePieceTokenizer):
    vocabulary = tokenizer.to_manifest()
    assert vocabulary.algorithm == "bpe"
    assert len(vocabulary.pieces) == len(vocabulary.scores) == len(vocabulary.types) == 340
    assert vocabulary.pieces[:3] == ("<pad>", "</s>", "<unk>")
    assert vocabulary.types[:3] == (3, 3, 2)
    assert vocabulary.unknown_id == 2
    assert vocabulary.byte_fallback
    assert vocabulary.add_dummy_prefix
    assert len(vocabulary.precompiled_charsmap) > 1000


def test_models_without_a_normalizer_have_no_charsmap():
    model = train(normalization_rule_name="identity")
    tokenizer = SentencePieceTokenizer(model, RowLayout(max_length=8, end_id=1, pad_id=1))
    assert tokenizer.to_manifest().precompiled_charsmap == ""


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"model_type": "word", "byte_fallback": False, "vocab_size": 20}, "WORD is not supported"),
        ({"treat_whitespace_as_suffix": True}, "treat_whitespace_as_suffix"),
    ],
)
def test_what_the_browser_cannot_do_is_refused(options: dict[str, Any], message: str):
    tokenizer = SentencePieceTokenizer(
        train(**options), RowLayout(max_length=8, end_id=1, pad_id=1)
    )
    with pytest.raises(ModelError, match=message):
        tokenizer.to_manifest()


@pytest.mark.parametrize("content", [b"", b"not a model"])
def test_a_file_that_is_no_model_is_refused_by_name(tmp_path: Path, content: bytes):
    path = tmp_path / "vocabulary.model"
    path.write_bytes(content)
    with pytest.raises(ModelError, match=r"vocabulary\.model"):
        SentencePieceTokenizer.load(path, RowLayout(max_length=8, end_id=1, pad_id=1))


def test_a_missing_file_is_refused_by_name(tmp_path: Path):
    with pytest.raises(ModelError, match=r"none\.model"):
        SentencePieceTokenizer.load(
            tmp_path / "none.model", RowLayout(max_length=8, end_id=1, pad_id=1)
        )


def test_an_old_sentencepiece_is_refused_where_it_would_split_otherwise(
    monkeypatch: pytest.MonkeyPatch,
):
    model = train(model_type="unigram", hard_vocab_limit=False, user_defined_symbols=["<keep>"])
    tokenizer = SentencePieceTokenizer(model, RowLayout(max_length=8, end_id=1, pad_id=1))
    assert "<keep>" in tokenizer.to_manifest().pieces
    monkeypatch.setattr(sentencepiece, "__version__", "0.2.1")
    with pytest.raises(ModelError, match=r"pip install 'sentencepiece>=0\.2\.3'"):
        tokenizer.to_manifest()

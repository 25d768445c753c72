import gzip
from pathlib import Path
from typing import Any

import pytest

from builder.errors import ModelError
from builder.text.hub import read_hub_tokenizer
from tests.text.hub.folders import make_bpe, write_bert, write_bpe, write_json

MINI = Path(__file__).parents[3] / "data/models/mini/tokenizer.model"


def test_a_row_keeps_its_end_when_the_text_is_too_long(tmp_path: Path):
    tokenizer = read_hub_tokenizer(write_bpe(tmp_path), 5)
    assert tokenizer(["ab", "abababab", ""]).tolist() == [
        [0, 5, 1, 2, 2],
        [0, 5, 5, 5, 1],
        [0, 1, 2, 2, 2],
    ]


@pytest.mark.parametrize(
    ("config", "length"),
    [
        ({}, 9),
        ({"model_max_length": 1e30}, 9),
        ({"model_max_length": 10**30}, 9),
        ({"model_max_length": 6}, 6),
        ({"model_max_length": 12}, 9),
    ],
)
def test_the_length_is_the_tokenizers_or_the_towers(
    tmp_path: Path, config: dict[str, Any], length: int
):
    assert read_hub_tokenizer(write_bpe(tmp_path, config), 9).layout.max_length == length


def test_special_tokens_in_the_text_are_tokens(tmp_path: Path):
    assert read_hub_tokenizer(write_bpe(tmp_path), 6)(["a<s>b"]).tolist() == [[0, 3, 0, 4, 1, 2]]


def test_a_list_of_pieces_is_bert(tmp_path: Path):
    tokenizer = read_hub_tokenizer(write_bert(tmp_path), 8)
    assert tokenizer(["Café ab!猫 [MASK]"]).tolist() == [[2, 7, 5, 6, 9, 10, 4, 3]]


def test_bert_may_keep_capitals_and_accents(tmp_path: Path):
    tokenizer = read_hub_tokenizer(write_bert(tmp_path, do_lower_case=False), 4)
    assert tokenizer(["Café", "cafe"]).tolist() == [[2, 8, 3, 0], [2, 7, 3, 0]]


def test_the_class_overrules_the_normalizer_of_the_file(tmp_path: Path):
    vocabulary = {piece: index for index, piece in enumerate(["[PAD]", "[UNK]", "A", "a"])}
    normalizer = {"type": "BertNormalizer", "clean_text": True, "handle_chinese_chars": True}
    model = {"type": "WordPiece", "vocab": vocabulary, "unk_token": "[UNK]"}
    changes = {
        "model": {**model, "continuing_subword_prefix": "##", "max_input_chars_per_word": 100},
        "normalizer": {**normalizer, "strip_accents": None, "lowercase": True},
        "post_processor": None,
        "added_tokens": [],
    }
    config = {"tokenizer_class": "BertTokenizerFast", "do_lower_case": False}
    assert read_hub_tokenizer(write_bpe(tmp_path, config, **changes), 2)(["A"]).tolist() == [[2, 0]]


def test_sentencepiece_models_of_siglip_lose_punctuation_and_capitals(tmp_path: Path):
    (tmp_path / "spiece.model").write_bytes(MINI.read_bytes())
    write_json(tmp_path / "tokenizer_config.json", {"tokenizer_class": "SiglipTokenizer"})
    tokenizer = read_hub_tokenizer(tmp_path, 12)
    one, two, cut = tokenizer(["A Photo, of_a dog!", "a photo ofa dog", "a </s> dog"]).tolist()
    assert one == two
    assert one[-1] == tokenizer.layout.end_id
    assert cut.count(tokenizer.layout.end_id or 0) > 1


def test_open_clip_takes_merges_from_its_archive(tmp_path: Path):
    (tmp_path / "bpe_simple_vocab_16e6.txt.gz").write_bytes(gzip.compress(b"head\na b</w>\n"))
    config = {"model_cfg": {"text_cfg": {"context_length": 6}}}
    write_json(tmp_path / "open_clip_config.json", config)
    tokenizer = read_hub_tokenizer(tmp_path, 77, library="open_clip")
    a, b, ab, start, end = 64, 65, 512, 513, 514
    # Entities twice, spaces, capitals; a special token only where a word begins.
    texts = ["  AB&amp;amp;\u00a0b", "<start_of_text>!<end_of_text>", "ababababab", "ba"]
    rows = tokenizer(texts).tolist()
    assert rows[0] == [start, ab, 5 + 256, b + 256, end, 0]
    assert rows[1][:2] == [start, start]
    assert rows[2][0] == start
    assert rows[2][-1] == end
    assert rows[3] == [start, b, a + 256, end, 0, 0]


def test_open_clip_may_clean_a_text_for_a_tokenizer_of_transformers(tmp_path: Path):
    text: dict[str, Any] = {"context_length": 5, "hf_tokenizer_name": "x"}
    text["tokenizer_kwargs"] = {"clean": "canonicalize", "strip_sep_token": True}
    write_json(tmp_path / "open_clip_config.json", {"model_cfg": {"text_cfg": text}})
    tokenizer = read_hub_tokenizer(write_bert(tmp_path), 77, library="open_clip")
    assert tokenizer(["CAF_É!", "Café"]).tolist() == [[2, 1, 1, 0, 0], [2, 7, 0, 0, 0]]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"normalizer": {"type": "ByteLevel"}}, "normalizer: 'ByteLevel' is not supported"),
        ({"pre_tokenizer": {"type": "UnicodeScripts"}}, "pre_tokenizer: 'UnicodeScripts' is not"),
        (
            {"model": {"type": "WordLevel", "vocab": {"a": 0, "<pad>": 1}, "unk_token": "a"}},
            "'Word",
        ),
        ({"model": {**make_bpe()["model"], "dropout": 0.5}}, "dropout = 0.5 is not supported"),
        ({"model": {"type": "BPE"}}, "not a tokenizer of Hugging Face's"),
        ({"model": {"type": "BPE", "vocab": {"a": 0}, "merges": []}}, "has no piece <pad>"),
        (
            {"model": {"type": "Unigram", "vocab": [["a", 0.0], ["<pad>", -1.0]], "unk_id": None}},
            "unk_id = None is not supported",
        ),
        (
            {
                "model": {"type": "WordPiece", "vocab": {"<pad>": 0}, "unk_token": "?"}
                | {"continuing_subword_prefix": "##", "max_input_chars_per_word": 9}
            },
            r"unk_token = '\?' is not in the vocabulary",
        ),
        ({"model": 3}, "not a tokenizer of Hugging Face's"),
        ({"added_tokens": [{"id": 0, "content": "<s>", "special": True}]}, "not a tokenizer"),
        (
            {
                "pre_tokenizer": {
                    "type": "Split",
                    "pattern": {"Regex": "a++"},
                    "behavior": "Isolated",
                    "invert": False,
                }
            },
            r"the pattern 'a\+\+' has '\+' at 2",
        ),
        ({"normalizer": {"type": "Precompiled", "precompiled_charsmap": "AAAA"}}, "is damaged"),
        ({"normalizer": {"type": "Precompiled", "precompiled_charsmap": "!"}}, "is not Base64"),
    ],
)
def test_what_the_page_could_not_do_is_refused_by_name(
    tmp_path: Path, changes: dict[str, Any], message: str
):
    with pytest.raises(ModelError, match=message) as error:
        read_hub_tokenizer(write_bpe(tmp_path, **changes), 8)
    assert "tokenizer.json" in str(error.value)


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({"padding_side": "left"}, "padding_side = 'left' is not supported"),
        ({"model_max_length": -3}, "model_max_length = -3 is no length"),
        ({"pad_token": "<none>"}, "has no piece <none>"),
        ({"pad_token": 3}, "pad_token = 3 is not a text"),
    ],
)
def test_settings_that_no_row_can_have_are_refused(
    tmp_path: Path, config: dict[str, Any], message: str
):
    with pytest.raises(ModelError, match=message):
        read_hub_tokenizer(write_bpe(tmp_path, config), 8)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ({"tokenizer_kwargs": {"clean": "scrub"}}, "clean = 'scrub' is not lower or whitespace"),
        ({"tokenizer_kwargs": {"reduction_mask": "simple"}}, "reduction_mask of the tokenizer is"),
        ({"tokenizer_kwargs": "lower"}, "tokenizer_kwargs is not a table"),
        ({"context_length": "x"}, "context_length = 'x' is no length"),
        ({}, "holds no merges of CLIP's tokenizer"),
    ],
)
def test_what_open_clip_alone_can_do_is_refused(tmp_path: Path, text: dict[str, Any], message: str):
    write_json(tmp_path / "open_clip_config.json", {"model_cfg": {"text_cfg": text}})
    with pytest.raises(ModelError, match=message):
        read_hub_tokenizer(tmp_path, 77, library="open_clip")


def test_a_folder_without_a_tokenizer_is_told_what_may_be_there(tmp_path: Path):
    with pytest.raises(ModelError, match=r"has none of tokenizer\.json, vocab\.json") as error:
        read_hub_tokenizer(tmp_path, 8)
    assert "tokenizer included" in error.value.remedy

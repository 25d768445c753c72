"""Small folders with tokenizers, written by hand."""

import json
from pathlib import Path
from typing import Any

PLAIN = {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False}

BERT = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "##b", "cafe", "Café", "!", "猫"]


def write_json(path: Path, value: Any) -> None:
    path.write_text(json.dumps(value), encoding="utf-8")


def make_bpe(**changes: Any) -> dict[str, Any]:
    """A `tokenizer.json` of the pieces a, b and ab between <s> and </s>."""
    vocabulary = {"<s>": 0, "</s>": 1, "<pad>": 2, "a": 3, "b": 4, "ab": 5, " ": 6}
    model = {"type": "BPE", "vocab": vocabulary, "merges": ["a b"]}
    processor = {"type": "RobertaProcessing", "sep": ["</s>", 1], "cls": ["<s>", 0]}
    return {
        "version": "1.0",
        "added_tokens": [{"id": 0, "content": "<s>", "special": True, **PLAIN}],
        "normalizer": None,
        "pre_tokenizer": None,
        "post_processor": {**processor, "trim_offsets": True, "add_prefix_space": False},
        "decoder": None,
        "model": model,
        **changes,
    }


def write_bpe(folder: Path, config: dict[str, Any] | None = None, **changes: Any) -> Path:
    """A folder with that tokenizer; `changes` are of its parts."""
    write_json(folder / "tokenizer.json", make_bpe(**changes))
    write_json(folder / "tokenizer_config.json", config or {})
    return folder


def write_bert(folder: Path, **config: Any) -> Path:
    """A folder as old BERT models have it, with a `vocab.txt`."""
    lines = "".join(f"{piece}\n" for piece in BERT)
    (folder / "vocab.txt").write_text(lines, encoding="utf-8")
    write_json(folder / "tokenizer_config.json", {"tokenizer_class": "BertTokenizer", **config})
    return folder

"""What transformers' tokenizer classes add to their files: templates, and overrides of settings."""

from collections.abc import Mapping, Sequence
from typing import Any

from builder.errors import ModelError
from builder.text.hub.config import TokenizerConfig

Json = Mapping[str, Any]

_CLIP_PATTERN = r"'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"


def adapt(spec: Json, config: TokenizerConfig) -> Json:
    """The `tokenizer.json` as the class in `tokenizer_config.json` changes it when it is read."""
    name = config.class_name
    if name.startswith(("Bert", "DistilBert", "Electra")):
        return _adapt_bert(spec, config)
    if name.startswith("Gemma"):
        return _adapt_gemma(spec, config)
    if name.startswith("Siglip2"):
        return _adapt_siglip2(spec)
    if name.startswith(("Roberta", "GPT2")) and "add_prefix_space" in config.values:
        return _adapt_prefix_space(spec, config.flag("add_prefix_space", False))
    return spec


def _adapt_bert(spec: Json, config: TokenizerConfig) -> Json:
    normalizer = spec.get("normalizer") or {}
    if normalizer.get("type") != "BertNormalizer":
        return spec
    return {**spec, "normalizer": {**normalizer, **_bert_options(config)}}


def _bert_options(config: TokenizerConfig) -> Json:
    return {
        "lowercase": config.flag("do_lower_case", True),
        "strip_accents": config.values.get("strip_accents"),
        "handle_chinese_chars": config.flag("tokenize_chinese_chars", True),
    }


def _adapt_gemma(spec: Json, config: TokenizerConfig) -> Json:
    if "add_bos_token" not in config.values and "add_eos_token" not in config.values:
        return spec
    ids = {token["content"]: token["id"] for token in spec.get("added_tokens", [])}
    start, end = config.token("bos_token", "<bos>"), config.token("eos_token", "<eos>")
    marks = (
        start if config.flag("add_bos_token", False) else None,
        end if config.flag("add_eos_token", False) else None,
    )
    return {**spec, "post_processor": make_template(marks, ids)}


def _adapt_siglip2(spec: Json) -> Json:
    normalizer = spec.get("normalizer")
    if normalizer and "Lowercase" in {part.get("type") for part in _parts(normalizer)}:
        return spec
    parts = [{"type": "Lowercase"}, *([normalizer] if normalizer else [])]
    return {**spec, "normalizer": {"type": "Sequence", "normalizers": parts}}


def _parts(normalizer: Json) -> Sequence[Json]:
    return normalizer.get("normalizers", [normalizer])


def _adapt_prefix_space(spec: Json, add: bool) -> Json:
    splitter = spec.get("pre_tokenizer") or {}
    if splitter.get("type") != "ByteLevel":
        return spec
    return {**spec, "pre_tokenizer": {**splitter, "add_prefix_space": add}}


def make_template(marks: tuple[str | None, str | None], ids: Mapping[str, int]) -> Json:
    """A post-processor that puts those tokens at the start and at the end.

    Raises:
        ModelError: if one of them has no id.
    """
    for mark in marks:
        if mark is not None and mark not in ids:
            raise ModelError(f"the vocabulary has no piece {mark}.")
    start, end = ([{"SpecialToken": {"id": m, "type_id": 0}}] if m else [] for m in marks)
    return {
        "type": "TemplateProcessing",
        "single": [*start, {"Sequence": {"id": "A", "type_id": 0}}, *end],
        "pair": [
            *start,
            {"Sequence": {"id": "A", "type_id": 0}},
            {"Sequence": {"id": "B", "type_id": 1}},
        ],
        "special_tokens": {m: {"id": m, "ids": [ids[m]], "tokens": [m]} for m in marks if m},
    }


def make_clip(vocabulary: Mapping[str, int], merges: Any, config: TokenizerConfig) -> Json:
    """`CLIPTokenizer` of a `vocab.json` and a `merges.txt`."""
    start, end = (
        config.token("bos_token", "<|startoftext|>"),
        config.token("eos_token", "<|endoftext|>"),
    )
    space = {"type": "Replace", "pattern": {"Regex": r"\s+"}, "content": " "}
    split = {
        "type": "Split",
        "pattern": {"Regex": _CLIP_PATTERN},
        "behavior": "Removed",
        "invert": True,
    }
    return {
        "version": "1.0",
        "added_tokens": _list_added(vocabulary, [start, end], config),
        "normalizer": {
            "type": "Sequence",
            "normalizers": [{"type": "NFC"}, space, {"type": "Lowercase"}],
        },
        "pre_tokenizer": {"type": "Sequence", "pretokenizers": [split, _byte_level(False)]},
        "post_processor": make_template((start, end), vocabulary),
        "decoder": None,
        "model": {**_make_bpe(vocabulary, merges), "unk_token": end, "end_of_word_suffix": "</w>"},
    }


def make_roberta(vocabulary: Mapping[str, int], merges: Any, config: TokenizerConfig) -> Json:
    """`RobertaTokenizer` of a `vocab.json` and a `merges.txt`."""
    names = ("bos_token", "pad_token", "eos_token", "unk_token", "mask_token")
    defaults = ("<s>", "<pad>", "</s>", "<unk>", "<mask>")
    tokens = [config.token(name, text) for name, text in zip(names, defaults, strict=True)]
    marks = (config.token("cls_token", "<s>"), config.token("sep_token", "</s>"))
    return {
        "version": "1.0",
        "added_tokens": _list_added(vocabulary, tokens, config),
        "normalizer": None,
        "pre_tokenizer": _byte_level(config.flag("add_prefix_space", False)),
        "post_processor": make_template(marks, vocabulary),
        "decoder": None,
        "model": _make_bpe(vocabulary, merges),
    }


def make_bert(vocabulary: Mapping[str, int], config: TokenizerConfig) -> Json:
    """`BertTokenizer` of a `vocab.txt`."""
    names = ("unk_token", "sep_token", "pad_token", "cls_token", "mask_token")
    unknown, end, pad, start, mask = (
        config.token(name, f"[{name.removesuffix('_token').upper()}]") for name in names
    )
    return {
        "version": "1.0",
        "added_tokens": _list_added(vocabulary, [pad, unknown, start, end, mask], config),
        "normalizer": {"type": "BertNormalizer", "clean_text": True, **_bert_options(config)},
        "pre_tokenizer": {"type": "BertPreTokenizer"},
        "post_processor": make_template((start, end), vocabulary),
        "decoder": None,
        "model": {
            "type": "WordPiece",
            "vocab": vocabulary,
            "unk_token": unknown,
            "continuing_subword_prefix": "##",
            "max_input_chars_per_word": 100,
        },
    }


def _make_bpe(vocabulary: Mapping[str, int], merges: Any) -> Json:
    return {"type": "BPE", "vocab": vocabulary, "merges": merges}


def _byte_level(add_prefix_space: bool) -> Json:
    return {
        "type": "ByteLevel",
        "add_prefix_space": add_prefix_space,
        "trim_offsets": True,
        "use_regex": True,
    }


def _list_added(
    vocabulary: Mapping[str, int], tokens: Sequence[str | None], config: TokenizerConfig
) -> list[Json]:
    """The special tokens that are in the vocabulary, with the flags that the folder gives them."""
    given = {token.get("content"): token for token in added_tokens_of(config).values()}
    plain = {
        "single_word": False,
        "lstrip": False,
        "rstrip": False,
        "normalized": False,
        "special": True,
    }
    found = {token: vocabulary[token] for token in tokens if token in vocabulary and token}
    added = [
        {**plain, **given.get(token, {}), "id": index, "content": token}
        for token, index in found.items()
    ]
    return sorted(added, key=lambda token: token["id"])


def added_tokens_of(config: TokenizerConfig) -> Mapping[str, Json]:
    """`added_tokens_decoder` of `tokenizer_config.json`: tokens by id.

    Raises:
        ModelError: if it is something else.
    """
    tokens = config.values.get("added_tokens_decoder") or {}
    if not isinstance(tokens, dict) or not all(
        index.isdecimal() and isinstance(token, dict) and isinstance(token.get("content"), str)
        for index, token in tokens.items()
    ):
        raise ModelError(f"{config.path}: added_tokens_decoder is not a table of tokens by id.")
    return tokens

"""The tokenizer of a folder as `save_pretrained`, open_clip or a download from a hub leaves it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_args

from builder.errors import ModelError, naming
from builder.input_file import read_input, read_input_json, read_input_text
from builder.manifest import RowLayout
from builder.options import Library
from builder.text.hub.classes import adapt, added_tokens_of, make_bert, make_clip, make_roberta
from builder.text.hub.cleaning import CleanKind, make_cleaning
from builder.text.hub.config import TokenizerConfig, read_object, read_tokenizer_config
from builder.text.hub.pipeline import Cleaning, PipelineTokenizer, open_spec
from builder.text.hub.sections import (
    SectionRules,
    SectionTokenizer,
    make_siglip_rules,
    renumber_as_fairseq,
)
from builder.text.hub.simple import parse_merges, read_simple_tokenizer
from builder.text.sentencepiece_model import check_model, open_model
from builder.text.tokenizer import Tokenizer
from builder.vocabulary import AddedToken

Json = Mapping[str, Any]

OPEN_CLIP_CONFIG = "open_clip_config.json"
_FILES = (
    *("tokenizer.json", "vocab.json", "vocab.txt"),
    *("spiece.model", "sentencepiece.bpe.model", "tokenizer.model"),
)
_REMEDY = "Take the folder as its library saved it, tokenizer included."


def read_hub_tokenizer(
    folder: Path, positions: int, *, library: Library = "transformers"
) -> Tokenizer:
    """A tokenizer with the token ids of the model's own library.

    `positions` is how many token ids the text tower can read; the folder may say fewer. `library`
    is the one whose weights are used.

    Raises:
        ModelError: if the folder has no tokenizer, a damaged one, or one that the web app could not
            follow.
    """
    if library == "open_clip":
        return _read_open_clip(folder, positions)
    config = read_tokenizer_config(folder)
    return _read_files(folder, config, config.row_length(positions))


def _read_open_clip(folder: Path, positions: int) -> Tokenizer:
    path = folder / OPEN_CLIP_CONFIG
    text = _get_object(path, _get_object(path, read_object(path), "model_cfg"), "text_cfg")
    length = text.get("context_length", 77)
    if type(length) is not int or length < 2:
        raise ModelError(f"{path}: context_length = {length!r} is no length of a row.")
    length = min(length, positions)
    has_classes = bool(text.get("hf_tokenizer_name"))
    options = dict(_get_object(path, text, "tokenizer_kwargs"))
    clean = options.pop("clean", "whitespace" if has_classes else "lower")
    strip = options.pop("strip_sep_token", False) if has_classes else False
    if text.get("tokenizer_mode") or options:
        what = ", ".join(options) or f"tokenizer_mode {text['tokenizer_mode']!r}"
        raise ModelError(f"{path}: {what} of the tokenizer is not supported.")
    if clean not in get_args(CleanKind):
        raise ModelError(f"{path}: clean = {clean!r} is not {' or '.join(get_args(CleanKind))}.")
    if not has_classes:
        return read_simple_tokenizer(folder, length, clean)
    config = read_tokenizer_config(folder)
    cleaning = make_cleaning(clean)
    return _read_files(folder, config, length, cleaning=cleaning, without_end=strip)


def _get_object(path: Path, values: Json, name: str) -> Json:
    found = values.get(name) or {}
    if not isinstance(found, dict):
        raise ModelError(f"{path}: {name} is not a table.", _REMEDY)
    return found


def _read_files(
    folder: Path,
    config: TokenizerConfig,
    length: int,
    *,
    cleaning: Cleaning | None = None,
    without_end: bool = False,
) -> Tokenizer:
    name = next((name for name in _FILES if (folder / name).exists()), None)
    if name is None:
        raise ModelError(f"{folder}: has none of {', '.join(_FILES)}.", _REMEDY)
    path = folder / name
    if path.suffix == ".model":
        if cleaning:
            raise ModelError(
                f"{folder}: open_clip's tokenizer of {name} is read from a tokenizer.json only.",
                "Save the tokenizer again with transformers 5.",
            )
        with naming(path):
            return _read_sentencepiece(path, config, length)
    spec = _read_spec(path, config)
    with naming(path):
        ids = _ids_of(spec)
        replaced = {}
        if without_end:
            end = config.token("sep_token", "[SEP]")
            replaced = {_find(ids, end): 0}
        layout = RowLayout(max_length=length, pad_id=_find(ids, config.pad_token))
        return PipelineTokenizer(spec, layout, cleaning=cleaning, replaced=replaced)


def _read_spec(path: Path, config: TokenizerConfig) -> Json:
    if path.name == "tokenizer.json":
        spec = read_object(path)
        with naming(path):
            return adapt(open_spec(spec)[1], config)
    if path.name == "vocab.txt":
        text = read_input_text(path, _REMEDY, ModelError).removesuffix("\n")
        vocabulary = {line.rstrip(): index for index, line in enumerate(text.split("\n"))}
        with naming(path):
            return make_bert(vocabulary, config)
    vocabulary = _read_vocabulary(path)
    merges_path = path.with_name("merges.txt")
    lines = read_input_text(merges_path, _REMEDY, ModelError).split("\n")
    merges = [list(merge) for merge in parse_merges(merges_path, lines)]
    is_clip = config.class_name.startswith("CLIP") or any(
        right.endswith("</w>") for _, right in merges
    )
    with naming(path):
        return (make_clip if is_clip else make_roberta)(vocabulary, merges, config)


def _read_vocabulary(path: Path) -> Mapping[str, int]:
    vocabulary = read_input_json(path, _REMEDY, ModelError)
    if not isinstance(vocabulary, dict) or not all(type(i) is int for i in vocabulary.values()):
        raise ModelError(f"{path}: is not a table of ids by piece.", _REMEDY)
    return vocabulary


def _ids_of(spec: Json) -> Mapping[str, int]:
    """All pieces and added tokens."""
    vocabulary = spec["model"]["vocab"]
    if isinstance(vocabulary, list):  # Unigram's
        vocabulary = {entry[0]: index for index, entry in enumerate(vocabulary)}
    return vocabulary | {token["content"]: token["id"] for token in spec.get("added_tokens", [])}


def _find(ids: Mapping[str, int], token: str | None) -> int:
    if token is None or token not in ids:
        raise ModelError(f"the vocabulary has no piece {token}.", _REMEDY)
    return ids[token]


def _read_sentencepiece(path: Path, config: TokenizerConfig, length: int) -> SectionTokenizer:
    data = read_input(path, _REMEDY, ModelError)
    name = config.class_name
    is_fairseq = path.name == "sentencepiece.bpe.model" and not name.startswith("Camembert")
    model = renumber_as_fairseq(data) if is_fairseq else check_model(data)
    processor = open_model(model)
    ids = {processor.id_to_piece(i): i for i in range(processor.vocab_size())}
    is_siglip = name.startswith("Siglip") and not name.startswith("Siglip2")
    end_token = config.token("eos_token", "<eos>" if name.startswith("Gemma") else "</s>")
    unknown = config.token("unk_token", "<unk>") or "<unk>"
    start = ids["<s>"] if is_fairseq else None
    if name.startswith("Gemma") and config.flag("add_bos_token", True):
        start = _find(ids, config.token("bos_token", "<bos>"))
    has_end = not name.startswith("Gemma") or config.flag("add_eos_token", False)
    layout = RowLayout(
        max_length=length,
        start_id=start,
        end_id=_find(ids, end_token) if has_end else None,
        pad_id=_find(ids, config.pad_token),
    )
    lower = config.flag("do_lower_case", True)
    rules = make_siglip_rules(lower=lower, unknown=unknown) if is_siglip else SectionRules()
    return SectionTokenizer(model, layout, _list_added(ids, config, is_siglip), rules)


def _list_added(
    ids: Mapping[str, int], config: TokenizerConfig, strips: bool
) -> tuple[AddedToken, ...]:
    """Special tokens by the folder's table of them, or those that it names."""
    given = added_tokens_of(config)
    if given:
        return tuple(
            AddedToken(
                content=token["content"],
                id=int(index),
                left_strip=bool(token.get("lstrip")),
                right_strip=bool(token.get("rstrip")),
            )
            for index, token in sorted(given.items(), key=lambda item: int(item[0]))
        )
    names = ("bos_token", "eos_token", "unk_token", "pad_token", "mask_token")
    contents = {config.token(name) for name in names} | {config.pad_token, "</s>", "<unk>"}
    return tuple(
        AddedToken(
            content=content,
            id=ids[content],
            left_strip=strips or content == "<mask>",
            right_strip=strips,
        )
        for content in sorted(token for token in contents if token in ids and token)
    )

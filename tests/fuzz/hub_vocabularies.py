"""A folder of each kind of tokenizer that hubs have, trained here on texts in many scripts."""

import gzip
import json
import tempfile
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from sentencepiece import sentencepiece_model_pb2 as proto
from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

from builder.text.canonicalization import replace_lone_surrogates
from builder.text.hub import read_hub_tokenizer
from builder.text.tokenizer import Tokenizer as RowTokenizer
from tests.fuzz.sentencepiece_training import train
from tests.fuzz.texts import make_texts, real_texts

MAX_LENGTH = 4096
_BIG, _SMALL = 8000, 2000
_CLIP = Regex(r"'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+")
_FAIRSEQ = ["<s>", "<pad>", "</s>", "<unk>"]


def hub_clip() -> RowTokenizer:
    """As CLIP's `tokenizer.json`: byte-level, ends of words marked."""
    return _read({"tokenizer.json": _clip()}, pad_token="<|endoftext|>")


def hub_clip_files() -> RowTokenizer:
    """The same from `vocab.json` and `merges.txt`."""
    model = json.loads(_clip())["model"]
    merges = "\n".join(["#version: 0.2", *map(" ".join, model["merges"]), ""])
    files = {"vocab.json": json.dumps(model["vocab"]), "merges.txt": merges}
    return _read(files, tokenizer_class="CLIPTokenizer")


def hub_roberta() -> RowTokenizer:
    """As RoBERTa's: GPT-2's splitting, with a space put before the text."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=True)
    _train_bpe(tokenizer, _BIG, [*_FAIRSEQ, "<mask>"], _byte_alphabet())
    return _read(
        {"tokenizer.json": _finish(tokenizer, ("<s>", "</s>"))},
        tokenizer_class="RobertaTokenizer",
        add_prefix_space=True,
    )


def hub_chat() -> RowTokenizer:
    """As byte-level ones of language models: case folded in the pattern, whole words kept."""
    tokenizer = Tokenizer(models.BPE(ignore_merges=True))
    pattern = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}"
    pattern += r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
    tokenizer.normalizer = normalizers.NFC()
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(pattern), "isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    _train_bpe(tokenizer, _BIG, ["<pad>", "<s>", "</s>"], _byte_alphabet())
    return _read({"tokenizer.json": _finish(tokenizer, ("<s>", "</s>"))})


def hub_xlmr() -> RowTokenizer:
    """As XLM-R's `tokenizer.json`: Unigram, a charsmap, fairseq's ids, a mask that takes spaces."""
    tokenizer = _unigram(
        normalizers.Sequence(
            [
                normalizers.Precompiled(_charsmap()),
                normalizers.Strip(left=False, right=True),
                normalizers.Replace(Regex(" {2,}"), "▁"),
            ]
        ),
        pre_tokenizers.Metaspace(),
    )
    return _read({"tokenizer.json": _finish(tokenizer, ("<s>", "</s>"), mask=True)})


def hub_xlmr_words() -> RowTokenizer:
    """The same as transformers 5 writes it."""
    tokenizer = _unigram(
        normalizers.Precompiled(_charsmap()),
        pre_tokenizers.Sequence([pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace()]),
    )
    return _read({"tokenizer.json": _finish(tokenizer, ("<s>", "</s>"))})


def hub_xlmr_model() -> RowTokenizer:
    """The same from `sentencepiece.bpe.model`."""
    model = train(model_type="unigram", vocab_size=_SMALL, unk_id=0, bos_id=1, eos_id=2, pad_id=-1)
    return _read({"sentencepiece.bpe.model": model}, tokenizer_class="XLMRobertaTokenizer")


def hub_bert() -> RowTokenizer:
    """As BERT's uncased ones."""
    return _read({"tokenizer.json": _wordpiece(lowercase=True)}, tokenizer_class="BertTokenizer")


def hub_bert_cased() -> RowTokenizer:
    """As BERT's cased ones, from `vocab.txt`."""
    vocabulary = json.loads(_wordpiece(lowercase=False))["model"]["vocab"]
    lines = "".join(f"{piece}\n" for piece in sorted(vocabulary, key=vocabulary.__getitem__))
    return _read({"vocab.txt": lines}, tokenizer_class="BertTokenizer", do_lower_case=False)


def hub_gemma() -> RowTokenizer:
    """As Gemma's: byte fallback, spaces marked and kept, tokens of spaces cut out."""
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>", fuse_unk=True, byte_fallback=True))
    tokenizer.normalizer = normalizers.Replace(" ", "▁")
    tokenizer.pre_tokenizer = pre_tokenizers.Split(" ", "merged_with_previous")
    special = ["<pad>", "<eos>", "<bos>", "<unk>", *(f"<0x{b:02X}>" for b in range(256))]
    _train_bpe(tokenizer, _SMALL, special, [])
    spec = json.loads(_finish(tokenizer, (None, "<eos>")))
    spec["added_tokens"] = [token for token in spec["added_tokens"] if token["id"] < 4]
    for content in ("▁▁", "▁▁▁", "\n"):
        spec["model"]["vocab"].setdefault(content, len(spec["model"]["vocab"]))
        token = {**spec["added_tokens"][0], "content": content, "special": False}
        spec["added_tokens"].append({**token, "id": spec["model"]["vocab"][content]})
    spec["model"] |= {"byte_fallback": True, "fuse_unk": True, "unk_token": "<unk>"}
    options = {"add_bos_token": False, "add_eos_token": True, "tokenizer_class": "GemmaTokenizer"}
    return _read({"tokenizer.json": json.dumps(spec)}, **options)


def hub_siglip() -> RowTokenizer:
    """As SigLIP's `spiece.model`: punctuation and capitals taken away, special tokens cut out."""
    model = train(model_type="unigram", vocab_size=_SMALL, unk_id=2, bos_id=-1, eos_id=1, pad_id=0)
    return _read({"spiece.model": model}, tokenizer_class="SiglipTokenizer")


def hub_open_clip() -> RowTokenizer:
    """As open_clip's SimpleTokenizer, from its archive."""
    merges = "\n".join(["head", *map(" ".join, json.loads(_clip())["model"]["merges"])])
    archive = gzip.compress(merges.encode())
    return _read({"bpe_simple_vocab_16e6.txt.gz": archive}, open_clip={})


def hub_open_clip_canonical() -> RowTokenizer:
    """As open_clip's SigLIP: texts cleaned, capitals and punctuation taken away."""
    tokenizer = _unigram(normalizers.Precompiled(_charsmap()), pre_tokenizers.Metaspace())
    text = {"hf_tokenizer_name": "any", "tokenizer_kwargs": {"clean": "canonicalize"}}
    files = {"tokenizer.json": _finish(tokenizer, (None, "</s>"))}
    return _read(files, open_clip=text)


def hub_open_clip_bert() -> RowTokenizer:
    """As open_clip's CLIPA: [SEP] is replaced by 0."""
    text = {"hf_tokenizer_name": "any", "tokenizer_kwargs": {"strip_sep_token": True}}
    files = {"tokenizer.json": _wordpiece(lowercase=True)}
    return _read(files, open_clip=text, tokenizer_class="BertTokenizer")


def hub_unusual() -> RowTokenizer:
    """What published models have no use for, but `tokenizers` does."""
    steps = [normalizers.Nmt(), normalizers.NFKD(), normalizers.StripAccents()]
    steps += [normalizers.Lowercase(), normalizers.Strip(), normalizers.Prepend("«")]
    splits = [pre_tokenizers.Whitespace(), pre_tokenizers.Digits(individual_digits=False)]
    splits += [pre_tokenizers.Punctuation("contiguous"), pre_tokenizers.Split("e", "contiguous")]
    splits += [pre_tokenizers.Split(Regex("[aàß]|ab"), "merged_with_next", invert=True)]
    tokenizer = _unigram(normalizers.Sequence(steps), pre_tokenizers.Sequence(splits))
    return _read({"tokenizer.json": _finish(tokenizer, (None, None))})


HUB_VOCABULARIES: Mapping[str, Callable[[], RowTokenizer]] = {
    make.__name__.replace("_", "-"): make
    for make in (
        *(hub_clip, hub_clip_files, hub_roberta, hub_chat, hub_xlmr, hub_xlmr_words),
        *(hub_xlmr_model, hub_bert, hub_bert_cased, hub_gemma, hub_siglip, hub_open_clip),
        *(hub_open_clip_canonical, hub_open_clip_bert, hub_unusual),
    )
}


def _read(
    files: Mapping[str, str | bytes], *, open_clip: Any = None, **config: Any
) -> RowTokenizer:
    """The tokenizer of a folder with those files."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for file, content in files.items():
            data = content.encode() if isinstance(content, str) else content
            (folder / file).write_bytes(data)
        (folder / "tokenizer_config.json").write_text(json.dumps(config))
        if open_clip is not None:
            text = {"context_length": MAX_LENGTH, **open_clip}
            spec = {"model_cfg": {"text_cfg": text}}
            (folder / "open_clip_config.json").write_text(json.dumps(spec))
        library = "transformers" if open_clip is None else "open_clip"
        return read_hub_tokenizer(folder, MAX_LENGTH, library=library)


@cache
def _corpus() -> tuple[str, ...]:
    texts = (*real_texts(), *make_texts(3000, 7, ["token"]))
    return tuple(map(replace_lone_surrogates, texts))


def _byte_alphabet() -> list[str]:
    return pre_tokenizers.ByteLevel.alphabet()


@cache
def _clip() -> str:
    tokenizer = Tokenizer(models.BPE(end_of_word_suffix="</w>", unk_token="<|endoftext|>"))
    space = normalizers.Replace(Regex(r"\s+"), " ")
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFC(), space, normalizers.Lowercase()])
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(_CLIP, "removed", invert=True),
            pre_tokenizers.ByteLevel(add_prefix_space=False),
        ]
    )
    marks = ("<|startoftext|>", "<|endoftext|>")
    alphabet = _byte_alphabet()
    _train_bpe(tokenizer, _BIG, list(marks), alphabet, end_of_word_suffix="</w>")
    spec = json.loads(_finish(tokenizer, marks))
    vocabulary: dict[str, int] = spec["model"]["vocab"]
    for letter in alphabet:  # which the corpus need not have at the end of a word
        vocabulary.setdefault(f"{letter}</w>", len(vocabulary))
    for token in spec["added_tokens"]:
        token["normalized"] = True
    return json.dumps(spec)


def _train_bpe(
    tokenizer: Tokenizer, size: int, special: list[str], alphabet: list[str], **options: Any
) -> None:
    trainer = trainers.BpeTrainer(
        vocab_size=size,
        special_tokens=special,
        initial_alphabet=alphabet,
        show_progress=False,
        **options,
    )
    tokenizer.train_from_iterator(_corpus(), trainer)


def _unigram(
    normalizer: normalizers.Normalizer, pre_tokenizer: pre_tokenizers.PreTokenizer
) -> Tokenizer:
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.normalizer = normalizer
    tokenizer.pre_tokenizer = pre_tokenizer
    trainer = trainers.UnigramTrainer(
        vocab_size=_SMALL, special_tokens=_FAIRSEQ, unk_token="<unk>", show_progress=False
    )
    # Not the whole corpus: letters that it lacks are unknown.
    tokenizer.train_from_iterator(real_texts(), trainer)
    return tokenizer


@cache
def _charsmap() -> bytes:
    model = train(model_type="unigram", vocab_size=500, normalization_rule_name="nmt_nfkc")
    spec: Any = proto.ModelProto.FromString(model)  # pyright: ignore[reportAttributeAccessIssue]
    return spec.normalizer_spec.precompiled_charsmap


def _wordpiece(*, lowercase: bool) -> str:
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=lowercase)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    trainer = trainers.WordPieceTrainer(
        vocab_size=_SMALL, special_tokens=special, show_progress=False
    )
    tokenizer.train_from_iterator(_corpus(), trainer)
    return _finish(tokenizer, ("[CLS]", "[SEP]"))


def _finish(
    tokenizer: Tokenizer, marks: tuple[str | None, str | None], *, mask: bool = False
) -> str:
    """The `tokenizer.json`, with a post-processor."""
    tokenizer.decoder = decoders.ByteLevel()
    spec = json.loads(tokenizer.to_str())
    ids = tokenizer.get_vocab()
    if mask:
        spec["model"]["vocab"].append(["<mask>", 0.0])
        flags = {"single_word": False, "lstrip": True, "rstrip": False, "normalized": True}
        number = len(spec["model"]["vocab"]) - 1
        spec["added_tokens"].append({"id": number, "content": "<mask>", "special": True, **flags})
    start, end = ([{"SpecialToken": {"id": m, "type_id": 0}}] if m else [] for m in marks)
    one = {"Sequence": {"id": "A", "type_id": 0}}
    spec["post_processor"] = {
        "type": "TemplateProcessing",
        "single": [*start, one, *end],
        "pair": [one, {"Sequence": {"id": "B", "type_id": 1}}],
        "special_tokens": {m: {"id": m, "ids": [ids[m]], "tokens": [m]} for m in marks if m},
    }
    return json.dumps(spec)

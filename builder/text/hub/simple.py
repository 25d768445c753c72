"""open_clip's SimpleTokenizer: CLIP's byte-pair encoding, with ids numbered by its merges."""

import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tokenizers import Regex, models, pre_tokenizers

from builder.errors import ModelError, naming
from builder.input_file import MAX_BYTES, read_input, read_input_text
from builder.manifest import CompressibleRef, PipelineRef, RowLayout
from builder.text.characters import BYTES_BY_LETTER
from builder.text.hub.cleaning import CleanKind, make_cleaning
from builder.text.hub.components import describe_pre_tokenizer
from builder.text.hub.config import read_object
from builder.text.hub.patterns import PatternWriter
from builder.text.hub.pipeline import open_spec
from builder.text.hub.segmenters import list_pieces, pack_merges
from builder.text.tokenizer import canonicalize_all, make_rows
from builder.vocabulary import BpeSegmenter, PipelineModel

ARCHIVE = "bpe_simple_vocab_16e6.txt.gz"
_SPECIAL = ("<start_of_text>", "<end_of_text>")
_SUFFIX = "</w>"
_MERGES = 49_152 - 256 - 2
"""How many merges of the archive are used; it has five times as many."""
# open_clip ignores case everywhere, so U+0345, a mark whose capital is a letter, is in no class.
_PATTERN = (
    r"(?i:<start_of_text>|<end_of_text>|'s|'t|'re|'ve|'m|'ll|'d)"
    r"|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}\u0345]+"
)
_CACHE_SIZE = 1 << 16
Merge = tuple[str, str]


class SimpleTokenizer:
    """Texts to rows of exactly `context_length` ids, padded with 0 after the end token."""

    def __init__(self, merges: Sequence[Merge], context_length: int, clean: CleanKind = "lower"):
        """Raises ModelError if a part of a merge is no piece."""
        self._merges = merges
        letters = list(BYTES_BY_LETTER)
        pieces = [*letters, *(letter + _SUFFIX for letter in letters), *map("".join, merges)]
        # If a piece comes twice, the last one counts, as in open_clip.
        self._ids = {piece: index for index, piece in enumerate((*pieces, *_SPECIAL))}
        self._count = len(pieces) + len(_SPECIAL)
        strange = next((p for merge in merges for p in merge if p not in self._ids), None)
        if strange is not None:
            raise ModelError(f"a merge has the part {strange!r}, which is no piece.")
        start, end = (self._ids[word] for word in _SPECIAL)
        self.layout = RowLayout(max_length=context_length, start_id=start, end_id=end, pad_id=0)
        self._clean: CleanKind = clean
        self._cleaning = make_cleaning(clean)
        self._model = models.BPE(self._ids, list(merges), end_of_word_suffix=_SUFFIX)
        self._splitter = pre_tokenizers.Sequence(
            [
                pre_tokenizers.Split(Regex(_PATTERN), "removed", invert=True),
                pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
            ]
        )
        self._words: dict[str, list[int]] = {word: [self._ids[word]] for word in _SPECIAL}

    def __len__(self) -> int:
        """How many ids there are."""
        return self._count

    def __call__(self, texts: Sequence[str]) -> NDArray[np.int32]:
        """Token rows int32[n, layout.max_length]."""
        return make_rows(texts, self._segment, self.layout)

    @property
    def merges(self) -> Sequence[Merge]:
        """All of them, by rank."""
        return self._merges

    def segment(self, texts: Sequence[str]) -> list[list[int]]:
        """The ids of each text's pieces, without marks or padding."""
        return self._segment(canonicalize_all(texts, self.layout))

    def keep(self, kept: Sequence[int], _: Sequence[int] = ()) -> "SimpleTokenizer":
        """The same with the merges of these pieces alone, which number them."""
        first = self._count - len(_SPECIAL) - len(self._merges)
        places = frozenset(kept)
        merges = [merge for index, merge in enumerate(self._merges, first) if index in places]
        return SimpleTokenizer(merges, self.layout.max_length, self._clean)

    def to_ref(self, file: CompressibleRef) -> PipelineRef:
        """The manifest's entry, given the file of the vocabulary."""
        return PipelineRef(file=file, **self.layout.model_dump())

    def to_manifest(self) -> PipelineModel:
        """What the browser needs to make the same rows."""
        patterns = PatternWriter()
        split: Mapping[str, Any] = {
            "type": "Split",
            "pattern": {"Regex": _PATTERN},
            "behavior": "Removed",
            "invert": True,
        }
        byte_level = {"type": "ByteLevel", "add_prefix_space": False, "use_regex": False}
        merged, lefts = pack_merges(self._ids, self._merges)
        return PipelineModel(
            clean=tuple(self._cleaning.describe(patterns)),
            html=self._cleaning.html,
            added=(),
            normalizer=(),
            added_normalized=(),
            pre_tokenizer=(
                *describe_pre_tokenizer(split, patterns),
                *describe_pre_tokenizer(byte_level, patterns),
            ),
            pieces=list_pieces(self._ids),
            segmenter=BpeSegmenter(
                merged=merged,
                lefts=lefts,
                unknown_id=None,
                fuse_unknown=False,
                byte_fallback=False,
                suffix=_SUFFIX,
                whole=False,
                words={word: self._ids[word] for word in _SPECIAL},
            ),
            classes=patterns.classes,
        )

    def _segment(self, texts: Sequence[str]) -> list[list[int]]:
        return [
            [
                index
                for word, _ in self._splitter.pre_tokenize_str(self._cleaning.apply(text))
                for index in self._encode_word(word)
            ]
            for text in texts
        ]

    def _encode_word(self, word: str) -> list[int]:
        ids = self._words.get(word)
        if ids is None:
            ids = [token.id for token in self._model.tokenize(word)]
            if len(self._words) < _CACHE_SIZE:
                self._words[word] = ids
        return ids


def read_simple_tokenizer(folder: Path, context_length: int, clean: CleanKind) -> SimpleTokenizer:
    """The tokenizer of an open_clip folder.

    open_clip has its merges in the package, so a folder holds them only if its author put them
    there: as open_clip's archive, or in the files that transformers writes.

    Raises:
        ModelError: if no file has merges, or one is damaged.
    """
    path, merges = _read_merges(folder)
    with naming(path):
        return SimpleTokenizer(merges, context_length, clean)


def _read_merges(folder: Path) -> tuple[Path, list[Merge]]:
    remedy = f"Put open_clip's {ARCHIVE} into the folder."
    if (path := folder / ARCHIVE).exists():
        text = _unpack(path, read_input(path, remedy, ModelError))
        return path, parse_merges(path, text.split("\n")[1 : _MERGES + 1])
    if (path := folder / "merges.txt").exists():
        text = read_input_text(path, remedy, ModelError)
        return path, parse_merges(path, text.split("\n"))
    if (path := folder / "tokenizer.json").exists():
        with naming(path):
            model = open_spec(read_object(path))[1]["model"]
        if model["type"] == "BPE" and model["end_of_word_suffix"] == _SUFFIX:
            return path, [(left, right) for left, right in model["merges"]]
    raise ModelError(f"{folder}: holds no merges of CLIP's tokenizer.", remedy)


def parse_merges(path: Path, lines: Sequence[str]) -> list[Merge]:
    """The merges in the lines of a `merges.txt`.

    Raises:
        ModelError: if a line is not two pieces.
    """
    merges: list[Merge] = []
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.startswith("#version"):
            continue
        parts = line.split()
        if len(parts) != 2:
            raise ModelError(f"{path}:{number}: {line[:40]!r} is not a merge of two pieces.")
        merges.append((parts[0], parts[1]))
    return merges


def _unpack(path: Path, data: bytes) -> str:
    unpacker = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    try:
        content = unpacker.decompress(data, MAX_BYTES)
        return content.decode()
    except (zlib.error, UnicodeDecodeError) as error:
        raise ModelError(f"{path}: is not gzip of text in UTF-8: {error}.") from None

"""The content of a site's vocabulary files, which the page tokenizes with.

They are part of the one schema of `builder.manifest`.
"""

from typing import Annotated, Literal

from pydantic import Field

from builder.schema import Part


class CutPieces(Part):
    """The pieces that a vocabulary was cut of, as a Bloom filter, so that a page can tell.

    If pieces that stand side by side in a word have names that together are such a name, the whole
    vocabulary would have split the word in another way. `space` begins the name of what begins a
    word, `prefix` that of what goes on with one, and `suffix` ends that of what ends one; each is
    empty where there is no such mark.

    A name is in the filter if `hashes` bits are set: h + i * (h >>> 15 | 1), modulo 2^32 and then
    the number of bits, for each i from 0, where h is the FNV-1a hash, of 32 bits, of the name in
    UTF-8. Bit i is in byte i >> 3 at 1 << (i & 7).
    """

    filter: str = Field(description="Base64.")
    hashes: int
    longest: int = Field(description="Of the names, in UTF-16 units.")
    space: str
    prefix: str
    suffix: str


class SentencePieceModel(Part):
    """Content of a SentencePiece vocabulary file, with the fields of sentencepiece's ModelProto.

    `types` are ModelProto.SentencePiece.Type: 1 normal, 2 unknown, 3 control, 4 user defined,
    5 unused, 6 byte.
    """

    algorithm: Literal["bpe", "unigram"]
    pieces: tuple[str, ...]
    scores: tuple[float, ...]
    types: tuple[int, ...]
    unknown_id: int
    byte_fallback: bool
    add_dummy_prefix: bool
    remove_extra_whitespaces: bool
    escape_whitespaces: bool
    precompiled_charsmap: str = Field(description="Base64; empty if nothing is normalized.")
    cut: CutPieces | None = Field(default=None, description="Null for a whole vocabulary.")


CodePoints = tuple[int, ...]
"""A set of code points: the first and the last of each span, in turn."""


class BertCharacters(Part):
    """What BERT's normalizer does to characters, step by step, before it splits words at spaces."""

    removed: CodePoints
    spaces: CodePoints = Field(description="Become U+0020.")
    spaced: CodePoints = Field(description="Get a space before and after.")
    normalized: CodePoints = Field(description="Runs of them are converted to normal form D.")
    stripped: CodePoints = Field(description="Accents, removed after that.")
    lower: dict[str, str]
    signs: CodePoints = Field(description="Each is a word by itself.")


class WordPieceModel(Part):
    """Content of a WordPiece vocabulary file, with the options of Hugging Face's `tokenizers`.

    A word is split into the longest pieces that fit, from its start; pieces after the first have
    `prefix` before them in the vocabulary. A word that cannot be split, or has more than
    `max_word_length` characters, is unknown.
    """

    pieces: tuple[str, ...]
    unknown_id: int
    prefix: str
    max_word_length: int
    characters: BertCharacters
    cut: CutPieces | None = Field(default=None, description="Null for a whole vocabulary.")


class ReplaceStep(Part):
    """Each match of a pattern becomes `content`, taken literally."""

    kind: Literal["replace"] = "replace"
    pattern: str
    content: str
    at_start: bool = Field(default=False, description="Only in what the whole text begins with.")


class SpaceAroundStep(Part):
    """Each of the characters gets a space before and after."""

    kind: Literal["space-around"] = "space-around"
    characters: CodePoints


class MapStep(Part):
    """Characters become others, each by itself, or go."""

    kind: Literal["map"] = "map"
    removed: CodePoints
    runs: tuple[int, ...] = Field(
        description="First and last code point, the distance between two of a run, and what is"
        " added to each: four numbers a run."
    )
    others: dict[str, str]


class NormalFormStep(Part):
    """Runs of the characters are converted to a normal form of Unicode."""

    kind: Literal["normal-form"] = "normal-form"
    form: Literal["NFC", "NFD", "NFKC", "NFKD"]
    characters: CodePoints


class FinalSigmaStep(Part):
    """A capital sigma that ends a word becomes the small final one."""

    kind: Literal["final-sigma"] = "final-sigma"
    cased: CodePoints
    ignorable: CodePoints


class CharsmapStep(Part):
    """A SentencePiece charsmap as Hugging Face's `tokenizers` applies it, by grapheme clusters."""

    kind: Literal["charsmap"] = "charsmap"
    precompiled_charsmap: str = Field(description="Base64.")
    joining: CodePoints = Field(description="Go on with the cluster before them.")
    prepending: CodePoints = Field(description="Go on with the cluster after them.")
    controls: CodePoints = Field(description="Nothing goes on with them.")


class UnescapeStep(Part):
    """References of HTML become the characters, as Python's `html.unescape` does."""

    kind: Literal["unescape"] = "unescape"


class FixTextStep(Part):
    """ftfy's `fix_text` without its repair of mojibake: the steps on each line until it stays.

    Entities are replaced before them, up to the first line that has a `<`.
    """

    kind: Literal["fix-text"] = "fix-text"
    steps: tuple[
        Annotated[ReplaceStep | MapStep | NormalFormStep, Field(discriminator="kind")], ...
    ]


class HtmlReferences(Part):
    """What the references of HTML stand for."""

    entities: dict[str, str] = Field(description="By name, with the semicolon if it needs one.")
    capitals: dict[str, str] = Field(description="Names in capitals that ftfy knows besides.")
    replaced: dict[int, str] = Field(description="Numbers that stand for another character.")
    dropped: CodePoints


class SplitStep(Part):
    """A word is split at the matches of a pattern, or with `invert` at what is between them."""

    kind: Literal["split"] = "split"
    pattern: str
    behavior: Literal[
        "removed", "isolated", "merged-with-previous", "merged-with-next", "contiguous"
    ]
    invert: bool = False


class BytesStep(Part):
    """The bytes of a word in UTF-8 become letters, as in GPT-2."""

    kind: Literal["bytes"] = "bytes"


TextStep = Annotated[
    ReplaceStep
    | SpaceAroundStep
    | MapStep
    | NormalFormStep
    | FinalSigmaStep
    | CharsmapStep
    | UnescapeStep
    | FixTextStep,
    Field(discriminator="kind"),
]
WordStep = Annotated[ReplaceStep | SplitStep | BytesStep, Field(discriminator="kind")]


class AddedToken(Part):
    """A token that is found in the text itself, with the spaces that it takes away beside it."""

    content: str
    id: int
    left_strip: bool = False
    right_strip: bool = False


class BpeSegmenter(Part):
    """Byte-pair encoding with a list of merges.

    For each merge, in order of rank, `merged` is the id of what comes out, less the one before it,
    and `lefts` how many UTF-16 units its left part has. 0 stands for all parts that the vocabulary
    has, the longest left one first.
    """

    algorithm: Literal["bpe"] = "bpe"
    merged: tuple[int, ...]
    lefts: tuple[int, ...]
    unknown_id: int | None
    fuse_unknown: bool
    byte_fallback: bool
    suffix: str = Field(description="Put after the last character of a word.")
    whole: bool = Field(description="Whether a word that is a piece is left whole.")
    words: dict[str, int] = Field(description="Words with an id of their own.")


class UnigramSegmenter(Part):
    """Unigram as in Hugging Face's `tokenizers`, in double precision."""

    algorithm: Literal["unigram"] = "unigram"
    scores: tuple[float, ...]
    single_precision: bool = Field(description="Whether the scores are to be rounded to float32.")
    unknown_id: int
    byte_fallback: bool


class WordPieceSegmenter(Part):
    """The longest pieces from the left, as in a `WordPieceModel`."""

    algorithm: Literal["wordpiece"] = "wordpiece"
    unknown_id: int
    prefix: str
    max_word_length: int


class SentencePieceSegmenter(Part):
    """A `SentencePieceModel` that sees each part of the text after `before`.

    The pieces of `before`, `skipped` of them, are left out again.
    """

    algorithm: Literal["sentencepiece"] = "sentencepiece"
    model: SentencePieceModel
    before: str
    skipped: int


class PipelineModel(Part):
    """Content of the vocabulary file of a tokenizer that works in steps, as Hugging Face's do.

    The whole text goes through `clean`. `added` tokens are cut out of it; what is between them goes
    through `normalizer`, then `added_normalized` are cut out, and what is left goes through
    `pre_tokenizer`, which makes words of it, and the segmenter. Empty parts are dropped after each
    cut. Patterns are JavaScript's, where `\\p{name}` within brackets is one of the `classes`. A
    piece that is empty stands for an id that has none.
    """

    pieces: tuple[str, ...]
    classes: dict[str, CodePoints]
    html: HtmlReferences | None = Field(description="Null if no step needs them.")
    clean: tuple[TextStep, ...]
    added: tuple[AddedToken, ...]
    normalizer: tuple[TextStep, ...]
    added_normalized: tuple[AddedToken, ...]
    pre_tokenizer: tuple[WordStep, ...]
    segmenter: Annotated[
        BpeSegmenter | UnigramSegmenter | WordPieceSegmenter | SentencePieceSegmenter,
        Field(discriminator="algorithm"),
    ]
    cut: CutPieces | None = Field(default=None, description="Null for a whole vocabulary.")

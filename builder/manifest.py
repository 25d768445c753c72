"""The contract between the builder and the web app: what a site's `manifest.json` contains.

These models are the only place where the format is written down. `make generate` derives the JSON
Schema and the TypeScript types in `webapp_src/src/generated/` from them. URLs are relative to the
manifest, so a site works under any path. Rows of matrices are tied to images and prompts by id.
"""

import json
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    TypeAdapter,
    field_validator,
    model_validator,
)
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError

from builder.addresses import find_folder_flaw
from builder.file_names import find_flaw

SCHEMA_VERSION = 1

Backend = Literal["wasm", "webgl", "webgpu", "cpu"]
"""No manifest names a backend, but the builder and the page both do; the page's
`inference/backends.ts` and `inference/start-backend.ts` say what each one is."""

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class _Part(BaseModel):
    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        alias_generator=to_camel,
        populate_by_name=True,
        json_schema_serialization_defaults_required=True,
    )


class FileRef(_Part):
    """A file of the site: where it is, its hash and its size."""

    url: str
    sha256: Sha256
    bytes: Annotated[int, Field(ge=0)]

    @field_validator("url")
    @classmethod
    def _is_inside_everywhere(cls, url: str) -> str:
        """A file below the manifest, on whatever system and host the site may come to be."""
        if flaw := find_flaw(url):
            raise PydanticCustomError("file_name", "{url} {flaw}", {"url": repr(url), "flaw": flaw})
        return url


class PictureRef(FileRef):
    """A picture file with its size in pixels."""

    width: Annotated[int, Field(gt=0)]
    height: Annotated[int, Field(gt=0)]


class MatrixRef(FileRef):
    """A row-major little-endian matrix; the value of an entry is `scale` times what is stored."""

    dtype: Literal["float32", "float16", "int8"]
    shape: Annotated[tuple[int, ...], Field(min_length=2, max_length=2)]
    scale: float
    rows: tuple[str, ...] = Field(description="The id of each row, in order.")


class SoftmaxScoring(_Part):
    """Probabilities over a card's prompts: softmax(scale * cosine)."""

    kind: Literal["softmax"] = "softmax"
    scale: float


class SigmoidScoring(_Part):
    """A probability for each prompt on its own: sigmoid(scale * cosine + bias)."""

    kind: Literal["sigmoid"] = "sigmoid"
    scale: float
    bias: float


Scoring = Annotated[SoftmaxScoring | SigmoidScoring, Field(discriminator="kind")]


CanonicalizationStep = Literal["lower-ascii", "lower", "strip-punctuation", "collapse-spaces"]
"""What is done to a text before it is tokenized; `builder.text.canonicalization` defines each."""


class RowLayout(_Part):
    """How token rows are made from the pieces of a text in canonical form.

    A row holds `start_id`, as many pieces as fit, `end_id`, and `pad_id` up to `max_length`: both
    marks, if there are any, survive truncation (big_vision's `eos="sticky"`), so that a tower may
    pool the first position or the last.
    """

    canonicalization: tuple[CanonicalizationStep, ...] = ()
    max_length: Annotated[int, Field(gt=1)]
    start_id: int | None = None
    end_id: int | None = None
    pad_id: int


class SentencePieceRef(RowLayout):
    """A SentencePiece tokenizer; its file holds a `SentencePieceModel`."""

    file: FileRef
    kind: Literal["sentencepiece"] = "sentencepiece"


class WordPieceRef(RowLayout):
    """A WordPiece tokenizer like BERT's; its file holds a `WordPieceModel`."""

    file: FileRef
    kind: Literal["wordpiece"] = "wordpiece"


class PipelineRef(RowLayout):
    """A tokenizer of a hub's folder; its file holds a `PipelineModel`."""

    file: FileRef
    kind: Literal["pipeline"] = "pipeline"


TokenizerRef = Annotated[SentencePieceRef | WordPieceRef | PipelineRef, Field(discriminator="kind")]


class GraphModelRef(_Part):
    """A TensorFlow.js graph model: token rows int32[b, max_length] to unit rows float32[b, dim]."""

    model: FileRef
    weights: tuple[FileRef, ...]
    input: str
    output: str


class Golden(_Part):
    """A text whose tokens and embedding a browser must reproduce before its answers are trusted."""

    text: str
    tokens: tuple[int, ...]
    row: str = Field(description="Row of the model's prompt embeddings.")


class ModelCard(_Part):
    """What a visitor is told about a model."""

    name: str
    description: str
    image_tower: str
    text_tower: str
    license: str
    source: str | None


class Model(ModelCard):
    """An image/text model: precomputed embeddings and the text encoder that runs in the page.

    Tokenizer and encoder come together; a model without them answers only its example prompts.
    """

    id: str
    dim: Annotated[int, Field(gt=0)]
    scoring: Scoring
    tokenizer: TokenizerRef | None
    encoder: GraphModelRef | None
    image_embeddings: MatrixRef
    prompt_embeddings: MatrixRef
    goldens: tuple[Golden, ...]

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if (self.tokenizer is None) != (self.encoder is None):
            raise ValueError("a tokenizer is useless without an encoder, and vice versa")
        return self


class Prompt(_Part):
    """An example prompt; `id` names its row in every model's prompt embeddings."""

    id: str
    text: str


class Credit(_Part):
    """Who made a picture, under which licence, and where it comes from."""

    author: str | None
    license: str | None
    source: str | None


class Image(_Part):
    """A picture: `photo` is what the models saw, `display` sharper copies of the same crop."""

    id: str
    description: str
    prompts: tuple[Prompt, ...]
    photo: PictureRef
    display: tuple[PictureRef, ...]
    thumbnail: PictureRef
    credit: Credit


class Link(_Part):
    """A link in the page's header."""

    label: str
    url: str


class Generator(_Part):
    """The program that wrote the site."""

    name: str
    version: str


class PageManifest(_Part):
    """What every site's manifest says, whatever its page shows."""

    sha256: Sha256 = Field(
        default="0" * 64,
        description="Of the manifest itself, with 64 zeros in the place of this value.",
    )
    schema_version: Literal[1] = SCHEMA_VERSION
    generator: Generator
    title: str
    description: str
    language: str
    links: tuple[Link, ...]
    files: tuple[FileRef, ...] = Field(description="The page and the app's own files.")


def _find_missing_slash(base_url: str) -> str | None:
    return None if base_url.endswith("/") else "does not end with a slash"


class SiteManifest(PageManifest):
    """Everything the web app needs to know about a site; the first model is the default."""

    base_url: str | None = Field(
        default=None,
        description="What the URLs of models and images are relative to, if not the manifest.",
    )
    models: Annotated[tuple[Model, ...], Field(min_length=1)]
    images: Annotated[tuple[Image, ...], Field(min_length=1)]

    @field_validator("base_url")
    @classmethod
    def _is_a_folder(cls, base_url: str | None) -> str | None:
        """An address that means the same to everyone who joins it with the URL of a file."""
        flaw = base_url and (find_folder_flaw(base_url) or _find_missing_slash(base_url))
        if flaw:
            context = {"url": repr(base_url), "flaw": flaw}
            raise PydanticCustomError("address", "{url} {flaw}", context)
        return base_url


class ArrayRef(FileRef):
    """A row-major little-endian array; a bool takes one byte."""

    dtype: Literal["float32", "int32", "bool"]
    shape: tuple[int, ...]


class FunctionInput(_Part):
    """An input of a function. `range` is the least and the greatest of its numbers, if known."""

    name: str
    dtype: Literal["float32", "int32"]
    shape: tuple[int | None, ...] = Field(description="Null where a size varies.")
    range: tuple[float, float] | None
    labels: tuple[str, ...] = Field(description="Names of entries of the last axis; may be empty.")


class FunctionGolden(_Part):
    """A call that a browser must reproduce before its answers are trusted.

    Arrays are in the order of the function's inputs and outputs; `tolerance` is the largest
    difference allowed between two numbers.
    """

    inputs: tuple[ArrayRef, ...]
    outputs: tuple[ArrayRef, ...]
    tolerance: Annotated[float, Field(gt=0)]


class Function(_Part):
    """A JAX function as a TensorFlow.js graph model; inputs and outputs are identified by name."""

    id: str
    model: FileRef
    weights: tuple[FileRef, ...]
    inputs: Annotated[tuple[FunctionInput, ...], Field(min_length=1)]
    outputs: Annotated[tuple[str, ...], Field(min_length=1)]
    golden: FunctionGolden


class FunctionSiteManifest(PageManifest):
    """A site whose page runs functions; `data` are files that its template reads, by name."""

    functions: Annotated[tuple[Function, ...], Field(min_length=1)]
    data: dict[str, FileRef]


class SentencePieceModel(_Part):
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


CodePoints = tuple[int, ...]
"""A set of code points: the first and the last of each span, in turn."""


class BertCharacters(_Part):
    """What BERT's normalizer does to characters, step by step, before it splits words at spaces."""

    removed: CodePoints
    spaces: CodePoints = Field(description="Become U+0020.")
    spaced: CodePoints = Field(description="Get a space before and after.")
    normalized: CodePoints = Field(description="Runs of them are converted to normal form D.")
    stripped: CodePoints = Field(description="Accents, removed after that.")
    lower: dict[str, str]
    signs: CodePoints = Field(description="Each is a word by itself.")


class WordPieceModel(_Part):
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


class ReplaceStep(_Part):
    """Each match of a pattern becomes `content`, taken literally."""

    kind: Literal["replace"] = "replace"
    pattern: str
    content: str
    at_start: bool = Field(default=False, description="Only in what the whole text begins with.")


class SpaceAroundStep(_Part):
    """Each of the characters gets a space before and after."""

    kind: Literal["space-around"] = "space-around"
    characters: CodePoints


class MapStep(_Part):
    """Characters become others, each by itself, or go."""

    kind: Literal["map"] = "map"
    removed: CodePoints
    runs: tuple[int, ...] = Field(
        description="First and last code point, the distance between two of a run, and what is"
        " added to each: four numbers a run."
    )
    others: dict[str, str]


class NormalFormStep(_Part):
    """Runs of the characters are converted to a normal form of Unicode."""

    kind: Literal["normal-form"] = "normal-form"
    form: Literal["NFC", "NFD", "NFKC", "NFKD"]
    characters: CodePoints


class FinalSigmaStep(_Part):
    """A capital sigma that ends a word becomes the small final one."""

    kind: Literal["final-sigma"] = "final-sigma"
    cased: CodePoints
    ignorable: CodePoints


class CharsmapStep(_Part):
    """A SentencePiece charsmap as Hugging Face's `tokenizers` applies it, by grapheme clusters."""

    kind: Literal["charsmap"] = "charsmap"
    precompiled_charsmap: str = Field(description="Base64.")
    joining: CodePoints = Field(description="Go on with the cluster before them.")
    prepending: CodePoints = Field(description="Go on with the cluster after them.")
    controls: CodePoints = Field(description="Nothing goes on with them.")


class UnescapeStep(_Part):
    """References of HTML become the characters, as Python's `html.unescape` does."""

    kind: Literal["unescape"] = "unescape"


class FixTextStep(_Part):
    """ftfy's `fix_text` without its repair of mojibake: the steps on each line until it stays.

    Entities are replaced before them, up to the first line that has a `<`.
    """

    kind: Literal["fix-text"] = "fix-text"
    steps: tuple[
        Annotated[ReplaceStep | MapStep | NormalFormStep, Field(discriminator="kind")], ...
    ]


class HtmlReferences(_Part):
    """What the references of HTML stand for."""

    entities: dict[str, str] = Field(description="By name, with the semicolon if it needs one.")
    capitals: dict[str, str] = Field(description="Names in capitals that ftfy knows besides.")
    replaced: dict[int, str] = Field(description="Numbers that stand for another character.")
    dropped: CodePoints


class SplitStep(_Part):
    """A word is split at the matches of a pattern, or with `invert` at what is between them."""

    kind: Literal["split"] = "split"
    pattern: str
    behavior: Literal[
        "removed", "isolated", "merged-with-previous", "merged-with-next", "contiguous"
    ]
    invert: bool = False


class BytesStep(_Part):
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


class AddedToken(_Part):
    """A token that is found in the text itself, with the spaces that it takes away beside it."""

    content: str
    id: int
    left_strip: bool = False
    right_strip: bool = False


class BpeSegmenter(_Part):
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


class UnigramSegmenter(_Part):
    """Unigram as in Hugging Face's `tokenizers`, in double precision."""

    algorithm: Literal["unigram"] = "unigram"
    scores: tuple[float, ...]
    single_precision: bool = Field(description="Whether the scores are to be rounded to float32.")
    unknown_id: int
    byte_fallback: bool


class WordPieceSegmenter(_Part):
    """The longest pieces from the left, as in a `WordPieceModel`."""

    algorithm: Literal["wordpiece"] = "wordpiece"
    unknown_id: int
    prefix: str
    max_word_length: int


class SentencePieceSegmenter(_Part):
    """A `SentencePieceModel` that sees each part of the text after `before`.

    The pieces of `before`, `skipped` of them, are left out again.
    """

    algorithm: Literal["sentencepiece"] = "sentencepiece"
    model: SentencePieceModel
    before: str
    skipped: int


class PipelineModel(_Part):
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


def json_schema() -> dict[str, Any]:
    """JSON Schema of a manifest; `$defs` also holds function sites, other files and `Backend`."""
    schema = SiteManifest.model_json_schema(mode="serialization")
    for model in (FunctionSiteManifest, SentencePieceModel, WordPieceModel, PipelineModel):
        other = model.model_json_schema(mode="serialization")
        schema["$defs"] |= {**other.pop("$defs", {}), other["title"]: other}
    for definition in (schema, *schema["$defs"].values()):
        for field in definition["properties"].values():
            # Pydantic titles every field; the type generator would make each title a type.
            field.pop("title", None)
    schema["$defs"]["Backend"] = {
        **TypeAdapter(Backend).json_schema(),
        "title": "Backend",
        "description": "A backend of TensorFlow.js that a page computes in.",
    }
    return schema


if __name__ == "__main__":
    print(json.dumps(json_schema(), indent=2))

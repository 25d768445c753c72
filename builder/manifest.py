"""The contract between the builder and the web app: what a site's `manifest.json` contains.

These models, and those in `builder.function_manifest`, `builder.gallery_manifest` and, of
vocabulary files, `builder.vocabulary`, are the only place where the format is written down.
`make generate` derives the JSON Schema and the TypeScript types in `webapp_src/src/generated/` from
them. URLs are relative to the manifest, so a site works under any path. Rows of matrices are tied
to images and prompts by id.
"""

import json
from typing import Annotated, Any, Literal, Self

from pydantic import (
    Field,
    TypeAdapter,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError

from builder.addresses import find_folder_flaw
from builder.file_ref import FileRef, Sha256
from builder.function_manifest import Function
from builder.gallery_manifest import Gallery, GalleryRecords
from builder.options import Library
from builder.schema import Part
from builder.vocabulary import PipelineModel, SentencePieceModel, WordPieceModel

SCHEMA_VERSION = 2

Backend = Literal["wasm", "webgl", "webgpu", "cpu"]
"""No manifest names a backend, but the builder and the page both do; the page's
`inference/backends.ts` and `inference/start-backend.ts` say what each one is."""


class PictureRef(FileRef):
    """A picture file with its size in pixels."""

    width: Annotated[int, Field(gt=0)]
    height: Annotated[int, Field(gt=0)]


class CompressibleRef(FileRef):
    """A file that is stored as it is, or compressed: hosts compress only some types, or none.

    `bytes` and `sha256` are those of the stored file. What has another hash is never decompressed,
    so that nobody but the builder decides how large the content becomes.
    """

    encoding: Literal["gzip"] | None = Field(
        default=None, description="How the content is compressed (RFC 1952), if it is."
    )


class MatrixRef(CompressibleRef):
    """A row-major little-endian matrix; the value of an entry is `scale` times what is stored."""

    dtype: Literal["float32", "float16", "int8"]
    shape: Annotated[tuple[int, ...], Field(min_length=2, max_length=2)]
    scale: float
    rows: tuple[str, ...] = Field(description="The id of each row, in order.")


class SoftmaxScoring(Part):
    """Probabilities over a card's prompts: softmax(scale * cosine)."""

    kind: Literal["softmax"] = "softmax"
    scale: float


class SigmoidScoring(Part):
    """A probability for each prompt on its own: sigmoid(scale * cosine + bias)."""

    kind: Literal["sigmoid"] = "sigmoid"
    scale: float
    bias: float


Scoring = Annotated[SoftmaxScoring | SigmoidScoring, Field(discriminator="kind")]


CanonicalizationStep = Literal["lower-ascii", "lower", "strip-punctuation", "collapse-spaces"]
"""What is done to a text before it is tokenized; `builder.text.canonicalization` defines each."""


class RowLayout(Part):
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

    file: CompressibleRef
    kind: Literal["sentencepiece"] = "sentencepiece"


class WordPieceRef(RowLayout):
    """A WordPiece tokenizer like BERT's; its file holds a `WordPieceModel`."""

    file: CompressibleRef
    kind: Literal["wordpiece"] = "wordpiece"


class PipelineRef(RowLayout):
    """A tokenizer of a hub's folder; its file holds a `PipelineModel`."""

    file: CompressibleRef
    kind: Literal["pipeline"] = "pipeline"


TokenizerRef = Annotated[SentencePieceRef | WordPieceRef | PipelineRef, Field(discriminator="kind")]


class GraphModelRef(Part):
    """A TensorFlow.js graph model to unit rows float32[b, dim].

    A text encoder takes token rows int32[b, max_length], an image encoder pixels float32[b, size,
    size, 3] from 0 to 255.
    """

    model: CompressibleRef
    weights: tuple[CompressibleRef, ...]
    input: str
    output: str


class Golden(Part):
    """A text whose tokens and embedding a browser must reproduce before its answers are trusted."""

    text: str
    tokens: tuple[int, ...]
    row: str = Field(description="Row of the model's prompt embeddings.")


class PicturePreparation(Part):
    """How a picture of any size becomes the square of `size` pixels that an image encoder takes.

    Without a `library`, its largest square in the middle is cut out and resized ("crop" and
    "squash"), but for "tf-bilinear" with "crop", which resizes first. A library resizes the whole
    picture, so that the shorter side (of "pad" the longer one) has `edge` pixels, and then cuts out
    the middle. `builder.images.preprocess` defines each.
    """

    size: Annotated[int, Field(gt=0)]
    resize: Literal["bicubic", "bilinear", "box", "hamming", "lanczos", "nearest", "tf-bilinear"]
    fit: Literal["crop", "squash", "pad"]
    library: Library | None
    edge: Annotated[int, Field(gt=0)] | None


class ImageEncoder(Part):
    """The image tower, for pictures of visitors' own; downloaded when the first one is chosen.

    `golden` is the row of the picture that `builder.conversion.image_encoder.make_pattern` draws:
    a browser must reproduce it before its answers are trusted.
    """

    graph: GraphModelRef
    preparation: PicturePreparation
    golden: MatrixRef


class ModelCard(Part):
    """What a visitor is told about a model."""

    name: str
    description: str
    image_tower: str
    text_tower: str
    license: str
    source: str | None
    languages: tuple[str, ...] = Field(
        default=(), description="Codes of the languages that it was trained on, if that is known."
    )


class Model(ModelCard):
    """An image/text model: precomputed embeddings and the text encoder that runs in the page.

    Tokenizer and encoder come together; a model without them answers only its example prompts.
    """

    id: str
    dim: Annotated[int, Field(gt=0)]
    scoring: Scoring
    tokenizer: TokenizerRef | None
    encoder: GraphModelRef | None
    image_encoder: ImageEncoder | None = None
    image_embeddings: MatrixRef
    prompt_embeddings: MatrixRef
    chance: tuple[float, ...] = Field(
        default=(),
        description="The percentiles, 0th to 100th, of cosines of pictures and other pictures' "
        "prompts; empty if there are none.",
    )
    unread: dict[str, str] = Field(
        default={},
        description="The ends of texts that the model does not read, by the id of the text's row.",
    )
    goldens: tuple[Golden, ...]

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if (self.tokenizer is None) != (self.encoder is None):
            raise ValueError("a tokenizer is useless without an encoder, and vice versa")
        return self


class Prompt(Part):
    """A prompt that comes with the demo; `id` names its row in every model's prompt embeddings."""

    id: str
    text: str


class PromptSet(Part):
    """Prompts that visitors can try on any picture."""

    name: str
    prompts: tuple[Prompt, ...]


class Credit(Part):
    """Who made a picture, under which licence, and where it comes from."""

    author: str | None
    license: str | None
    source: str | None


class Image(Part):
    """A picture: `photo` is what the models saw, `display` sharper copies of the same crop."""

    id: str
    description: str
    prompts: tuple[Prompt, ...]
    photo: PictureRef
    display: tuple[PictureRef, ...]
    thumbnail: PictureRef
    credit: Credit


class Link(Part):
    """A link in the page's header."""

    label: str
    url: str


class Generator(Part):
    """The program that wrote the site."""

    name: str
    version: str


class PageManifest(Part):
    """What every site's manifest says, whatever its page shows."""

    sha256: Sha256 = Field(
        default="0" * 64,
        description="Of the manifest itself, with 64 zeros in the place of this value.",
    )
    schema_version: Literal[2] = SCHEMA_VERSION
    generator: Generator
    title: str
    description: str
    language: str
    links: tuple[Link, ...]
    offline: bool = Field(
        default=False,
        description="Whether browsers keep what a visit used, to open the page without a network.",
    )
    files: tuple[FileRef, ...] = Field(description="The page and the app's own files.")


def _find_missing_slash(base_url: str) -> str | None:
    return None if base_url.endswith("/") else "does not end with a slash"


class ModelsManifest(PageManifest):
    """A site whose page compares pictures and sentences; the first model is the default."""

    base_url: str | None = Field(
        default=None,
        description="What the URLs of models, images and the gallery are relative to, if not the"
        " manifest.",
    )
    visitor_language: bool = Field(
        default=False, description="Whether visitors choose the page's language."
    )
    models: Annotated[tuple[Model, ...], Field(min_length=1)]

    @field_validator("base_url")
    @classmethod
    def _is_a_folder(cls, base_url: str | None) -> str | None:
        """An address that means the same to everyone who joins it with the URL of a file."""
        flaw = base_url and (find_folder_flaw(base_url) or _find_missing_slash(base_url))
        if flaw:
            context = {"url": repr(base_url), "flaw": flaw}
            raise PydanticCustomError("address", "{url} {flaw}", context)
        return base_url


class SiteManifest(ModelsManifest):
    """A site of pictures with captions, and perhaps a page with many more pictures."""

    images: Annotated[tuple[Image, ...], Field(min_length=1)]
    prompt_sets: tuple[PromptSet, ...] = ()
    gallery: Gallery | None = None


class GallerySiteManifest(ModelsManifest):
    """A site whose page is a gallery; its models have rows of their goldens only."""

    gallery: Gallery


class FunctionSiteManifest(PageManifest):
    """A site whose page runs functions; `data` are files that its template reads, by name."""

    functions: Annotated[tuple[Function, ...], Field(min_length=1)]
    data: dict[str, FileRef]


_OTHERS = (
    GallerySiteManifest,
    FunctionSiteManifest,
    SentencePieceModel,
    WordPieceModel,
    PipelineModel,
    GalleryRecords,
)
"""What else a page reads; their definitions stand beside those of `SiteManifest`."""


def json_schema() -> dict[str, Any]:
    """JSON Schema of a manifest; `$defs` also holds function sites, other files and `Backend`."""
    schema = SiteManifest.model_json_schema(mode="serialization")
    for model in _OTHERS:
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

"""A model of precomputed rows, read from the original demo's folder."""

from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, ValidationError

from builder.errors import ModelError, NumberError
from builder.input_file import read_input
from builder.manifest import SoftmaxScoring
from builder.model import ModelCard, Preprocessing
from builder.models.precomputed.encoder import GraphFiles, read_encoder
from builder.models.precomputed.pieces import read_tokenizer
from builder.models.precomputed.rows import NamedRows, read_rows
from builder.spec.models import CardSpec, ModelSpec
from builder.spec.types import slug
from builder.text.load import MAX_LENGTH
from builder.text.sentencepiece import SentencePieceTokenizer

_REMEDY = "Name a data folder of the original LiT demo."
WITHOUT_ENCODER = "So this model answers only its example prompts."
_NOT_STATED = "not stated"


_MAX_DIM = 1 << 16
"""Columns of a row: thirty times those of the largest models."""
_MAX_SCALE = 1e30
"""Of a factor that float32 can hold; models have about 100."""


class Definition(BaseModel):
    """The part of `def.json` that is used."""

    model_config = ConfigDict(frozen=True)

    description: str = ""
    tokenizer_type: str = "BPE"
    temperature: FiniteFloat = Field(gt=0, le=_MAX_SCALE)
    pad_value: int = 1
    max_len: int = Field(default=16, gt=1, le=MAX_LENGTH)
    embedding_size: int = Field(gt=0, le=_MAX_DIM)


@dataclass(frozen=True)
class PrecomputedModel:
    """A model whose rows are given by image and by prompt, perhaps with its text encoder.

    The names in `images` are ids of images. Tokenizer and encoder come together; `problems` says
    why they are absent.
    """

    id: str
    folder: Path
    card: ModelCard
    dim: int
    scoring: SoftmaxScoring
    images: NamedRows
    prompts: NamedRows
    tokenizer: SentencePieceTokenizer | None
    encoder: GraphFiles | None
    problems: tuple[str, ...]

    @property
    def preprocessing(self) -> Preprocessing:
        """What the towers of the original demo were trained with."""
        return Preprocessing(resize="tf-bilinear")


def load_precomputed(spec: ModelSpec) -> PrecomputedModel:
    """Read the model whose folder is `spec.precomputed`.

    Raises:
        ModelError: if a file is missing or not what it should be. An encoder that cannot be used is
            not an error: everything precomputed can still be shown.
    """
    folder = spec.precomputed
    assert folder is not None
    definition = read_definition(folder)
    dim = definition.embedding_size
    problems: tuple[str, ...] = ()
    tokenizer: SentencePieceTokenizer | None = None
    encoder: GraphFiles | None = None
    try:
        encoder = read_encoder(folder / "tfjs")
        tokenizer = read_tokenizer(
            folder / "vocabulary.json",
            algorithm=definition.tokenizer_type,
            max_length=definition.max_len,
            pad_id=definition.pad_value,
        )
    except NumberError:
        raise
    except ModelError as error:
        encoder, problems = None, (f"{error} {WITHOUT_ENCODER}",)
    return PrecomputedModel(
        id=spec.id or slug(folder.stem) or "model",
        folder=folder,
        card=_card(spec.card, folder.name, definition),
        dim=dim,
        scoring=SoftmaxScoring(scale=definition.temperature),
        images=_with_ids(read_rows(folder, "zimgs", dim), folder / "zimgs.txt"),
        prompts=read_rows(folder, "ztxts", dim),
        tokenizer=tokenizer,
        encoder=encoder,
        problems=problems,
    )


def read_definition(folder: Path) -> Definition:
    """Read `def.json`.

    Raises:
        ModelError: if it is absent or a value is missing or wrong.
    """
    path = folder / "def.json"
    try:
        return Definition.model_validate_json(read_input(path, _REMEDY, ModelError))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(map(str, first["loc"]))
        raise ModelError(f"{path}: {place + ': ' if place else ''}{first['msg']}.") from None


def image_id(name: str) -> str:
    """The id in `demo.toml` of an image that has this name in the original demo."""
    return slug(name) or "image"


def _with_ids(images: NamedRows, path: Path) -> NamedRows:
    index: dict[str, int] = {}
    for name, row in images.index.items():
        if (key := image_id(name)) in index:
            raise ModelError(f"{path}: {name!r} and another line both become the id {key!r}.")
        index[key] = row
    return NamedRows(images.rows, index)


def _card(spec: CardSpec, name: str, definition: Definition) -> ModelCard:
    return ModelCard(
        name=spec.name or name,
        description=spec.description or definition.description or name,
        image_tower=spec.image_tower or _NOT_STATED,
        text_tower=spec.text_tower or _NOT_STATED,
        license=spec.license or _NOT_STATED,
        source=spec.source,
        languages=spec.languages,
    )

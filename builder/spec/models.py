"""The `[[models]]` of `demo.toml`: published models, checkpoints, own code, precomputed rows."""

from pathlib import Path
from typing import Annotated, Any, Literal, cast

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from builder.errors import ModelError
from builder.options import MAX_RESOLUTION, Converter, StorageChoice
from builder.spec.checkpoint import Checkpoint
from builder.spec.hub_name import HubName, is_hub_name
from builder.spec.types import (
    ExistingFile,
    ExistingFolder,
    Id,
    Table,
    TargetName,
    Text,
    WebAddress,
    slug,
)
from builder.text.load import MAX_LENGTH, TokenizerSettings
from builder.validation import mistake

Resize = Literal["bicubic", "tf-bilinear"]
ScoringKind = Literal["softmax", "sigmoid"]

SOURCES = ("name", "checkpoint", "towers", "precomputed")
"""The keys that say where a model comes from; each model has exactly one."""


def with_none(value: Any) -> Any:
    """A TOML value with None in place of every text "none", since TOML has no null."""
    if isinstance(value, dict):
        table = cast("dict[str, Any]", value)
        return {key: with_none(entry) for key, entry in table.items()}
    if isinstance(value, list):
        return [with_none(entry) for entry in cast("list[Any]", value)]
    return None if isinstance(value, str) and value.lower() == "none" else value


Architecture = Annotated[dict[str, Any], BeforeValidator(with_none)]
"""Keyword arguments of big_vision's `two_towers.Model`, as in its configs."""


def _check_name(name: str) -> str:
    if is_hub_name(name):
        try:
            HubName.parse(name)
        except ModelError as error:
            raise mistake(error.message.rstrip("."), error.remedy) from None
    return name


ModelName = Annotated[Text, AfterValidator(_check_name)]


Language = Annotated[str, Field(pattern=r"^[a-z]{2,3}$")]
"""The code of a language in ISO 639."""


class TokenizerSpec(TokenizerSettings, Table):
    """How a checkpoint's texts become token rows."""

    vocabulary: ExistingFile
    """The SentencePiece model or the WordPiece word list."""


class VocabularySpec(Table):
    """What a text tower's vocabulary is cut to, so that its table of tokens becomes smaller.

    All prompts of the demo keep their tokens, whatever is given here, and so do all single
    characters of the scripts that the texts are written in. `languages` and `corpus` add up.
    """

    languages: Annotated[tuple[Language, ...], Field(strict=False)] = ()
    """Codes such as "en": 99 % of the tokens of text in each stay. This needs
    `lit-demo-builder[languages]`."""
    corpus: ExistingFile | None = None
    """A file with a text in each line. All tokens of nine lines in ten stay, and the tenth tells
    how well that does for other such texts."""
    pieces: Annotated[int | None, Field(gt=0)] = None
    """The most pieces that may stay. If languages or texts need more, each loses the same part;
    alone, the first pieces by the vocabulary's own order stay."""

    @model_validator(mode="after")
    def _says_what(self) -> "VocabularySpec":
        if not self.languages and self.corpus is None and self.pieces is None:
            raise mistake(
                "nothing says what is to stay of the vocabulary",
                'Give languages, corpus or pieces, for example: languages = ["en"]',
            )
        return self


class CardSpec(Table):
    """What a visitor is told about a model."""

    name: Text | None = None
    """Its name in the menu."""
    description: Text | None = None
    """What it is, in a sentence."""
    image_tower: Text | None = None
    """What the image tower is."""
    text_tower: Text | None = None
    """What the text tower is."""
    license: Text | None = None
    """Licence of the weights."""
    source: WebAddress | None = None
    """Where it comes from."""
    languages: Annotated[tuple[Language, ...], Field(strict=False)] = ()
    """Codes of the languages that it was trained on, such as "en", or "mul" for many: visitors who
    write in the script of another one are told."""


class ModelSpec(Table):
    """A model and how it is used: exactly one of the first four keys says where it comes from."""

    name: ModelName | None = None
    """One of the models that `lit-demo models` lists, or any `hf:OWNER/NAME@REVISION`."""
    checkpoint: Checkpoint | None = None
    """A folder as a hub has it, of transformers or open_clip; or an npz file in one of big_vision's
    layouts, with its `tokenizer`."""
    towers: TargetName | None = None
    """`module:function`, which returns a `builder.TwoTowerModel`."""
    precomputed: ExistingFolder | None = None
    """A data folder of the original LiT demo."""

    id: Id | None = None
    """Its id in links; made from its name or file if left out."""
    architecture: Architecture | None = None
    """Keyword arguments of big_vision's `two_towers.Model`, if the shapes in an npz file do not
    tell them; the text "none" stands for None. For a folder, `num_heads` of a tower whose config
    does not say it."""
    tokenizer: TokenizerSpec | None = None
    """How texts become token rows."""
    vocabulary: VocabularySpec | None = None
    """What the vocabulary is cut to; by default, all of it stays."""
    resolution: Annotated[int | None, Field(gt=0, le=MAX_RESOLUTION)] = None
    """Side of the pictures in pixels, 224 by default; position embeddings are resampled."""
    max_length: Annotated[int | None, Field(gt=1, le=MAX_LENGTH)] = None
    """Tokens of a text that a folder's model reads; longer texts are cut off."""
    scoring: ScoringKind | None = None
    """By default `sigmoid` if the checkpoint has a bias, and `softmax` otherwise."""
    card: CardSpec = CardSpec()
    """What a visitor is told."""

    text_tower: ExistingFolder | None = None
    """A folder that `lit-demo distil` or `lit-demo tune` wrote, in place of the model's own text
    tower."""
    converter: Converter = "native"
    """What converts the text tower; `tensorflowjs` is the reference, and must be installed."""
    quantization: StorageChoice | None = None
    """How the text tower's weights are stored. By default `auto`: in eight bits wherever that
    changes no answer of the demo, else as float16; or `none`, as they are, if they have less than
    1 MB."""
    image_encoder: Literal["on-device"] | None = None
    """`on-device` ships the image tower too, so that visitors can use pictures of their own: they
    download it when they choose one. By default, it is not shipped."""
    resize: Resize | None = None
    """How pictures are resized; by default, as the model expects."""

    @model_validator(mode="after")
    def _one_source(self) -> "ModelSpec":
        given = [source for source in SOURCES if getattr(self, source) is not None]
        if not given:
            raise mistake("nothing says which model this is", f"Give one of {', '.join(SOURCES)}.")
        if len(given) > 1:
            raise mistake(f"both {' and '.join(given)} are given", "Keep one.")
        self._check_keys(given[0])
        return self

    @property
    def is_folder(self) -> bool:
        """Whether the checkpoint is a folder."""
        return self.checkpoint is not None and self.checkpoint.is_dir()

    def _check_keys(self, source: str) -> None:
        kind = source
        if self.is_folder:
            kind = "a checkpoint that is a folder"
        elif self.name is not None and is_hub_name(self.name):
            kind = "a name on the hub"
        known = (source, *_KEYS_OF.get(kind, _KEYS_OF_HUB))
        for key in type(self).model_fields:
            if key in self.model_fields_set and key not in known:
                raise mistake(
                    f"'{key}' cannot be given with {kind}",
                    f"Remove it; {kind} goes with {', '.join(known[1:])}.",
                )
        if self.text_tower and self.max_length:
            raise mistake(
                "'max_length' cannot be given with text_tower",
                "Remove it; the folder says how many tokens its tower reads.",
            )
        if kind == "checkpoint" and self.tokenizer is None:
            raise mistake(
                "a checkpoint needs a table [models.tokenizer]",
                'For example: vocabulary = "vocabulary.model", max_length = 16',
            )


_EXPORT = ("text_tower", "vocabulary", "converter", "quantization", "image_encoder")
_KEYS_OF = {
    "name": ("id", "resize", *_EXPORT),
    "checkpoint": (
        *("id", "architecture", "tokenizer", "resolution", "scoring", "card", "resize"),
        *_EXPORT,
    ),
    "towers": ("id", "resize", *_EXPORT),
    "precomputed": ("id", "card"),
}

_KEYS_OF_HUB = ("id", "architecture", "max_length", "card", *_EXPORT)


def id_of_model(table: dict[str, Any]) -> str | None:
    """The id of a model as written in `demo.toml`, given or made from its source."""
    if isinstance(given := table.get("id"), str):
        return given
    source = next((table[key] for key in SOURCES if isinstance(table.get(key), str)), None)
    if source is None:
        return None
    if "towers" in table:
        source = source.rpartition(":")[2]
    elif "name" not in table:
        source = Path(source).name.removesuffix(".npz")
    elif is_hub_name(source):
        source = source.partition("@")[0].rpartition("/")[2]
    return slug(source)


def id_of_source(spec: ModelSpec) -> str:
    """The id of a model that was given none."""
    named = {key: str(value) for key in SOURCES if (value := getattr(spec, key)) is not None}
    return id_of_model(named) or "model"

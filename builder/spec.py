"""What an author writes in `demo.toml`, checked completely before anything slow begins."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, cast

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    TypeAdapter,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError

from builder.errors import BuilderError, Problem, SpecError
from builder.spec_problems import Finding, explain_errors, place_findings
from builder.toml_lines import Location

Quantization = Literal["float16", "none"]


def _not_blank(text: str) -> str:
    if not text.strip():
        raise PydanticCustomError("blank", "the text is empty|Write something, or remove it.")
    return text


def _id_of_file(file: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", Path(file).stem.lower()).strip("-") or "image"


Text = Annotated[str, AfterValidator(_not_blank)]
Fraction = Annotated[float, Field(ge=0, le=1)]
Id = Annotated[str, Field(pattern=r"^[a-z0-9]+(?:[-_][a-z0-9]+)*$")]
WebAddress = Annotated[str, Field(pattern=r"^https?://[^\s]+$")]


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class LinkSpec(_Table):
    """A link in the header of the page."""

    label: Text
    url: WebAddress


class ModelSpec(_Table):
    """A model of the registry, and how the weights of its text encoder are stored."""

    name: Text
    quantization: Quantization = "float16"


class ImageSpec(_Table):
    """A picture and its example prompts.

    `focal_point` is a fraction of width and height; `crop` is left, top, right, bottom in pixels of
    the upright picture. Without either, the largest square around the centre is used.
    """

    file: Path = Field(strict=False)
    id: Id
    description: Text
    prompts: Annotated[tuple[Text, ...], Field(min_length=1, strict=False)]
    author: Text | None = None
    license: Text | None = None
    source: WebAddress | None = None
    focal_point: Annotated[tuple[Fraction, Fraction] | None, Field(strict=False)] = None
    crop: Annotated[tuple[int, int, int, int] | None, Field(strict=False)] = None

    @model_validator(mode="before")
    @classmethod
    def _name_after_file(cls, table: Any) -> Any:
        """Without an id, the file's name is one."""
        if isinstance(table, dict):
            named = cast("dict[str, Any]", table)
            return {"id": _id_of_file(str(named.get("file"))), **named}
        return table

    @field_validator("file")
    @classmethod
    def _in_folder(cls, file: Path, info: ValidationInfo) -> Path:
        path = cast("Path", info.context) / file
        if not path.is_file():
            raise PydanticCustomError(
                "no_file",
                "there is no file {path}|Put the picture there, or correct the name.",
                {"path": str(path)},
            )
        return path

    @field_validator("prompts")
    @classmethod
    def _distinct(cls, prompts: tuple[str, ...]) -> tuple[str, ...]:
        for index, prompt in enumerate(prompts):
            if prompt in prompts[:index]:
                raise PydanticCustomError(
                    "same_prompt", "the prompt '{p}' stands twice|Remove one.", {"p": prompt}
                )
        return prompts

    @model_validator(mode="after")
    def _one_way_to_crop(self) -> "ImageSpec":
        if self.crop and self.focal_point:
            raise PydanticCustomError("crop", "both focal_point and crop are given|Keep one.")
        if self.crop:
            left, top, right, bottom = self.crop
            if not (0 <= left < right and 0 <= top < bottom):
                raise PydanticCustomError(
                    "crop",
                    "crop = {box} is not a box|Write [left, top, right, bottom] in pixels.",
                    {"box": str(list(self.crop))},
                )
        return self


class DemoSpec(_Table):
    """A whole demo; `models[0]` is the one the page opens with."""

    title: Text
    description: Text
    language: Annotated[str, Field(pattern=r"^[a-zA-Z]{2,3}(-[a-zA-Z0-9]{2,8})*$")] = "en"
    links: Annotated[tuple[LinkSpec, ...], Field(strict=False)] = ()
    models: Annotated[tuple[ModelSpec, ...], Field(min_length=1, strict=False)]
    images: Annotated[tuple[ImageSpec, ...], Field(min_length=1, strict=False)]

    @property
    def prompts(self) -> tuple[str, ...]:
        """Every distinct prompt, in order of first use."""
        return tuple(dict.fromkeys(prompt for image in self.images for prompt in image.prompts))


def load_spec(path: Path) -> DemoSpec:
    """Read `demo.toml`; file names in it are relative to its folder.

    Raises:
        SpecError: with every problem found, each with its line and a remedy.
    """
    try:
        text = path.read_text(encoding="utf-8")
        table = tomllib.loads(text)
    except FileNotFoundError:
        raise BuilderError(
            f"{path}: there is no such file. `lit-demo new DIR` writes one to start from."
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise BuilderError(f"{path}: cannot be read: {error}") from None
    except tomllib.TOMLDecodeError as error:
        raise SpecError([Problem(str(path), f"not valid TOML: {error}")]) from None

    findings = list(_find_duplicates(table))
    try:
        spec = DemoSpec.model_validate(table, context=path.parent)
    except ValidationError as error:
        findings += explain_errors(error.errors(include_url=False), _known_keys)
    else:
        if not findings:
            return spec
    raise SpecError(place_findings(path, text, findings))


def _find_duplicates(table: Mapping[str, Any]) -> Iterator[Finding]:
    """Ids of images and names of models that stand twice, read before types are known."""
    for tables, key in (("images", "id"), ("models", "name")):
        seen: dict[str, int] = {}
        for index, entry in enumerate(_list_of_tables(table.get(tables))):
            value = entry.get(key)
            if tables == "images" and value is None:
                value = _id_of_file(str(entry.get("file")))
            if isinstance(value, str) and value in seen:
                message = f"{key} '{value}' is already that of {tables}[{seen[value]}]"
                remedy = f"Give each its own {key}, or remove one."
                yield Finding((tables, index, key), message, remedy)
            elif isinstance(value, str):
                seen[value] = index


def _list_of_tables(value: Any) -> list[dict[str, Any]]:
    try:
        return TypeAdapter(list[dict[str, Any]]).validate_python(value)
    except ValidationError:
        return []  # a wrong type, which is reported by the model


def _known_keys(location: Location) -> list[str]:
    models = {"links": LinkSpec, "models": ModelSpec, "images": ImageSpec}
    model = models.get(str(location[0]), DemoSpec) if len(location) > 1 else DemoSpec
    return list(model.model_fields)

"""What an author writes in `demo.toml`, checked completely before anything slow begins."""

import functools
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar, cast

from pydantic import Field, TypeAdapter, ValidationError, field_validator, model_validator

from builder.errors import BuilderError, SpecError
from builder.spec.functions import FunctionDemoSpec, FunctionSpec, InputSpec, id_of_function
from builder.spec.models import CardSpec, ModelSpec, TokenizerSpec, id_of_model
from builder.spec.page import LinkSpec, PageSpec
from builder.spec.problems import explain_spec_errors, place_findings
from builder.spec.toml import find_extremes, read_toml
from builder.spec.types import ExistingFile, Fraction, Id, Table, Text, WebAddress, WebFolder, slug
from builder.validation import Finding, Location, mistake

Tables = TypeVar("Tables", bound=Table)


class ImageSpec(Table):
    """A picture and its example prompts.

    Without `focal_point` and `crop`, the largest square around the centre is used.
    """

    file: ExistingFile
    """The picture, relative to `demo.toml`, in any common format."""
    id: Id = ""
    """Its id in links; made from the file's name if left out."""
    description: Text
    """What it shows, for people who cannot see it."""
    prompts: Annotated[tuple[Text, ...], Field(min_length=1, strict=False)]
    """Example prompts, whose answers are precomputed."""
    author: Text | None = None
    """Who made it."""
    license: Text | None = None
    """Its licence, such as `CC-BY-4.0`."""
    source: WebAddress | None = None
    """Where it comes from."""
    focal_point: Annotated[tuple[Fraction, Fraction] | None, Field(strict=False)] = None
    """The point that the square should keep, in fractions of width and height."""
    crop: Annotated[tuple[int, int, int, int] | None, Field(strict=False)] = None
    """The square itself: left, top, right, bottom in pixels of the upright picture."""

    @model_validator(mode="before")
    @classmethod
    def _name_after_file(cls, table: Any) -> Any:
        """Without an id, the file's name becomes the id."""
        if isinstance(table, dict):
            named = cast("dict[str, Any]", table)
            return {"id": _id_of_image(named), **named}
        return table

    @field_validator("prompts")
    @classmethod
    def _distinct(cls, prompts: tuple[str, ...]) -> tuple[str, ...]:
        for index, prompt in enumerate(prompts):
            if prompt in prompts[:index]:
                raise mistake(f"the prompt '{prompt}' is listed twice", "Remove one.")
        return prompts

    @model_validator(mode="after")
    def _one_way_to_crop(self) -> "ImageSpec":
        if self.crop and self.focal_point:
            raise mistake("both focal_point and crop are given", "Keep one.")
        if self.crop:
            left, top, right, bottom = self.crop
            if not (0 <= left < right and 0 <= top < bottom):
                raise mistake(
                    f"crop = {list(self.crop)} is not a box",
                    "Write [left, top, right, bottom] in pixels.",
                )
        return self


class DemoSpec(PageSpec):
    """A demo of pictures and sentences."""

    template: Literal["image-text"] = "image-text"
    """The page."""
    models: Annotated[tuple[ModelSpec, ...], Field(min_length=1, strict=False)]
    """The models to choose from; the page opens with the first."""
    images: Annotated[tuple[ImageSpec, ...], Field(min_length=1, strict=False)]
    """The pictures, in the order in which the page shows them."""
    base_url: WebFolder | None = None
    """Where `models/` and `images/` are served from, if not from beside the page."""
    visitor_language: bool = False
    """Whether the page speaks the language that a visitor's browser asks for, or that the visitor
    chooses at its foot, if it knows it; your texts stay as they are."""

    @property
    def prompts(self) -> tuple[str, ...]:
        """Every distinct prompt, in order of first use."""
        return tuple(dict.fromkeys(prompt for image in self.images for prompt in image.prompts))


def load_spec(path: Path) -> DemoSpec:
    """Read the `demo.toml` of a demo of pictures and sentences.

    Raises:
        SpecError: with every problem found, each with its line and a remedy.
        BuilderError: if it cannot be read, or describes another kind of demo.
    """
    spec = load_any_spec(path)
    if not isinstance(spec, DemoSpec):
        raise BuilderError(f"{path}: the template '{spec.template}' has no models or pictures.")
    return spec


def load_any_spec(path: Path) -> DemoSpec | FunctionDemoSpec:
    """Read a `demo.toml`, whose `template` says what it describes.

    File names in it are relative to its folder. Raises as `load_spec` does.
    """
    text, table = read_toml(path)
    if extremes := list(find_extremes(table)):
        raise SpecError(place_findings(path, text, extremes))
    findings = list(_find_duplicates(table))
    kind = DemoSpec if table.get("template", "image-text") == "image-text" else FunctionDemoSpec
    try:
        spec = kind.model_validate(table, context=path.parent)
    except ValidationError as error:
        known_keys = functools.partial(_known_keys, kind)
        findings += explain_spec_errors(error.errors(include_url=False), known_keys)
    else:
        if not findings:
            return spec
    raise SpecError(place_findings(path, text, findings))


def read_table(kind: type[Tables], table: Mapping[str, Any], where: str) -> Tables:
    """A table made in Python; file names in it are relative to the working directory.

    Raises:
        SpecError: with every problem found; `where` is named in each.
    """
    try:
        return kind.model_validate(table, context=Path.cwd())
    except ValidationError as error:
        known_keys = functools.partial(_known_keys, kind)
        findings = explain_spec_errors(error.errors(include_url=False), known_keys)
        raise SpecError(place_findings(Path(where), "", findings)) from None


def _find_duplicates(table: Mapping[str, Any]) -> Iterator[Finding]:
    """Ids that appear twice in a list of tables; read before types are known."""
    for tables, id_of in _IDS.items():
        seen: dict[str, int] = {}
        for index, entry in enumerate(_list_of_tables(table.get(tables))):
            key = id_of(entry)
            if key is not None and key in seen:
                message = f"the id '{key}' is already used by {tables}[{seen[key]}]"
                yield Finding(
                    (tables, index, "id"), message, "Give each its own id, or remove one."
                )
            elif key is not None:
                seen[key] = index


def _id_of_image(table: dict[str, Any]) -> str:
    return str(table.get("id") or slug(Path(str(table.get("file"))).stem) or "image")


def _list_of_tables(value: Any) -> list[dict[str, Any]]:
    try:
        return TypeAdapter(list[dict[str, Any]]).validate_python(value)
    except ValidationError:
        return []  # a wrong type, which is reported by the model


def _known_keys(kind: type[Table], location: Location) -> list[str]:
    named = [part for part in location[:-1] if isinstance(part, str)]
    table = _TABLES.get(named[-1], kind) if named else kind
    return list(table.model_fields)


_IDS: Mapping[str, Callable[[dict[str, Any]], str | None]] = {
    "images": _id_of_image,
    "models": id_of_model,
    "functions": id_of_function,
}

_TABLES: Mapping[str, type[Table]] = {
    "links": LinkSpec,
    "models": ModelSpec,
    "tokenizer": TokenizerSpec,
    "card": CardSpec,
    "images": ImageSpec,
    "functions": FunctionSpec,
    "inputs": InputSpec,
}

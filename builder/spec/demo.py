"""What an author writes in `demo.toml`, checked completely before anything slow begins."""

import functools
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self, TypeVar

from pydantic import (
    Field,
    PrivateAttr,
    TypeAdapter,
    ValidationError,
    ValidationInfo,
    field_validator,
)

from builder.errors import BuilderError, SpecError
from builder.input_file import find_fault
from builder.spec.functions import FunctionDemoSpec, FunctionSpec, InputSpec, id_of_function
from builder.spec.gallery import GallerySpec
from builder.spec.images import (
    DefaultsSpec,
    ImageSpec,
    InspectPicture,
    id_of_image,
    inspect_pictures,
)
from builder.spec.models import CardSpec, ModelSpec, TokenizerSpec, id_of_model
from builder.spec.page import LinkSpec, PageSpec, SharingSpec
from builder.spec.problems import Places, explain_spec_errors, place_findings
from builder.spec.prompt_sets import PromptSetSpec, name_of_prompt_set
from builder.spec.prompt_table import add_prompts, read_prompt_table
from builder.spec.toml import find_extremes, read_toml
from builder.spec.types import ExistingFile, Table, WebFolder
from builder.validation import Finding, Location, mistake

Tables = TypeVar("Tables", bound=Table)

_TO_COME = "..."


class DemoSpec(PageSpec):
    """A demo of pictures and sentences."""

    template: Literal["image-text"] = "image-text"
    """The page."""
    models: Annotated[tuple[ModelSpec, ...], Field(min_length=1, strict=False)]
    """The models to choose from; the page opens with the first."""
    gallery: GallerySpec | None = None
    """Many more pictures, which need no prompts: visitors search them by a sentence."""
    images: Annotated[tuple[ImageSpec, ...], Field(strict=False, validate_default=True)] = ()
    """The pictures, in the order in which the page shows them; a demo with a gallery needs none."""
    defaults: DefaultsSpec = DefaultsSpec()
    """What is said once for all pictures."""
    prompt_table: ExistingFile | None = None
    """A CSV with prompts of pictures: `image`, their id or file, and `prompt`, `prompt1` ..."""
    prompt_sets: Annotated[tuple[PromptSetSpec, ...], Field(strict=False)] = ()
    """Sets of prompts that visitors can try on any picture."""
    base_url: WebFolder | None = None
    """Where `models/` and `images/` are served from, if not from beside the page."""
    visitor_language: bool = False
    """Whether the page speaks the language that a visitor's browser asks for, or that the visitor
    chooses at its foot, if it knows it; your texts stay as they are."""
    _places: Places = PrivateAttr(Places(Path("the demo"), {}))

    @field_validator("images")
    @classmethod
    def _some_pictures(
        cls, images: tuple[ImageSpec, ...], info: ValidationInfo
    ) -> tuple[ImageSpec, ...]:
        # A gallery that is wrong is not in the data, and is reported itself.
        if not images and info.data.get("gallery", images) is None:
            raise mistake(
                "there are no pictures",
                'For example: [[images]] with file = "images/cat.jpg", or [gallery] with'
                ' pictures = "photos/**/*.jpg"',
            )
        return images

    def at(self, places: Places) -> Self:
        """The same demo, as written there."""
        placed = self.model_copy()
        placed._places = places
        return placed

    def where(self, *location: str | int) -> str:
        """Where something was written, for messages: `demo.toml:12: images[3].file`."""
        return self._places.name(location)

    @property
    def prompts(self) -> tuple[str, ...]:
        """Every distinct prompt, in order of first use: those of pictures, then those of sets."""
        lists = (*self.images, *self.prompt_sets)
        return tuple(dict.fromkeys(prompt for entry in lists for prompt in entry.prompts))


def load_spec(path: Path) -> DemoSpec:
    """Read the `demo.toml` of a demo of pictures and sentences.

    Raises:
        SpecError: with every problem found, each with its line and a remedy.
        BuilderError: if it cannot be read, describes another kind of demo, or has only a gallery.
    """
    return _require_images(path, load_models_spec(path))


def load_models_spec(path: Path) -> DemoSpec:
    """The same, where the models are enough: there may be a gallery and no `[[images]]`."""
    return _require_models(path, load_any_spec(path))


def load_any_spec(path: Path, inspect: InspectPicture | None = None) -> DemoSpec | FunctionDemoSpec:
    """Read a `demo.toml`, or the one in a folder; its `template` says what it describes.

    File names in it are relative to its folder. What `inspect` finds wrong with pictures is
    reported together with all else. Raises as `load_spec` does.
    """
    path = find_spec(path)
    return _read_spec(path, *read_toml(path), inspect)


def find_spec(path: Path) -> Path:
    """The file itself, or the `demo.toml` in a folder."""
    return path / "demo.toml" if path.is_dir() else path


def load_draft(path: Path) -> tuple[str, DemoSpec]:
    """The text of a `demo.toml`, and what it says, where pictures need not have prompts yet.

    Raises as `load_spec` does.
    """
    text, table = read_toml(path)
    images = _list_of_tables(table.get("images"))
    if images and "prompt_table" not in table:
        drafts = [{**image, "prompts": image.get("prompts") or [_TO_COME]} for image in images]
        table = {**table, "images": drafts}
    return text, _require_images(path, _require_models(path, _read_spec(path, text, table)))


def _require_models(path: Path, spec: DemoSpec | FunctionDemoSpec) -> DemoSpec:
    if not isinstance(spec, DemoSpec):
        raise BuilderError(f"{path}: the template '{spec.template}' has no models or pictures.")
    return spec


def _require_images(path: Path, spec: DemoSpec) -> DemoSpec:
    if not spec.images:
        raise BuilderError(f"{path}: has only a [gallery]. Add [[images]] with prompts.")
    return spec


def _read_spec(
    path: Path, text: str, table: dict[str, Any], inspect: InspectPicture | None = None
) -> DemoSpec | FunctionDemoSpec:
    places = Places.read(path, text)
    if extremes := list(find_extremes(table)):
        raise SpecError(place_findings(places, extremes))
    findings = list(_find_duplicates(table))
    table = _complete_images(table, path.parent)
    kind = DemoSpec if table.get("template", "image-text") == "image-text" else FunctionDemoSpec
    if inspect and kind is DemoSpec:
        findings += inspect_pictures(_list_of_tables(table.get("images")), path.parent, inspect)
    try:
        spec = kind.model_validate(table, context=path.parent)
    except ValidationError as error:
        known_keys = functools.partial(_known_keys, kind)
        findings += explain_spec_errors(error.errors(include_url=False), known_keys)
    else:
        if not findings:
            return spec.at(places) if isinstance(spec, DemoSpec) else spec
    raise SpecError(place_findings(places, findings))


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
        raise SpecError(place_findings(Places(Path(where), {}), findings)) from None


def _complete_images(table: dict[str, Any], folder: Path) -> dict[str, Any]:
    """The tables of pictures with what is said elsewhere: in [defaults], and in a prompt table.

    What is wrong there is left to the model, which reports it once.
    """
    images = _list_of_tables(table.get("images"))
    try:
        defaults = DefaultsSpec.model_validate(table.get("defaults", {}))
    except ValidationError:
        defaults = DefaultsSpec()
    images = [{**defaults.model_dump(exclude_none=True), **image} for image in images]
    name = table.get("prompt_table")
    if isinstance(name, str) and not find_fault(folder / name):
        images = add_prompts(images, read_prompt_table(folder / name), folder / name)
    return {**table, "images": images} if images else table


def _find_duplicates(table: Mapping[str, Any]) -> Iterator[Finding]:
    """Ids and names that appear twice in a list of tables; read before types are known."""
    for tables, (key_name, id_of) in _IDS.items():
        seen: dict[str, int] = {}
        for index, entry in enumerate(_list_of_tables(table.get(tables))):
            key = id_of(entry)
            if key is not None and key in seen:
                message = f"the {key_name} '{key}' is already used by {tables}[{seen[key]}]"
                yield Finding(
                    (tables, index, key_name),
                    message,
                    f"Give each its own {key_name}, or remove one.",
                )
            elif key is not None:
                seen[key] = index


def _list_of_tables(value: Any) -> list[dict[str, Any]]:
    try:
        return TypeAdapter(list[dict[str, Any]]).validate_python(value)
    except ValidationError:
        return []  # a wrong type, which is reported by the model


def _known_keys(kind: type[Table], location: Location) -> list[str]:
    named = [part for part in location[:-1] if isinstance(part, str)]
    table = _TABLES.get(named[-1], kind) if named else kind
    return list(table.model_fields)


_IDS: Mapping[str, tuple[str, Callable[[dict[str, Any]], str | None]]] = {
    "images": ("id", id_of_image),
    "models": ("id", id_of_model),
    "functions": ("id", id_of_function),
    "prompt_sets": ("name", name_of_prompt_set),
}

_TABLES: Mapping[str, type[Table]] = {
    "links": LinkSpec,
    "models": ModelSpec,
    "tokenizer": TokenizerSpec,
    "card": CardSpec,
    "images": ImageSpec,
    "gallery": GallerySpec,
    "defaults": DefaultsSpec,
    "sharing": SharingSpec,
    "prompt_sets": PromptSetSpec,
    "functions": FunctionSpec,
    "inputs": InputSpec,
}

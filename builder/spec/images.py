"""The pictures of a `demo.toml`, and what is said once for all of them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, TypeAlias, cast

from pydantic import Field, TypeAdapter, ValidationError, model_validator

from builder.errors import ImageError
from builder.input_file import find_fault
from builder.spec.types import (
    ExistingFile,
    Fraction,
    Id,
    Prompts,
    Table,
    Text,
    WebAddress,
    slug,
)
from builder.validation import Finding, mistake

Box: TypeAlias = tuple[int, int, int, int]
"""Left, top, right, bottom in pixels of the upright picture."""

InspectPicture: TypeAlias = Callable[[Path, Box | None], None]
"""Raises an ImageError about a file that is no use as a picture, or not with that crop."""


class DefaultsSpec(Table):
    """What holds for every picture that does not say otherwise."""

    author: Text | None = None
    """Who made them."""
    license: Text | None = None
    """Their licence, such as `CC-BY-4.0`."""
    source: WebAddress | None = None
    """Where they come from."""


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
    prompts: Prompts
    """Example prompts, whose answers are precomputed."""
    author: Text | None = None
    """Who made it."""
    license: Text | None = None
    """Its licence, such as `CC-BY-4.0`."""
    source: WebAddress | None = None
    """Where it comes from."""
    focal_point: Annotated[tuple[Fraction, Fraction] | None, Field(strict=False)] = None
    """The point that the square should keep, in fractions of width and height."""
    crop: Annotated[Box | None, Field(strict=False)] = None
    """The square itself: left, top, right, bottom in pixels of the upright picture."""

    @model_validator(mode="before")
    @classmethod
    def _name_after_file(cls, table: Any) -> Any:
        """Without an id, the file's name becomes the id."""
        if isinstance(table, dict):
            named = cast("dict[str, Any]", table)
            return {"id": id_of_image(named), **named}
        return table

    @model_validator(mode="after")
    def _one_way_to_crop(self) -> "ImageSpec":
        if self.crop and self.focal_point:
            raise mistake("both focal_point and crop are given", "Keep one.")
        if self.crop and not _is_box(self.crop):
            raise mistake(
                f"crop = {list(self.crop)} is not a box",
                "Write [left, top, right, bottom] in pixels.",
            )
        return self


def inspect_pictures(
    images: Sequence[Mapping[str, Any]], folder: Path, inspect: InspectPicture
) -> Iterator[Finding]:
    """What is wrong with the pictures of these tables; files that are not there are left out."""
    for index, image in enumerate(images):
        name = image.get("file")
        if not isinstance(name, str) or find_fault(folder / name):
            continue  # as is said where types and names are checked
        try:
            inspect(folder / name, _box_of(image))
        except ImageError as error:
            yield Finding(
                ("images", index, error.key), f"{folder / name}: {error.message}", error.remedy
            )


def _box_of(image: Mapping[str, Any]) -> Box | None:
    """The crop in a table, if it is one."""
    try:
        box = TypeAdapter(Box).validate_python(image.get("crop"))
    except ValidationError:
        return None
    return box if _is_box(box) else None


def _is_box(box: Box) -> bool:
    left, top, right, bottom = box
    return 0 <= left < right and 0 <= top < bottom


def id_of_image(table: dict[str, Any]) -> str:
    """The id in a table of a picture, or the one that is made from its file's name."""
    return str(table.get("id") or slug(Path(str(table.get("file"))).stem) or "image")

"""The `[[functions]]` of `demo.toml`: JAX functions for a page that a template describes."""

from pathlib import Path
from typing import Annotated, Any, Literal, cast

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    ValidationInfo,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import PydanticCustomError

from builder.spec_page import PageSpec
from builder.spec_types import (
    TARGET,
    ExistingFile,
    Id,
    Table,
    Target,
    TargetName,
    Text,
    read_target,
    slug,
)

BUILT_IN = ("function", "mnist")
"""Templates of pages for functions that come with the package."""


def _existing_template(name: str, info: ValidationInfo) -> str:
    """Make the path of a folder absolute; built-in names stay as they are."""
    if name in BUILT_IN:
        return name
    folder = (info.context or Path()) / name
    if not (folder / "page.html.j2").is_file():
        raise PydanticCustomError(
            "no_template",
            "there is no template {path}|Name one of {known}, or a folder with a page.html.j2.",
            {"path": str(folder), "known": ", ".join(("image-text", *BUILT_IN))},
        )
    return str(folder.resolve())


def _params(source: object, info: ValidationInfo) -> Target | Path:
    if isinstance(source, str) and TARGET.fullmatch(source):
        return read_target(source, info)
    path = (info.context or Path()) / str(source)
    if not path.is_file():
        raise PydanticCustomError(
            "no_params",
            "there is no file {path}|Put it there, or name a value as module:name.",
            {"path": str(path)},
        )
    return path


class InputSpec(Table):
    """An input of a function, in the order of its arguments.

    `shape` is written like "(b, 28, 28)", with letters for sizes that vary. `range` is what its
    numbers lie between: samples are drawn from it, and sliders end there. `labels` name the entries
    of the last axis, or the input itself if it has none.
    """

    name: Annotated[str, Field(pattern=r"^[A-Za-z]\w*$")]
    shape: Annotated[str, Field(pattern=r"^\(.*\)$")]
    dtype: Literal["float32", "int32"] = "float32"
    range: Annotated[tuple[float, float] | None, Field(strict=False)] = None
    labels: Annotated[tuple[Text, ...], Field(strict=False)] = ()

    @model_validator(mode="after")
    def _range_rises(self) -> "InputSpec":
        if self.range and not self.range[0] < self.range[1]:
            raise PydanticCustomError(
                "range",
                "range = {r} does not rise|Write [least, greatest].",
                {"r": str(self.range)},
            )
        return self


class FunctionSpec(Table):
    """A JAX function for the page: `function(params, *inputs)`, converted and compared with JAX.

    `function` is `module:function`, found in the folder of `demo.toml` or installed. `params` is an
    npz file with keys like `dense/kernel`, or `module:name`; without it the function is called with
    an empty dictionary. `samples` is an npz file with an array for each input, on which the
    converted function is compared with JAX; without it they are drawn at random.
    """

    id: Id
    function: TargetName
    params: Annotated[
        Target | Path | None, BeforeValidator(_params), WithJsonSchema({"type": "string"})
    ] = None
    inputs: Annotated[tuple[InputSpec, ...], Field(min_length=1, strict=False)]
    samples: ExistingFile | None = None
    quantization: Literal["none", "float16", "uint16", "uint8", "auto"] = "none"
    min_cosine: Annotated[float, Field(gt=0, le=1)] = 0.9999

    @model_validator(mode="before")
    @classmethod
    def _name_after_function(cls, table: Any) -> Any:
        """Without an id, the function's own name is one."""
        if isinstance(table, dict):
            named = cast("dict[str, Any]", table)
            return {"id": id_of_function(named), **named}
        return table


class FunctionDemoSpec(PageSpec):
    """A demo of functions: `template` makes the page, `data` are files that it reads by name."""

    template: Annotated[str, AfterValidator(_existing_template)]
    functions: Annotated[tuple[FunctionSpec, ...], Field(min_length=1, strict=False)]
    data: dict[str, ExistingFile] = {}


def id_of_function(table: dict[str, Any]) -> str:
    """The id of a function as written in `demo.toml`, given or made of its name."""
    return str(table.get("id") or slug(str(table.get("function")).rpartition(":")[2]))

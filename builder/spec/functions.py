"""The `[[functions]]` of `demo.toml`: JAX functions for a page that a template describes."""

from pathlib import Path
from typing import Annotated, Any, Literal, cast

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    FiniteFloat,
    ValidationInfo,
    WithJsonSchema,
    field_validator,
    model_validator,
)

from builder.errors import show
from builder.input_file import ABSENT, find_fault
from builder.options import MAX_AXES, Choice
from builder.spec.mistaken import explain_training
from builder.spec.page import PageSpec
from builder.spec.types import (
    MAX_ID,
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
from builder.validation import mistake

BUILT_IN = ("function", "mnist")
"""Page templates for functions that come with the package."""


def _existing_template(name: str, info: ValidationInfo) -> str:
    """Make the path of a folder absolute; built-in names stay as they are."""
    if name in BUILT_IN:
        return name
    folder = (info.context or Path()) / name
    if find_fault(folder / "page.html.j2"):
        known = ", ".join(("image-text", *BUILT_IN))
        raise mistake(
            f"there is no template {folder}",
            f"Name one of {known}, or a folder with a page.html.j2.",
        )
    return str(folder.resolve())


def _params(source: object, info: ValidationInfo) -> Target | Path:
    if isinstance(source, str) and TARGET.fullmatch(source):
        return read_target(source, info)
    if not isinstance(source, str):
        raise mistake(f"{show(source)} is not a text", "Name a file, or a value as module:name.")
    path = (info.context or Path()) / source
    if fault := find_fault(path):
        found = f"there is no file {path}" if fault == ABSENT else f"{path} {fault}"
        training = explain_training(path, find_fault)
        raise mistake(found, training or "Add it, or name a value as module:name.")
    return path


def _few_axes(shape: str) -> str:
    if shape.count(",") > MAX_AXES:
        raise mistake(f"the shape has more than {MAX_AXES} axes", "Use an array of fewer axes.")
    return shape


_LARGEST = {"float32": 3.4028234e38, "int32": 2.0**31 - 1}


class InputSpec(Table):
    """An input of a function, in the order of its arguments."""

    name: Annotated[str, Field(pattern=r"^[A-Za-z]\w*$", max_length=MAX_ID)]
    """Its name on the page."""
    shape: Annotated[str, Field(pattern=r"^\(.*\)$", max_length=200), AfterValidator(_few_axes)]
    """Its shape, like `(b, 28, 28)`, with letters for sizes that vary."""
    dtype: Literal["float32", "int32"] = "float32"
    """Type of its numbers."""
    range: Annotated[tuple[FiniteFloat, FiniteFloat] | None, Field(strict=False)] = None
    """The range of its numbers: samples are drawn from it, and sliders end there."""
    labels: Annotated[tuple[Text, ...], Field(strict=False)] = ()
    """Names of the entries of the last axis, or of the input itself if it has none."""

    @model_validator(mode="after")
    def _range_rises(self) -> "InputSpec":
        if self.range and not self.range[0] < self.range[1]:
            raise mistake(f"range = {self.range} is not increasing", "Write [least, greatest].")
        largest = _LARGEST[self.dtype]
        if self.range and max(map(abs, self.range)) > largest:
            raise mistake(
                f"range = {self.range} is beyond what {self.dtype} holds",
                f"Stay between -{largest:g} and {largest:g}.",
            )
        return self


class FunctionSpec(Table):
    """A JAX function for the page: `function(params, *inputs)`, converted and compared with JAX."""

    id: Id = ""
    """Its name on the page; made from the function's name if left out."""
    function: TargetName
    """`module:function`, found in the folder of `demo.toml` or installed."""
    params: Annotated[
        Target | Path | None, BeforeValidator(_params), WithJsonSchema({"type": "string"})
    ] = None
    """An npz file with keys like `dense/kernel`, or `module:name`; by default, an empty dict."""
    inputs: Annotated[tuple[InputSpec, ...], Field(min_length=1, strict=False)]
    """Its inputs after `params`."""
    samples: ExistingFile | None = None
    """An npz file with an array for each input, to compare on; by default drawn at random."""
    quantization: Literal["none", Choice] = "none"
    """How weights are stored; `auto` uses the fewest bytes that keep `min_cosine`."""
    min_cosine: Annotated[float, Field(gt=0, le=1)] = 0.9999
    """The least cosine to what JAX computes."""

    @field_validator("inputs")
    @classmethod
    def _distinct_names(cls, inputs: tuple[InputSpec, ...]) -> tuple[InputSpec, ...]:
        names = [wanted.name for wanted in inputs]
        if twice := next((name for name in names if names.count(name) > 1), None):
            raise mistake(f"two inputs have the name '{twice}'", "Give each its own name.")
        return inputs

    @model_validator(mode="before")
    @classmethod
    def _name_after_function(cls, table: Any) -> Any:
        """Without an id, the function's own name becomes the id."""
        if isinstance(table, dict):
            named = cast("dict[str, Any]", table)
            return {"id": id_of_function(named), **named}
        return table


class FunctionDemoSpec(PageSpec):
    """A demo of functions."""

    template: Annotated[str, AfterValidator(_existing_template)]
    """The page: `function`, `mnist`, or a folder of yours."""
    functions: Annotated[tuple[FunctionSpec, ...], Field(min_length=1, strict=False)]
    """The functions that the page calls."""
    data: dict[Annotated[str, Field(max_length=MAX_ID)], ExistingFile] = {}
    """Files that the page reads by these names."""


def id_of_function(table: dict[str, Any]) -> str:
    """The id of a function as written in `demo.toml`, given or made from its name."""
    return str(table.get("id") or slug(str(table.get("function")).rpartition(":")[2]))

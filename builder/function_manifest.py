"""What a site's manifest says of functions that its page runs."""

from typing import Annotated, Literal

from pydantic import Field

from builder.file_ref import FileRef
from builder.schema import Part


class ArrayRef(FileRef):
    """A row-major little-endian array; a bool takes one byte."""

    dtype: Literal["float32", "int32", "bool"]
    shape: tuple[int, ...]


class FunctionInput(Part):
    """An input of a function. `range` is the least and the greatest of its numbers, if known."""

    name: str
    dtype: Literal["float32", "int32"]
    shape: tuple[int | None, ...] = Field(description="Null where a size varies.")
    range: tuple[float, float] | None
    labels: tuple[str, ...] = Field(description="Names of entries of the last axis; may be empty.")


class FunctionGolden(Part):
    """A call that a browser must reproduce before its answers are trusted.

    Arrays are in the order of the function's inputs and outputs; `tolerance` is the largest
    difference allowed between two numbers.
    """

    inputs: tuple[ArrayRef, ...]
    outputs: tuple[ArrayRef, ...]
    tolerance: Annotated[float, Field(gt=0)]


class Function(Part):
    """A JAX function as a TensorFlow.js graph model; inputs and outputs are identified by name."""

    id: str
    model: FileRef
    weights: tuple[FileRef, ...]
    inputs: Annotated[tuple[FunctionInput, ...], Field(min_length=1)]
    outputs: Annotated[tuple[str, ...], Field(min_length=1)]
    golden: FunctionGolden

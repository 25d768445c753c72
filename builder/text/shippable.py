"""Whether a tokenizer can go into a site: looked at before anything is built."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from builder.errors import BuilderError, ModelError, first_line
from builder.manifest import CompressibleRef, PipelineRef, RowLayout, SentencePieceRef, WordPieceRef
from builder.vocabulary import PipelineModel, SentencePieceModel, WordPieceModel

_REFS: Mapping[type, type] = {
    SentencePieceModel: SentencePieceRef,
    WordPieceModel: WordPieceRef,
    PipelineModel: PipelineRef,
}
"""What a site's file of a vocabulary may hold, and the manifest's entry that names it."""

_REMEDY = (
    "The page has to make the same token rows. Use builder.load_tokenizer, or make your class hand"
    " to_manifest and to_ref on to a tokenizer of that function."
)


def check_shippable(tokenizer: Any) -> None:
    """See that a tokenizer of the author's own follows `builder.text.tokenizer.Tokenizer`.

    Raises:
        ModelError: if it lacks a part, or a part gives what the web app does not know.
    """
    name = type(tokenizer).__name__
    layout = getattr(tokenizer, "layout", None)
    if not isinstance(layout, RowLayout):
        raise _refuse(f"{name}.layout is {type(layout).__name__}, not a builder RowLayout")
    for method in ("__call__", "to_manifest", "to_ref"):
        if not callable(getattr(tokenizer, method, None)):
            raise _refuse(f"{name} has no method {method}")
    model = _call(f"{name}.to_manifest", tokenizer.to_manifest)
    if type(model) not in _REFS:
        known = ", ".join(kind.__name__ for kind in _REFS)
        raise _refuse(f"{name}.to_manifest gives {type(model).__name__}, which is none of {known}")
    wanted = _REFS[type(model)]
    file = CompressibleRef(url="vocabulary.json", sha256="0" * 64, bytes=0)
    ref = _call(f"{name}.to_ref", lambda: tokenizer.to_ref(file))
    if type(ref) is not wanted:
        raise _refuse(f"{name}.to_ref gives {type(ref).__name__}, not {wanted.__name__}")
    _check_rows(name, layout, _call(name, lambda: tokenizer(["a", "b"])))


def _check_rows(name: str, layout: RowLayout, rows: Any) -> None:
    found = np.asarray(rows)
    if found.shape != (2, layout.max_length) or not np.issubdtype(found.dtype, np.integer):
        raise _refuse(
            f"{name} makes {found.dtype}{list(found.shape)} of 2 texts, not"
            f" int32[2, {layout.max_length}]"
        )


def _call(name: str, function: Callable[[], Any]) -> Any:
    try:
        return function()
    except BuilderError:
        raise
    except Exception as error:  # the author's code may raise anything
        raise _refuse(f"{name} failed: {first_line(error)}") from error


def _refuse(what: str) -> ModelError:
    return ModelError(f"the tokenizer cannot be shipped: {what}.", _REMEDY)

"""The files that a manifest, or a part of one, names."""

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

from builder.manifest import FileRef, Model


def referenced_files(site: BaseModel) -> Iterator[FileRef]:
    """Every file that a manifest, or a part of one, names."""
    pending: list[Any] = [site]
    while pending:
        part = pending.pop()
        if isinstance(part, FileRef):
            yield part
        elif isinstance(part, BaseModel):
            pending += vars(part).values()
        elif isinstance(part, tuple | dict):
            pending += part.values() if isinstance(part, dict) else part


def encoder_files(model: Model) -> tuple[FileRef, ...]:
    """What a page fetches before it can embed a visitor's text; nothing if it cannot."""
    if model.tokenizer is None or model.encoder is None:
        return ()
    return (model.tokenizer.file, model.encoder.model, *model.encoder.weights)


def image_encoder_files(model: Model) -> tuple[FileRef, ...]:
    """What a page fetches before it can embed a visitor's picture; nothing if it cannot."""
    if (encoder := model.image_encoder) is None:
        return ()
    return (encoder.graph.model, *encoder.graph.weights, encoder.golden)

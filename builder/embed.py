"""Unit rows of images and prompts, each computed once and kept by content."""

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from builder.cache import Cache, digest
from builder.errors import ModelError
from builder.progress import Progress
from builder.towers.base import ImageTextModel, Rows, Tower

IMAGE_BATCH = 8
TEXT_BATCH = 32

Embed = Callable[[NDArray[Any]], Rows]


@dataclass(frozen=True)
class Embeddings:
    """zimg float32[images, d] and ztxt float32[texts, d], unit rows, with the texts' tokens."""

    zimg: Rows
    ztxt: Rows
    tokens: NDArray[np.int32]


def embed(
    model: ImageTextModel,
    pixels: Sequence[NDArray[np.uint8]],
    texts: Sequence[str],
    *,
    cache: Cache,
    progress: Progress,
) -> Embeddings:
    """Embed images, uint8[224, 224, 3] each, and texts.

    Raises:
        ModelError: if a tower returns rows of the wrong size or that are not finite.
    """

    tokens = model.tokenizer(texts)
    zimg = _embed_rows(
        f"Embed images with {model.id}", model, model.image_fingerprint,
        np.stack(pixels), lambda: _on_bytes(model.load_image()), IMAGE_BATCH, cache, progress,
    )  # fmt: skip
    ztxt = _embed_rows(
        f"Embed prompts with {model.id}", model, model.text_fingerprint,
        tokens, lambda: model.text_tower, TEXT_BATCH, cache, progress,
    )  # fmt: skip
    return Embeddings(zimg, ztxt, tokens)


def _embed_rows(
    title: str,
    model: ImageTextModel,
    fingerprint: str,
    inputs: NDArray[Any],
    load: Callable[[], Embed],
    batch_size: int,
    cache: Cache,
    progress: Progress,
) -> Rows:
    keys = [digest(fingerprint, row.tobytes()) for row in inputs]
    kept = [_load_row(cache, key) for key in keys]
    missing = [index for index, row in enumerate(kept) if row is None]
    rows = np.zeros((len(inputs), model.dim), np.float32)
    for index, row in enumerate(kept):
        if row is not None:
            rows[index] = row
    if not missing:
        return rows

    run = load()
    with progress.step(title, len(missing)) as advance:
        for start in range(0, len(missing), batch_size):
            batch = missing[start : start + batch_size]
            # One batch shape, so that JAX compiles once: the last batch repeats its last input.
            padded = inputs[batch + batch[-1:] * (batch_size - len(batch))]
            rows[batch] = _checked(run(padded), model, batch_size)[: len(batch)]
            for index in batch:
                _store_row(cache, keys[index], rows[index])
            advance(len(batch))
    return rows


def _on_bytes(tower: Tower) -> Embed:
    return lambda pixels: tower(pixels.astype(np.float32) / 127.5 - 1)


def _checked(rows: Rows, model: ImageTextModel, batch_size: int) -> Rows:
    expected = (batch_size, model.dim)
    if rows.shape != expected:
        raise ModelError(f"{model.id}: a tower returned {rows.shape}, expected {expected}.")
    if not np.isfinite(rows).all():
        raise ModelError(f"{model.id}: a tower returned values that are not finite.")
    return rows


def _load_row(cache: Cache, key: str) -> Rows | None:
    data = cache.load("rows", key)
    return None if data is None else np.load(io.BytesIO(data), allow_pickle=False)


def _store_row(cache: Cache, key: str, row: Rows) -> None:
    data = io.BytesIO()
    np.save(data, row, allow_pickle=False)
    cache.store("rows", key, data.getvalue())

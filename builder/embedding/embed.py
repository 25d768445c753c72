"""Unit rows of images and prompts, each computed once and cached by content.

Threads read and decode inputs while the devices compute, at most two batches ahead, so that memory
does not grow with the number of inputs, except for the rows themselves.
"""

import importlib
import io
import os
from collections import deque
from collections.abc import Callable, Generator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, nullcontext
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from builder.cache import Cache, digest
from builder.errors import ImageError, ModelError, NumberError, Problem, SpecError
from builder.fingerprint import embedding_code
from builder.model import ImageTextModel, Rows, Tower
from builder.progress import Progress

if TYPE_CHECKING:
    import jax

    from builder.embedding.devices import PlacedTower

Keep = Callable[[Sequence[str], Rows], None]
"""Receives finished rows under their keys."""


@dataclass(frozen=True)
class Input:
    """What a tower will see, loaded when its turn comes.

    `name` is for messages; `content` is a hash of everything that the loaded array depends on.
    """

    name: str
    content: str
    load: Callable[[], NDArray[Any]]


@dataclass(frozen=True)
class Embeddings:
    """zimg float32[images, d] and ztxt float32[texts, d], unit rows, with the texts' tokens."""

    zimg: Rows
    ztxt: Rows
    tokens: NDArray[np.int32]


@dataclass(frozen=True)
class _Work:
    """How one kind of input becomes rows.

    `load` returns the tower, and a faster one if there is one to try; `shape` and `dtype` are those
    of one input.
    """

    kind: Literal["images", "prompts"]
    model: ImageTextModel
    fingerprint: str
    shape: tuple[int, ...]
    dtype: type[np.generic]
    load: Callable[[], tuple[Tower, Tower | None]]


def embed(
    model: ImageTextModel,
    images: Sequence[Input],
    texts: Sequence[str],
    *,
    cache: Cache,
    progress: Progress,
) -> Embeddings:
    """Embed texts, and images that load as uint8[size, size, 3].

    Raises:
        SpecError: naming every image that cannot be loaded; the rows of all others are kept.
        ModelError: if a tower returns rows of the wrong size, or values that are not finite.
    """
    zimg = embed_images(model, images, cache=cache, progress=progress)
    tokens = model.tokenizer(texts)
    ztxt = _embed_tokens(model, texts, tokens, cache=cache, progress=progress)
    return Embeddings(zimg, ztxt, tokens)


def embed_images(
    model: ImageTextModel, images: Sequence[Input], *, cache: Cache, progress: Progress
) -> Rows:
    """zimg, float32[n, dim] unit rows, of images that load as uint8[size, size, 3].

    Raises:
        SpecError: naming every image that cannot be loaded; the rows of all others are kept.
        ModelError: if the tower returns rows of the wrong size or that are not finite.
    """

    def load() -> tuple[Tower, Tower | None]:
        from builder.embedding.devices import in_bfloat16, multiplies_bfloat16, on_bytes

        tower = model.load_image()
        fast = on_bytes(in_bfloat16(tower), "bfloat16") if multiplies_bfloat16() else None
        return on_bytes(tower), fast

    size = model.preprocessing.size
    work = _Work("images", model, model.image_fingerprint, (size, size, 3), np.uint8, load)
    return _embed_rows(work, images, cache, progress)


def embed_texts(
    model: ImageTextModel, texts: Sequence[str], *, cache: Cache, progress: Progress
) -> Rows:
    """ztxt, float32[n, dim] unit rows, always computed in float32: exports are compared with them.

    Raises:
        ModelError: if the tower returns rows of the wrong size or that are not finite.
    """
    return _embed_tokens(model, texts, model.tokenizer(texts), cache=cache, progress=progress)


def _embed_tokens(
    model: ImageTextModel,
    texts: Sequence[str],
    tokens: NDArray[np.int32],
    *,
    cache: Cache,
    progress: Progress,
) -> Rows:
    inputs = [loaded(text, row) for text, row in zip(texts, tokens, strict=True)]

    def load() -> tuple[Tower, Tower | None]:
        return model.text_tower, None

    work = _Work("prompts", model, model.text_fingerprint, tokens.shape[1:], np.int32, load)
    return _embed_rows(work, inputs, cache, progress)


def loaded(name: str, array: NDArray[Any]) -> Input:
    """An input that is already in memory."""
    return Input(name, digest(array.tobytes()), lambda: array)


def _embed_rows(work: _Work, inputs: Sequence[Input], cache: Cache, progress: Progress) -> Rows:
    code = embedding_code()
    keys = [digest(code, work.fingerprint, item.content) for item in inputs]
    rows = {key: row for key in set(keys) if (row := _load_row(cache, key)) is not None}
    missing = {key: item for key, item in zip(keys, inputs, strict=True) if key not in rows}
    if missing:
        # Ctrl-C during this import crashes; a line that asks for patience comes after it.
        importlib.import_module("builder.embedding.devices")
        title = f"Embed {work.kind} with {work.model.id}"
        with progress.step(title, len(missing)) as advance:

            def keep(names: Sequence[str], computed: Rows) -> None:
                for key, row in zip(names, computed, strict=True):
                    _store_row(cache, key, row)
                    rows[key] = row
                advance(len(names))

            key = f"tower {code} {work.fingerprint} {len(missing)}"
            with cache.using(key, lambda: nullcontext(_place(work, len(missing)))) as (tower, fast):
                _compute(work, tower, fast, missing, keep, progress)
    return np.array([rows[key] for key in keys], np.float32).reshape(-1, work.model.dim)


def _place(work: _Work, count: int) -> "tuple[PlacedTower, Tower | None]":
    """The tower ready for so many inputs, and a faster one if there is one to try."""
    from builder.embedding.devices import BATCH_LIMITS, place_tower

    tower, fast = work.load()
    limit = BATCH_LIMITS[work.kind]
    return place_tower(tower, work.shape, work.dtype, count, limit), fast


def _compute(
    work: _Work,
    placed: "PlacedTower",
    fast: Tower | None,
    missing: Mapping[str, Input],
    keep: Keep,
    progress: Progress,
) -> None:
    """Compute the rows of the inputs and keep each batch as soon as it is done."""
    from builder.embedding.devices import prefer_fast

    problems: list[Problem] = []
    running: deque[tuple[list[str], jax.Array]] = deque()

    def finish_first() -> None:
        names, rows = running.popleft()
        inputs = [missing[key].name for key in names]
        keep(names, _checked(np.asarray(rows), work.model, placed.batch_size, inputs))

    with closing(_load_batches(missing, placed.batch_size, problems)) as batches:
        for names, batch in batches:
            if fast and len(batch) == placed.batch_size:
                placed, cosine = prefer_fast(fast, placed, batch)
                progress.console.print(f"bfloat16: least cosine to float32 {cosine:.6f}")
                fast = None
            # The devices begin a batch while the rows of the previous one are stored.
            running.append((names, placed.start(batch)))
            if len(running) > 1:
                finish_first()
    while running:
        finish_first()
    if problems:
        raise SpecError(problems)


def _load_batches(
    inputs: Mapping[str, Input], size: int, problems: list[Problem]
) -> Generator[tuple[list[str], NDArray[Any]]]:
    """Batches of `size` inputs, the last perhaps smaller, while the next two are being loaded.

    An input that cannot be loaded is left out and becomes a problem.
    """
    waiting = iter(inputs.items())
    loading: deque[tuple[str, Input, Future[NDArray[Any]]]] = deque()
    pool = ThreadPoolExecutor(os.cpu_count(), "load")

    def load_ahead() -> None:
        for key, item in islice(waiting, 2 * size - len(loading)):
            loading.append((key, item, pool.submit(item.load)))

    try:
        load_ahead()
        while loading:
            names: list[str] = []
            arrays: list[NDArray[Any]] = []
            while loading and len(names) < size:
                key, item, future = loading.popleft()
                load_ahead()
                try:
                    arrays.append(future.result())
                    names.append(key)
                except ImageError as error:
                    problems.append(Problem.from_error(item.name, error))
            if names:
                yield names, np.stack(arrays)
    finally:
        pool.shutdown(cancel_futures=True)


def _checked(rows: Rows, model: ImageTextModel, batch_size: int, inputs: Sequence[str]) -> Rows:
    """The rows of the inputs, without those of what filled the batch."""
    expected = (batch_size, model.dim)
    if rows.shape != expected:
        raise ModelError(f"{model.id}: a tower returned {rows.shape}, expected {expected}.")
    rows = rows[: len(inputs)]
    finite = np.isfinite(rows)
    if not finite.all():
        row, column = (int(i) for i in np.unravel_index(int(np.argmin(finite)), rows.shape))
        raise NumberError(
            f"{model.id}: a tower returned {rows[row, column]} in column {column} of the row of"
            f" {inputs[row]!r}, which is not finite."
        )
    return rows


def _load_row(cache: Cache, key: str) -> Rows | None:
    data = cache.load("rows", key)
    return None if data is None else np.load(io.BytesIO(data), allow_pickle=False)


def _store_row(cache: Cache, key: str, row: Rows) -> None:
    data = io.BytesIO()
    np.save(data, row, allow_pickle=False)
    cache.store("rows", key, data.getvalue())

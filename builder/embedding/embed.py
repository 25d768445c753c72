"""Unit rows of images and prompts, each computed once and cached by content.

Inputs stream through (`builder.embedding.stream`), so that memory does not grow with their number,
except for the rows themselves.
"""

import importlib
import io
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import closing, nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from builder.cache import Cache, digest
from builder.embedding.stream import BatchRunner, check_rows, load_ahead
from builder.errors import ImageError, Problem, SpecError
from builder.fingerprint import embedding_code
from builder.model import ImageTextModel, Rows, Tower
from builder.progress import Progress

if TYPE_CHECKING:
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

    def of_first_texts(self, count: int) -> "Embeddings":
        """The same without the texts after so many."""
        return Embeddings(self.zimg, self.ztxt[:count], self.tokens[:count])


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
        from builder.embedding.devices import see_bytes

        return see_bytes(model.load_image())

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
    problems: list[Problem] = []
    runner = BatchRunner(placed, fast, progress.say)
    with closing(_load_batches(missing, runner.batch_size, problems)) as batches:
        for names, rows in runner.run(batches):
            inputs = [missing[key].name for key in names]
            keep(names, check_rows(rows, work.model.id, work.model.dim, inputs))
    if problems:
        raise SpecError(problems)


def _load_batches(
    inputs: Mapping[str, Input], size: int, problems: list[Problem]
) -> Generator[tuple[list[str], NDArray[Any]]]:
    """Batches of `size` inputs, the last perhaps smaller, while the next two are being loaded.

    An input that cannot be loaded is left out and becomes a problem.
    """

    def load(key: str) -> NDArray[Any] | ImageError:
        try:
            return inputs[key].load()
        except ImageError as error:
            return error

    with closing(load_ahead(inputs, load, 2 * size)) as loading:
        names: list[str] = []
        arrays: list[NDArray[Any]] = []
        for key, found in loading:
            if isinstance(found, ImageError):
                problems.append(Problem.from_error(inputs[key].name, found))
                continue
            names.append(key)
            arrays.append(found)
            if len(names) == size:
                yield names, np.stack(arrays)
                names, arrays = [], []
        if names:
            yield names, np.stack(arrays)


def _load_row(cache: Cache, key: str) -> Rows | None:
    data = cache.load("rows", key)
    return None if data is None else np.load(io.BytesIO(data), allow_pickle=False)


def _store_row(cache: Cache, key: str, row: Rows) -> None:
    data = io.BytesIO()
    np.save(data, row, allow_pickle=False)
    cache.store("rows", key, data.getvalue())

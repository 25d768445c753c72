"""Rows of many texts, computed in batches and kept.

They are kept in chunks, since a corpus has more texts than a cache should have files.
"""

import io
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from builder.cache import Cache, digest
from builder.embedding.devices import BATCH_LIMITS, PlacedTower, place_tower
from builder.errors import NumberError
from builder.fingerprint import embedding_code
from builder.model import ImageTextModel
from builder.progress import Progress

CorpusRows = NDArray[np.float16]

_KIND = "targets"
_CHUNK = 4096
"""Texts in an entry of the cache: seconds to minutes of work."""


def embed_corpus(
    model: ImageTextModel, texts: Sequence[str], *, cache: Cache, progress: Progress
) -> CorpusRows:
    """The unit rows of the texts, float16[n, dim].

    Raises:
        NumberError: if the tower returns values that are not finite.
    """
    tokens = model.tokenizer(texts)
    chunks = [tokens[start : start + _CHUNK] for start in range(0, len(tokens), _CHUNK)]
    keys = [digest(embedding_code(), model.text_fingerprint, c.tobytes()) for c in chunks]
    found = {key: rows for key in keys if (rows := _load(cache, key)) is not None}
    missing = {k: c for k, c in zip(keys, chunks, strict=True) if k not in found}
    if missing:
        count = sum(map(len, missing.values()))
        with progress.step(f"Embed texts with {model.id}", count) as advance:
            limit = BATCH_LIMITS["prompts"]
            tower = place_tower(model.text_tower, tokens.shape[1:], np.int32, count, limit)
            for key, chunk in missing.items():
                parts: list[CorpusRows] = []
                for batch in _batches(chunk, tower):
                    parts.append(_embed(model, tower, batch))
                    advance(len(batch))
                found[key] = np.concatenate(parts)
                _store(cache, key, found[key])
    rows = [found[key] for key in keys]
    return np.concatenate(rows) if rows else np.zeros((0, model.dim), np.float16)


def _batches(tokens: NDArray[np.int32], tower: PlacedTower) -> Iterator[NDArray[np.int32]]:
    for start in range(0, len(tokens), tower.batch_size):
        yield tokens[start : start + tower.batch_size]


def _embed(model: ImageTextModel, tower: PlacedTower, batch: NDArray[np.int32]) -> CorpusRows:
    rows = np.asarray(tower.start(batch))[: len(batch)]
    if not np.isfinite(rows).all():
        raise NumberError(f"{model.id}: the text tower returned NaN or infinity.")
    return rows.astype(np.float16)


def _load(cache: Cache, key: str) -> CorpusRows | None:
    data = cache.load(_KIND, key)
    return None if data is None else np.load(io.BytesIO(data), allow_pickle=False)


def _store(cache: Cache, key: str, rows: CorpusRows) -> None:
    data = io.BytesIO()
    np.save(data, rows, allow_pickle=False)
    cache.store(_KIND, key, data.getvalue())

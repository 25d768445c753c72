"""Where pictures lie on a map: UMAP places a sample, and the others go where their like are."""

import hashlib
import importlib
import importlib.util
import warnings
from typing import Any

import numpy as np
from numpy.typing import NDArray

from builder.cache import Cache, digest
from builder.errors import BuilderError
from builder.fingerprint import map_code
from builder.progress import Progress

EXTRA = "map"
"""What has to be installed for it."""

SAMPLE = 20_000
"""The most pictures that UMAP places: its memory and time grow with them."""

_KIND = "maps"
_NEIGHBOURS = 15
_ANCHORS = 5
"""Pictures of the sample between which another one is placed."""
_CHUNK = 4096
_MARGIN = 0.02
_SHARPNESS = 30.0
"""How much more an anchor weighs that is more similar: exp(30 * cosine)."""


def lay_out(rows: NDArray[np.float16], *, cache: Cache, progress: Progress) -> NDArray[np.float32]:
    """float32[n, 2] within the unit square for unit rows float16[n, d], the same each time.

    The map of the sample is by L. McInnes, J. Healy and J. Melville, "UMAP: Uniform Manifold
    Approximation and Projection for Dimension Reduction" (2018).
    """
    key = digest(map_code(), hashlib.sha256(np.ascontiguousarray(rows).data).hexdigest())
    with cache.lock(key):
        if (kept := cache.load(_KIND, key)) is not None:
            return np.frombuffer(kept, "<f4").reshape(len(rows), 2)
        places = _lay_out(rows, progress)
        cache.store(_KIND, key, places.astype("<f4").tobytes())
    return places


def _lay_out(rows: NDArray[np.float16], progress: Progress) -> NDArray[np.float32]:
    count = len(rows)
    chosen = np.sort(np.random.default_rng(0).permutation(count)[:SAMPLE])
    sample = rows[chosen].astype(np.float32)
    with progress.step("Lay out the map", count) as advance:
        placed = _fit(sample)
        places = np.empty((count, 2), np.float32)
        places[chosen] = placed
        advance(len(chosen))
        others = np.setdiff1d(np.arange(count), chosen, assume_unique=True)
        for start in range(0, len(others), _CHUNK):
            numbers = others[start : start + _CHUNK]
            places[numbers] = _place(rows[numbers].astype(np.float32), sample, placed)
            advance(len(numbers))
    return _fill_square(places)


def _fit(sample: NDArray[np.float32]) -> NDArray[np.float32]:
    if len(sample) <= _NEIGHBOURS:  # too few for neighbourhoods: around a circle
        angles = np.linspace(0, 2 * np.pi, len(sample), endpoint=False)
        return np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)
    umap: Any = _import_umap()
    # With a seed, UMAP computes in one thread, and says so.
    model = umap.UMAP(n_neighbors=_NEIGHBOURS, metric="cosine", random_state=0, n_jobs=1)
    return np.asarray(model.fit_transform(sample), np.float32)


def _place(
    rows: NDArray[np.float32], sample: NDArray[np.float32], placed: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Each row in the middle of the sample's rows that are most like it."""
    cosines = rows @ sample.T
    nearest = np.argpartition(cosines, -_ANCHORS, axis=1)[:, -_ANCHORS:]
    found = np.take_along_axis(cosines, nearest, axis=1)
    weights = np.exp(_SHARPNESS * (found - found.max(axis=1, keepdims=True)))
    weights /= weights.sum(axis=1, keepdims=True)
    return np.einsum("ij,ijk->ik", weights, placed[nearest])


def _fill_square(places: NDArray[np.float32]) -> NDArray[np.float32]:
    """The same map within the unit square, with a margin; its proportions stay."""
    low, high = places.min(axis=0), places.max(axis=0)
    scale = (1 - 2 * _MARGIN) / max(float((high - low).max()), 1e-9)
    return ((places - (low + high) / 2) * scale + 0.5).astype(np.float32)


def require_umap(where: str) -> None:
    """Refuse a map that cannot be made, before anything slow begins.

    Raises:
        BuilderError: if umap-learn is not installed; `where` is what asks for the map.
    """
    if importlib.util.find_spec("umap") is None:
        raise BuilderError(
            f"{where}: needs umap-learn, which is not installed. Run pip install"
            f" 'lit-demo-builder[{EXTRA}]', or leave the map out."
        )


def _import_umap() -> Any:
    with warnings.catch_warnings():
        # It says that a part which nobody asks for would need TensorFlow.
        warnings.simplefilter("ignore", ImportWarning)
        return importlib.import_module("umap")

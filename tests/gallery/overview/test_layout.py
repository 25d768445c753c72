"""On a map, pictures that are alike lie near each other, whether UMAP placed them or not."""

import sys
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

from builder.cache import Cache
from builder.errors import BuilderError
from builder.gallery.overview import layout
from builder.gallery.overview.layout import lay_out, require_umap
from builder.progress import Progress

GROUPS = 6
QUIET = Progress(Console(quiet=True))


def make_rows(count: int) -> tuple[np.ndarray, np.ndarray]:
    """Unit rows float16[count, 32] in groups, and the group of each."""
    rng = np.random.default_rng(0)
    groups = rng.integers(0, GROUPS, count)
    rows = rng.standard_normal((GROUPS, 32))[groups] + 0.3 * rng.standard_normal((count, 32))
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    return rows.astype(np.float16), groups


def test_groups_lie_together_and_apart_from_each_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(layout, "SAMPLE", 300)
    rows, groups = make_rows(900)
    places = lay_out(rows, cache=Cache(tmp_path / "one"), progress=QUIET)
    assert places.shape == (900, 2)
    assert places.min() >= 0
    assert places.max() <= 1
    centres = np.stack([places[groups == group].mean(axis=0) for group in range(GROUPS)])
    nearest = np.linalg.norm(places[:, None] - centres, axis=2).argmin(axis=1)
    assert (nearest == groups).mean() > 0.98
    another = lay_out(rows, cache=Cache(tmp_path / "two"), progress=QUIET)
    assert np.array_equal(places, another)
    monkeypatch.setattr(layout, "_lay_out", None)
    assert np.array_equal(places, lay_out(rows, cache=Cache(tmp_path / "one"), progress=QUIET))


def test_a_handful_of_pictures_needs_no_umap(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "umap", None)
    places = lay_out(make_rows(5)[0], cache=Cache(tmp_path), progress=QUIET)
    assert len(np.unique(places, axis=0)) == 5


def test_without_umap_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    def find_none(name: str) -> None: ...

    monkeypatch.setattr("importlib.util.find_spec", find_none)
    with pytest.raises(BuilderError, match=r"map: needs .* 'lit-demo-builder\[map\]'"):
        require_umap("demo.toml:9: gallery.map")

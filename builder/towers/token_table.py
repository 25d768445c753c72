"""A text tower with fewer token ids: some rows of its table, and all else as it is."""

from collections.abc import Sequence
from typing import Any

import jax
import numpy as np

from builder.errors import ModelError
from builder.model import Params, Tower

_REMEDY = "Remove [models.vocabulary] of this model."


def keep_tokens(tower: Tower, kept: Sequence[int], known: int) -> Tower:
    """The tower for ids that are places in `kept`, the ascending ids of the tower that stay.

    `known` is how many ids the tokenizer has. A tower of the author's own has no `table`; its only
    parameter with that many rows is taken to be it, and whoever calls this compares the results.

    Raises:
        ModelError: if there is no such parameter, or several; or if an id that the tower knows by
            number would get another one.
    """
    path = _path_of(tower, known)
    apply, fixed = tower.apply, 0
    if tower.table:
        apply, fixed = tower.table.renumber(kept), tower.table.fixed
    if list(kept[:fixed]) != list(range(fixed)):
        raise ModelError(
            f"the text tower counts from the id {fixed - 1}, so all ids up to it must stay.",
            _REMEDY,
        )

    def cut(place: Any, leaf: Any) -> Any:
        if _names(place) != path:
            return leaf
        # Where a vocabulary has ids beyond the table, towers take its last row.
        return np.asarray(leaf)[np.minimum(kept, leaf.shape[0] - 1)]

    params = jax.tree_util.tree_map_with_path(cut, tower.params)
    return Tower(apply, params)


def table_shape(tower: Tower, known: int) -> tuple[int, int]:
    """How many rows the table of a tower has, and how wide they are; see `keep_tokens`."""
    path = _path_of(tower, known)
    leaves = jax.tree_util.tree_leaves_with_path(tower.params)
    (shape,) = [leaf.shape for place, leaf in leaves if _names(place) == path]
    return shape


def _path_of(tower: Tower, known: int) -> tuple[str, ...]:
    return tower.table.path if tower.table else _find_table(tower.params, known)


def _find_table(params: Params, known: int) -> tuple[str, ...]:
    leaves = jax.tree_util.tree_leaves_with_path(params)
    found = [place for place, leaf in leaves if np.ndim(leaf) == 2 and leaf.shape[0] == known]
    if len(found) != 1:
        count = f"{len(found)} of its parameters have" if found else "none of its parameters has"
        raise ModelError(
            f"the vocabulary cannot be cut: {count} a row for each of the {known:,} ids.", _REMEDY
        )
    return _names(found[0])


def _names(place: Sequence[Any]) -> tuple[str, ...]:
    return tuple(str(getattr(key, "key", key)) for key in place)

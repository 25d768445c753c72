"""What an index is made of: weights, codes, clusters and the router."""

import numpy as np

from builder.gallery.index.clusters import BLOCK, Clusters, cluster
from builder.gallery.index.codes import choose_widths, train_codes
from builder.gallery.index.router import count_lists, train_router
from builder.gallery.index.search import find_best
from builder.gallery.index.weights import find_scale, round_rows, weigh
from tests.gallery.index.rows import make_rows

DIM = 24
ROWS = make_rows(4000, DIM, clumps=60)
PICTURES = ROWS.astype(np.float32)
# Sentences lie in a part of the space.
SENTENCES = make_rows(1200, 8, seed=3).astype(np.float32) @ np.linalg.qr(PICTURES[:DIM])[0][:8]
WEIGHTS = weigh(SENTENCES, PICTURES)


def make_clusters() -> Clusters:
    return cluster(ROWS, PICTURES, WEIGHTS, 40, lambda _: None)


def test_weights_keep_products_as_they_are():
    turned = (PICTURES[:50] @ WEIGHTS.root) @ (SENTENCES[:9] @ WEIGHTS.inverse).T
    assert np.allclose(turned, PICTURES[:50] @ SENTENCES[:9].T, atol=1e-4)


def test_rounding_moves_errors_to_where_sentences_do_not_look():
    scale = 5 * find_scale(ROWS)
    shaped = round_rows(PICTURES, scale, WEIGHTS) * scale - PICTURES
    plain = np.rint(PICTURES / scale) * scale - PICTURES
    assert np.std(shaped @ SENTENCES.T) < 0.5 * np.std(plain @ SENTENCES.T)


def test_wide_groups_come_last_and_axes_that_hardly_differ_are_dropped():
    widths = choose_widths(0.5 ** np.arange(40.0), 6)
    assert list(widths) == sorted(widths)
    assert len(widths) == 6
    assert sum(widths) < 40


def test_as_many_groups_as_axes_are_one_axis_each():
    assert choose_widths(np.ones(5), 5) == (1, 1, 1, 1, 1)


def test_longer_codes_are_more_exact():
    errors = []
    for groups in (2, 4, 8, 12):
        codes = train_codes(PICTURES, WEIGHTS, groups)
        coded = codes.encode(PICTURES)
        tables = codes.tabulate(SENTENCES[0])
        guesses = tables[np.arange(len(codes.widths)), coded].sum(axis=1)
        errors.append(float(np.std(guesses - PICTURES @ SENTENCES[0])))
    assert errors == sorted(errors, reverse=True)
    assert errors[-1] < 0.2 * errors[0]


def test_lists_hold_all_pictures_next_to_their_neighbours():
    clusters = make_clusters()
    assert sorted(clusters.order) == list(range(len(ROWS)))
    sizes = np.diff(clusters.starts)
    assert sizes.min() > 0
    assert sizes.max() <= 3 * len(ROWS) // 40
    first = clusters.order[clusters.starts[3] : clusters.starts[3] + BLOCK]
    block, all_ = PICTURES[first] @ WEIGHTS.root, PICTURES @ WEIGHTS.root
    assert block.var(axis=0).sum() < 0.6 * all_.var(axis=0).sum()


def test_positions_and_lists_of_pictures():
    clusters = make_clusters()
    positions = clusters.find_positions(np.array([[5, 17], [2999, 0]]))
    assert clusters.order[positions].tolist() == [[5, 17], [2999, 0]]
    lists = clusters.find_lists(positions)
    assert (clusters.starts[lists] <= positions).all()
    assert (positions < clusters.starts[lists + 1]).all()


def test_a_router_finds_more_than_the_means_of_lists_do():
    clusters = make_clusters()
    wanted = clusters.find_positions(find_best(SENTENCES, ROWS, 10).numbers)
    router = train_router(clusters, SENTENCES[200:], wanted[200:], 200)
    lists = clusters.find_lists(wanted[:200])
    by_means = np.argsort(-SENTENCES[:200] @ clusters.means.T, axis=1)
    learned = _share_found(router.rank(SENTENCES[:200])[0], lists, 8)
    assert learned > _share_found(by_means, lists, 8)


def test_a_router_knows_how_sure_it_is():
    clusters = make_clusters()
    wanted = clusters.find_positions(find_best(SENTENCES, ROWS, 10).numbers)
    router = train_router(clusters, SENTENCES[200:], wanted[200:], 200)
    ranked, shares = router.rank(SENTENCES[:200])
    assert np.allclose(shares.sum(axis=1), 1, atol=1e-4)
    counts = count_lists(shares, 0.7)
    lists = clusters.find_lists(wanted[:200])
    found = [np.isin(lists[i], ranked[i, :count]).mean() for i, count in enumerate(counts)]
    assert 0.6 < np.mean(found) < 0.9
    assert counts.min() < counts.max()


def _share_found(ranked: np.ndarray, lists: np.ndarray, probes: int) -> float:
    read = ranked[:, None, :probes]
    return float((lists[:, :, None] == read).any(axis=2).mean())

"""The index of a small gallery, and the scan that all are compared with."""

import numpy as np

from builder.gallery.index.exact import MOST_FILE_BYTES, add_exact_index, read_exact_rows
from builder.gallery.index.files import NamedFiles
from builder.gallery.index.search import find_best, measure_recall
from builder.gallery.index.weights import weigh
from tests.gallery.index.rows import make_rows


def test_all_rows_can_be_read_back_from_files_of_a_megabyte():
    rows = make_rows(2500, 512)
    exact = rows.astype(np.float32)
    files = NamedFiles()
    index = add_exact_index(rows, weigh(exact, exact), files)
    assert index.rows.count == 2
    assert max(map(len, files.contents.values())) <= MOST_FILE_BYTES
    read = read_exact_rows(index, files.contents, 512)
    assert np.abs(read - exact).max() < 4 * index.scale
    assert np.sum(read * exact, axis=1).min() > 0.998


def test_a_scan_finds_what_sorting_finds():
    rows, queries = make_rows(40_000, 8), make_rows(5, 8, seed=1).astype(np.float32)
    best = find_best(queries, rows, 10)
    similarities = queries @ rows.astype(np.float32).T
    expected = np.argsort(-similarities, axis=1)[:, :10]
    assert (best.numbers == expected).all()
    assert (np.diff(best.similarities, axis=1) <= 0).all()
    assert np.allclose(best.similarities, np.take_along_axis(similarities, best.numbers, 1))


def test_a_scan_of_few_rows_finds_them_all():
    rows = make_rows(3, 8)
    best = find_best(rows.astype(np.float32), rows, 10)
    assert best.numbers[:, 0].tolist() == [0, 1, 2]
    assert sorted(best.numbers[0]) == [0, 1, 2]


def test_recall_is_the_share_of_the_best_that_was_found():
    rows = np.array([[1, 0], [0.9, 0], [0.5, 0], [0.9, 0], [0.2, 0]], np.float16)
    query = np.array([[1, 0]], np.float32)
    best = find_best(query, rows, 2)
    assert measure_recall(query, rows, np.array([[0, 4]]), best) == 0.5


def test_a_picture_as_good_as_the_last_of_the_best_counts_as_found():
    rows = np.array([[1, 0], [0.9, 0], [0.9, 0], [0.9, 0]], np.float16)
    query = np.array([[1, 0]], np.float32)
    best = find_best(query, rows, 2)
    for other in (1, 2, 3):
        assert measure_recall(query, rows, np.array([[0, other]]), best) == 1

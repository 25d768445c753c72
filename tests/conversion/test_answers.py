"""Which answers of a demo are lost when its texts or pictures have other rows."""

import numpy as np
import pytest

from builder.conversion.answers import MIN_COSINE, MIN_COSINE_ELSEWHERE, Answers, PictureAnswers

ZTXT = np.eye(4, dtype=np.float32)
ZIMG = np.array([[0.8, 0.6, 0, 0], [0, 0, 1, 0]], np.float32)
ANSWERS = Answers(ZIMG, ZTXT, [[0, 1], [2]])
"""Text 3 is offered for no picture."""


def turned(place: int, towards: int, cosine: float) -> np.ndarray:
    """The rows with one of them turned towards another."""
    rows = ZTXT.copy()
    rows[place] = cosine * ZTXT[place] + np.sqrt(1 - cosine**2) * ZTXT[towards]
    return rows.astype(np.float32)


def test_the_same_rows_lose_nothing():
    assert ANSWERS.find_lost(ZTXT).size == 0
    assert ANSWERS.best(ZTXT) == [0, 2]


@pytest.mark.parametrize(("place", "limit"), [(2, MIN_COSINE), (3, MIN_COSINE_ELSEWHERE)])
def test_a_text_is_lost_below_its_limit(place: int, limit: float):
    assert ANSWERS.find_lost(turned(place, 1, limit + 1e-5)).size == 0
    assert ANSWERS.find_lost(turned(place, 1, limit - 1e-5)).tolist() == [place]


def test_a_text_that_visitors_may_type_has_the_limit_of_those_that_are_offered():
    typed = Answers(ZIMG, ZTXT, [[0, 1], [2]], typed=[3])
    assert typed.find_lost(turned(3, 1, MIN_COSINE + 1e-5)).size == 0
    assert typed.find_lost(turned(3, 1, MIN_COSINE - 1e-5)).tolist() == [3]


def test_the_farthest_come_first():
    rows = turned(0, 3, 0.9)
    rows[2] = turned(2, 3, 0.5)[2]
    assert ANSWERS.find_lost(rows).tolist() == [2, 0]


def test_rows_of_nan_are_lost():
    rows = ZTXT.copy()
    rows[1] = np.nan
    assert 1 in ANSWERS.find_lost(rows)


def test_two_texts_are_lost_when_they_change_places():
    close = Answers(np.array([[0.7072, 0.7070, 0, 0]], np.float32), ZTXT, [[0, 1]])
    assert close.find_lost(turned(1, 0, 0.9999)).tolist() == [0, 1]


def test_rows_of_some_texts_are_compared_with_theirs():
    places = np.array([2, 0], np.intp)
    assert ANSWERS.find_lost(ZTXT[places], places).size == 0
    assert ANSWERS.find_lost(ZTXT[[2, 3]], places).tolist() == [0, 1]


def test_a_demo_without_pictures_has_no_choices():
    none = Answers(np.zeros((0, 4), np.float32), ZTXT, [])
    assert none.find_lost(turned(0, 1, 0.9995)).size == 0


PICTURES = PictureAnswers(ZTXT[:3], ZTXT, [[0, 1], [1, 2], ()])
"""The last picture, whose row is that of a text too, is offered no text."""


def test_a_picture_is_lost_far_from_its_row_and_the_farthest_comes_first():
    assert PICTURES.find_lost(ZTXT[:3]).size == 0
    rows = turned(0, 3, MIN_COSINE - 1e-5)[:3]
    rows[2] = turned(2, 3, 0.5)[2]
    assert PICTURES.find_lost(rows).tolist() == [2, 0]
    assert PICTURES.find_lost(rows[[2]], np.array([2], np.intp)).tolist() == [2]
    rows[1] = np.nan
    assert PICTURES.find_lost(rows).tolist() == [1, 2, 0]


def test_a_picture_is_lost_when_another_text_fits_it_best():
    close = PictureAnswers(np.array([[0.7072, 0.7070, 0, 0]], np.float32), ZTXT, [[0, 1]])
    near = np.array([[0.7070, 0.7072, 0, 0]], np.float32)
    assert close.find_lost(near).tolist() == [0]

"""Losses of text towers, against the same in NumPy."""

import jax.numpy as jnp
import numpy as np
import pytest
import scipy.special

from builder.tuning.losses import Bank, agreement_loss, contrastive_loss, distillation_loss


def unit(rng: np.random.Generator, rows: int) -> np.ndarray:
    x = rng.normal(size=(rows, 5)).astype(np.float32)
    return x / np.linalg.norm(x, axis=1, keepdims=True)


def test_the_agreement_is_the_divergence_of_the_teachers_scores():
    rng = np.random.default_rng(0)
    student, teacher, zimg = unit(rng, 4), unit(rng, 4), unit(rng, 7)
    p, q = (scipy.special.softmax(9 * rows @ zimg.T, axis=1) for rows in (teacher, student))
    expected = scipy.special.rel_entr(p, q).sum(1).mean()
    bank = Bank(zimg, scale=9, weight=0.5)
    found = agreement_loss(jnp.asarray(student), jnp.asarray(teacher), bank)
    np.testing.assert_allclose(found, expected, rtol=1e-4)
    whole = distillation_loss(jnp.asarray(student), jnp.asarray(teacher), bank)
    cosine = 1 - (student * teacher).sum(1).mean()
    np.testing.assert_allclose(whole, cosine + 0.5 * expected, rtol=1e-4)


def test_a_student_like_its_teacher_has_no_loss():
    rows = jnp.asarray(unit(np.random.default_rng(1), 4))
    bank = Bank(unit(np.random.default_rng(2), 3), scale=100, weight=1)
    assert distillation_loss(rows, rows, bank) == pytest.approx(0, abs=1e-5)


def test_softmax_asks_which_text_and_which_picture():
    rng = np.random.default_rng(0)
    zimg, ztxt = unit(rng, 6), unit(rng, 6)
    logits = 7 * zimg @ ztxt.T
    expected = -np.mean([np.diag(scipy.special.log_softmax(logits, axis=axis)) for axis in (0, 1)])
    for bias in (0.0, 3.0):
        found = contrastive_loss("softmax", zimg, ztxt, jnp.float32(7), jnp.float32(bias))  # pyright: ignore[reportArgumentType]
        np.testing.assert_allclose(found, expected, rtol=1e-4)


def test_sigmoid_asks_of_each_pair_whether_it_is_one():
    rng = np.random.default_rng(0)
    zimg, ztxt = unit(rng, 6), unit(rng, 6)
    signs = 2 * np.eye(6) - 1
    terms = np.log1p(np.exp(-signs * (7 * zimg @ ztxt.T - 2)))
    found = contrastive_loss("sigmoid", zimg, ztxt, jnp.float32(7), jnp.float32(-2))  # pyright: ignore[reportArgumentType]
    np.testing.assert_allclose(found, terms.sum(1).mean(), rtol=1e-4)

"""What a text tower is trained to lower: losses of batches of unit rows, in nats or in cosines."""

from dataclasses import dataclass

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Bank:
    """Rows of pictures, `float32[b, d]`, on which student and teacher are to agree.

    `scale` is the model's factor of cosines, and `weight` that of the agreement in the loss.
    """

    zimg: NDArray[np.float32]
    scale: float
    weight: float


def cosine_loss(ztxt: jax.Array, targets: jax.Array) -> jax.Array:
    """One minus the mean cosine of rows `[n, d]` to their targets."""
    return 1 - (ztxt * targets).sum(1).mean()


def agreement_loss(ztxt: jax.Array, targets: jax.Array, bank: Bank) -> jax.Array:
    """Divergence of the student's scores over the bank from the teacher's, in nats.

    The mean of KL(teacher || student), both a softmax over the pictures at the model's scale: what
    a page would show if it asked which picture fits a text. SEED distils similarities to a queue
    of rows in this way (https://arxiv.org/abs/2101.04731), TinyCLIP and CLIP-KD the affinities
    within a batch (https://arxiv.org/abs/2309.12314, https://arxiv.org/abs/2307.12732).
    """
    expected, found = (bank.scale * (rows @ bank.zimg.T) for rows in (targets, ztxt))
    log_teacher = jax.nn.log_softmax(expected)
    difference = log_teacher - jax.nn.log_softmax(found)
    return (jnp.exp(log_teacher) * difference).sum(1).mean()


def distillation_loss(ztxt: jax.Array, targets: jax.Array, bank: Bank | None) -> jax.Array:
    """The cosine loss, and with a bank its weight times the agreement loss."""
    loss = cosine_loss(ztxt, targets)
    return loss if bank is None else loss + bank.weight * agreement_loss(ztxt, targets, bank)

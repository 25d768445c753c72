"""Linear algebra of static sizes, which TensorFlow.js has no kernels for.

Every factorization takes as many steps as a matrix has columns, and a step updates whole matrices,
so that the graph of n x n has O(n) nodes. All are written for one matrix in jax.numpy and
vectorized over the axes before it.
"""

from builder.tfjs.lower.linalg import (
    cholesky,
    eigen,
    householder,
    lu,
    qr,
    solve,
    svd,
    tridiagonal,
)

__all__ = ["cholesky", "eigen", "householder", "lu", "qr", "solve", "svd", "tridiagonal"]

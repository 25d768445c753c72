"""Special functions, written in jax.numpy from the elementary ones that TensorFlow.js has."""

from builder.tfjs.lower.special import bessel, beta, gamma, incomplete, zeta

__all__ = ["bessel", "beta", "gamma", "incomplete", "zeta"]

"""Demos of JAX functions: what their build is, beside that of pictures and sentences."""

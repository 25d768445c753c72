"""Embedding of galleries beside the bare forward pass, and the memory that it takes."""

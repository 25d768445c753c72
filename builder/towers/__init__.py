"""Flax towers and their weights."""

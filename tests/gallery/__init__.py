"""Galleries of many pictures."""

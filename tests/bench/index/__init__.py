"""The index of a large gallery: how it is built, and what a search costs."""

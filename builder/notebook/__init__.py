"""Demos made in Python, for example in a notebook, instead of in `demo.toml`."""

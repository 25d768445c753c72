"""The name of this program and its installed version."""

from importlib.metadata import version

NAME = "lit-demo-builder"
__version__ = version(NAME)

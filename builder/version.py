"""The installed version of this program."""

from importlib.metadata import version

__version__ = version("lit-demo-builder")

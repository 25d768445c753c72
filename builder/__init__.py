"""LiT demo builder: static sites in which an image/text model runs on the visitor's device."""

from importlib.metadata import version

__version__ = version("lit-demo-builder")

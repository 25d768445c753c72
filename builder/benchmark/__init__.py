"""Models in a browser, measured."""

"""A demo that is rebuilt and shown while its author works on it."""

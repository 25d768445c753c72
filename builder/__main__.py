"""`python -m builder` is the command `lit-demo`."""

import sys

# Python puts the working directory first; a jax.py there would replace the installed package.
if not sys.flags.safe_path:
    del sys.path[0]

from builder.cli import main

main()

"""`python -m builder` is the command `lit-demo`."""

import sys

# Python puts the working directory first, whose jax.py or numpy.py would replace the installed one.
if not sys.flags.safe_path:
    del sys.path[0]

from builder.cli import main

main()

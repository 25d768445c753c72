"""`python -m builder` is the command `lit-demo`."""

from builder.cli import main

main()

"""How long a build takes that follows another one: `make bench-rebuild`."""

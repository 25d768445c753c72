"""How fast images are embedded, next to the bare forward pass of the same tower."""

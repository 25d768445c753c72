"""Which model: found by name, in a checkpoint, in the author's code, or as precomputed rows."""

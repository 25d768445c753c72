"""The recipe that made the default text towers: teacher -> corpus -> student."""

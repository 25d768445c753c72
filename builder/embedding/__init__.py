"""Unit rows of pictures and texts, computed on the devices there are, and kept by content."""

"""Unit rows of pictures and texts, computed on all available devices and cached by content."""

"""Text to tokens, and the same again for the browser."""

"""The browser's tokens against Python's, on made-up and real texts in many scripts."""

"""Large files from the web."""

"""What finds a gallery's pictures, as files that any static host can serve."""

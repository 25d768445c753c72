"""What an author writes in `demo.toml`, as checked and frozen tables."""

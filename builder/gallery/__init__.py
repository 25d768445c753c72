"""Many pictures: where they are, and their rows in shards that are there whole or not at all."""

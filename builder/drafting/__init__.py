"""First drafts of a `demo.toml`: from a folder of pictures, with prompts that a model suggests."""

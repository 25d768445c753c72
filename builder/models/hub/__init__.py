"""Checkpoints as hubs have them: folders that transformers or open_clip wrote."""

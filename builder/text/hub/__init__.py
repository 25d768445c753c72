"""Tokenizers as the folders of hubs hold them, with the token ids of their own libraries."""

from builder.text.hub.folder import read_hub_tokenizer

__all__ = ["read_hub_tokenizer"]

"""Vocabularies cut to what a demo needs: which pieces stay, and what is lost."""

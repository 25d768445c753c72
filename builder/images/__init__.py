"""Any picture of the author's to the pixels that a model sees and the files that a page shows."""

"""From any picture to the pixels that a model sees and the files that a page shows."""

"""The overview of a gallery: a map on which pictures that are alike lie near each other."""

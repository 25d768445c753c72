"""From what an author wrote to a site: a module for each kind of demo, one for precomputed rows."""

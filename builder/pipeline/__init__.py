"""From what an author wrote to a site: one module for each kind of demo, and for finished rows."""

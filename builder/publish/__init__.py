"""From a folder to a host: a branch of a GitHub repository, a workflow, or a ZIP."""

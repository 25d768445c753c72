"""What the ops of a graph compute, in numpy: to fold constants and to test rewrites."""

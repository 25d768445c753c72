"""Speed and size of exported models, measured: `make bench` writes docs/benchmarks.md."""

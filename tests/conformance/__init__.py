"""JAX's own primitive harness, run through the exporter: `make conformance`."""

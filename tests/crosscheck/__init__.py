"""Our exporter beside tensorflowjs' own convert_jax: `make crosscheck`."""

"""JAX functions as TensorFlow.js graph models, without TensorFlow.

The stages, each returning a frozen value: `trace` (JAX to jaxpr) -> `lower` (jaxpr to a graph of
TensorFlow ops) -> `rewrite` (the same numbers in fewer, faster ops) -> `write` (model.json and
weight shards). `runtime` runs the result in the real TensorFlow.js, `export` ties them together.
"""

"""JAX functions exported, run in TensorFlow.js and compared with JAX before they are kept."""

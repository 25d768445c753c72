// Stands for the backends that lit.js leaves out: starting one says that TensorFlow.js has none.
export {};

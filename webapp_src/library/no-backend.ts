// Stands in for the backends that lit.js leaves out; TensorFlow.js then says that it cannot start them.
export {};

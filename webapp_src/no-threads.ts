// Stands in for the part of TensorFlow.js's wasm backend that starts threads, 35 kB; start-backend.ts
// says why no page uses it.
export default undefined;
export const wasmWorkerContents = '';

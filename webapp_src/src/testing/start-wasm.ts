import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { ready, setBackend } from '@tensorflow/tfjs-core';

const FOLDER = new URL('../../node_modules/@tensorflow/tfjs-backend-wasm/dist/', import.meta.url);
const NAMES = ['tfjs-backend-wasm', 'tfjs-backend-wasm-simd', 'tfjs-backend-wasm-threaded-simd'];

/** Starts TensorFlow.js's wasm backend under Node, which is not served the binary that the app is. */
export async function startWasm(): Promise<void> {
  const files = NAMES.map((name) => `${name}.wasm`);
  setWasmPaths(Object.fromEntries(files.map((file) => [file, FOLDER.pathname + file])));
  await setBackend('wasm');
  await ready();
}

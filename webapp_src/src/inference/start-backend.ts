import plainBinary from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url';
import simdBinary from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url';
import { backend, env, getBackend, memory, ready, setBackend } from '@tensorflow/tfjs-core';
import type { Backend } from '../generated/manifest';
import { installKernels } from './kernels/install';

/** Loads a backend's code and makes it the current one. */
export async function startBackend(name: Backend): Promise<void> {
  await LOADERS[name]();
  if (!(await setBackend(name))) throw new Error(`TensorFlow.js could not start ${name}.`);
  await ready();
  if (name === 'wasm') await installKernels();
}

/** Bytes that the current backend holds: wasm's whole heap, which never shrinks, or its tensors. */
export function usedBytes(): number {
  if (getBackend() === 'wasm') {
    return (backend() as unknown as { wasm: { HEAPU8: Uint8Array } }).wasm.HEAPU8.byteLength;
  }
  const { numBytes, numBytesInGPU } = memory() as { numBytes: number; numBytesInGPU?: number };
  return numBytesInGPU ?? numBytes;
}

/** How each backend's code is loaded; backends.ts has what pages know about it. */
const LOADERS: Readonly<Record<Backend, () => Promise<unknown>>> = {
  wasm: loadWasm,
  webgl: () => import('@tensorflow/tfjs-backend-webgl'),
  webgpu: () => import('@tensorflow/tfjs-backend-webgpu'),
  cpu: () => import('@tensorflow/tfjs-backend-cpu'),
};

async function loadWasm(): Promise<void> {
  const { setWasmPaths } = await import('@tensorflow/tfjs-backend-wasm');
  // Threads need cross-origin isolation, which plain static hosts do not offer; TensorFlow.js still
  // insists on a path for that binary.
  env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
  setWasmPaths({
    'tfjs-backend-wasm.wasm': plainBinary,
    'tfjs-backend-wasm-simd.wasm': simdBinary,
    'tfjs-backend-wasm-threaded-simd.wasm': simdBinary,
  });
}

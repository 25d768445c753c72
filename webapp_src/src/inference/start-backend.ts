import plainBinary from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url';
import simdBinary from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url';
import { backend, env, getBackend, memory, ready, setBackend } from '@tensorflow/tfjs-core';
import type { Backend, FileRef } from '../generated/manifest';
import { installKernels } from './kernels/install';
import { fetchRuntimeFile } from './runtime-file';
import { stopWith } from './worker-life';

/**
 * Loads a backend's code and makes it the current one.
 *
 * @param files The app's files, as the manifest lists them.
 * @throws DownloadError if the backend's own file cannot be downloaded; Error if its code cannot, or if
 *   this browser does not have the backend.
 */
export async function startBackend(name: Backend, files: readonly FileRef[] = []): Promise<void> {
  await loadCode(name, files);
  if (name === 'wasm') await prepareWasm(files);
  if (!(await setBackend(name))) throw new Error(`TensorFlow.js could not start ${name}.`);
  await ready();
  await STARTED[name]?.();
}

/** Bytes that the current backend holds: wasm's whole heap, which never shrinks, or its tensors. */
export function usedBytes(): number {
  if (getBackend() === 'wasm') {
    return (backend() as unknown as { wasm: { HEAPU8: Uint8Array } }).wasm.HEAPU8.byteLength;
  }
  const { numBytes, numBytesInGPU } = memory() as { numBytes: number; numBytesInGPU?: number };
  return numBytesInGPU ?? numBytes;
}

/** Each backend's code; backends.ts has what pages know about it. */
const CODE: Readonly<Record<Backend, () => Promise<unknown>>> = {
  wasm: () => import('@tensorflow/tfjs-backend-wasm'),
  webgl: () => import('@tensorflow/tfjs-backend-webgl'),
  webgpu: () => import('@tensorflow/tfjs-backend-webgpu'),
  cpu: () => import('@tensorflow/tfjs-backend-cpu'),
};

/** What follows once a backend runs. A lost GPU would leave answers waiting, or make them zeros. */
const STARTED: Readonly<Partial<Record<Backend, () => unknown>>> = {
  wasm: () => installKernels(),
  webgl() {
    const { gpgpu } = backend() as unknown as { gpgpu: { gl: WebGLRenderingContext } };
    gpgpu.gl.canvas.addEventListener('webglcontextlost', stopWithLostGpu);
  },
  webgpu() {
    const { device } = backend() as unknown as { device: { lost: Promise<unknown> } };
    void device.lost.then(stopWithLostGpu);
  },
};

function stopWithLostGpu(): void {
  stopWith(new Error('The GPU was lost'));
}

async function loadCode(name: Backend, files: readonly FileRef[]): Promise<void> {
  try {
    await CODE[name]();
  } catch {
    // The browser may keep that a script is missing; another attempt would meet that again.
    const scripts = files.filter(({ url }) => url.endsWith('.js'));
    await Promise.allSettled(scripts.map(({ url }) => fetch(url, { cache: 'reload' })));
    throw new Error('A part of this page could not be loaded. Reload the page.');
  }
}

async function prepareWasm(files: readonly FileRef[]): Promise<void> {
  const { setWasmPaths } = await import('@tensorflow/tfjs-backend-wasm');
  // Threads need cross-origin isolation, which plain static hosts do not offer; TensorFlow.js still
  // insists on a path for that binary.
  env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
  const simd = await env().getAsync('WASM_HAS_SIMD_SUPPORT');
  const url = await fetchRuntimeFile(simd ? simdBinary : plainBinary, files);
  setWasmPaths({
    'tfjs-backend-wasm.wasm': url,
    'tfjs-backend-wasm-simd.wasm': url,
    'tfjs-backend-wasm-threaded-simd.wasm': url,
  });
}

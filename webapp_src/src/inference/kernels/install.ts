/**
 * Our own kernels in TensorFlow.js's wasm backend, for what it does slowly in a text tower. Models
 * are unchanged and run on any TensorFlow.js.
 */
import {
  _FusedMatMul,
  BatchMatMul,
  backend as currentBackend,
  getKernel,
  getKernelsForBackend,
  registerKernel,
  SplitV,
  unregisterKernel,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import { GATE, gate, NORMALIZE, normalize } from './pointwise-kernels';
import { shareReferences } from './int8-store';
import { WasmHeap, type WasmBackend } from './wasm-heap';
import { MatMul } from './matmul-kernel';
import type { Kernel, KernelArguments } from './kernel';
import { findVariant, instantiate, type Variant } from './kernel-module';
import { split } from './split-kernel';

/**
 * Puts our kernels into the running wasm backend, once.
 *
 * @param variant How to multiply; by default the fastest way that this browser has.
 * @returns The variant used, or undefined if the backend keeps its own kernels.
 */
export async function installKernels(
  variant: Variant | undefined = findVariant(),
): Promise<Variant | undefined> {
  const backend = currentBackend() as unknown as WasmBackend;
  const heap = new WasmHeap(backend);
  if (variant === undefined || heap.memory === undefined) return undefined;
  const module = await instantiate(variant, heap.memory);
  shareReferences(backend);
  const products = new MatMul(backend, heap, module);
  const multiply: Kernel = (args) => products.multiply(args);
  replaceKernel(BatchMatMul, backend, multiply);
  replaceKernel(_FusedMatMul, backend, multiply);
  replaceKernel(SplitV, backend, (args) => split(args, backend, heap));
  addKernel(NORMALIZE, (args) => normalize(args, backend, heap, module));
  addKernel(GATE, (args) => gate(args, backend, heap, module));
  return variant;
}

function replaceKernel(kernelName: string, backend: WasmBackend, kernel: Kernel): void {
  const own = getKernel(kernelName, 'wasm');
  unregisterKernel(kernelName, 'wasm');
  registerKernel({
    ...own,
    // A backend made later has another memory.
    kernelFunc: (args) =>
      (args.backend === backend ? kernel(args) : undefined) ?? own.kernelFunc(args),
  });
}

/** Adds a kernel that no op of TensorFlow.js calls, only recordings. */
function addKernel(kernelName: string, kernelFunc: (args: KernelArguments) => TensorInfo): void {
  const isThere = getKernelsForBackend('wasm').some((config) => config.kernelName === kernelName);
  if (isThere) unregisterKernel(kernelName, 'wasm');
  registerKernel({ kernelName, backendName: 'wasm', kernelFunc });
}

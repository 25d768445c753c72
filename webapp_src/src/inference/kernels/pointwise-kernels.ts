/** Kernels that do in one pass what TensorFlow.js does in five or six; `fuse` finds where they fit. */
import { util, type TensorInfo } from '@tensorflow/tfjs-core';
import type { WasmHeap, WasmBackend } from './wasm-heap';
import type { KernelArguments } from './kernel';
import type { KernelModule } from './kernel-module';

/** Divides rows by the root of their mean square: `x * rsqrt(mean(x²) + epsilon)`. */
export const NORMALIZE = 'LitDemoNormalize';

/** `x * sigmoid(x * (cubic * x² + linear))`: the tanh form of GELU. */
export const GATE = 'LitDemoGate';

export function normalize(
  { inputs, attrs }: KernelArguments,
  backend: WasmBackend,
  heap: WasmHeap,
  module: KernelModule,
): TensorInfo {
  const { x } = inputs as { x: TensorInfo };
  const out = backend.makeOutput(x.shape, 'float32');
  const columns = x.shape.at(-1) ?? 1;
  const rows = util.sizeFromShape(x.shape.slice(0, -1));
  module.normalize(heap.locate(x), heap.locate(out), rows, columns, attrs?.['epsilon'] as number);
  return out;
}

export function gate(
  { inputs, attrs }: KernelArguments,
  backend: WasmBackend,
  heap: WasmHeap,
  module: KernelModule,
): TensorInfo {
  const { x } = inputs as { x: TensorInfo };
  const out = backend.makeOutput(x.shape, 'float32');
  const { cubic, linear } = attrs as { cubic: number; linear: number };
  module.gate(heap.locate(x), heap.locate(out), util.sizeFromShape(x.shape), cubic, linear);
  return out;
}

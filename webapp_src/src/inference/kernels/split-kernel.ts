import { backend_util, util, type TensorInfo } from '@tensorflow/tfjs-core';
import type { WasmHeap, WasmBackend } from './wasm-heap';
import type { KernelArguments } from './kernel';

/**
 * Stands in for SplitV. TensorFlow.js copies the whole tensor for each of its parts, then the part row
 * by row; this copies what is contiguous in a part at once.
 */
export function split(
  { inputs, attrs }: KernelArguments,
  backend: WasmBackend,
  heap: WasmHeap,
): TensorInfo[] | undefined {
  const { x } = inputs;
  if (!x || x.dtype === 'string') return undefined;
  const [axis = 0] = util.parseAxisParam(attrs?.['axis'] as number, x.shape);
  const sizes = backend_util.prepareSplitSize(
    x,
    attrs?.['numOrSizeSplits'] as number | number[],
    axis,
  );
  const bytesPerIndex = util.sizeFromShape(x.shape.slice(axis + 1)) * util.bytesPerElement(x.dtype);
  const count = util.sizeFromShape(x.shape.slice(0, axis));
  const stride = (x.shape[axis] ?? 0) * bytesPerIndex;
  let start = 0;
  return sizes.map((size) => {
    const shape = x.shape.map((length, i) => (i === axis ? size : length));
    const part = backend.makeOutput(shape, x.dtype);
    const bytes = size * bytesPerIndex;
    const from = heap.locate(x) + start;
    const to = heap.locate(part);
    for (let i = 0; i < count; i++) heap.copy(from + i * stride, to + i * bytes, bytes);
    start += bytes;
    return part;
  });
}

import { util, type TensorInfo } from '@tensorflow/tfjs-core';
import type { WasmHeap } from './wasm-heap';

export const FLOAT_BYTES = 4;

/** A tensor's last two dimensions as matrices in memory. Strides are in bytes. */
export interface Matrices {
  readonly pointer: number;
  readonly count: number;
  readonly rows: number;
  readonly columns: number;
  readonly rowStride: number;
  readonly columnStride: number;
}

export function viewMatrices(tensor: TensorInfo, transpose: boolean, heap: WasmHeap): Matrices {
  const [height = 1, width = 1] = tensor.shape.slice(-2);
  const down = width * FLOAT_BYTES;
  return {
    // Not located before it is asked for: weights that are packed may lie elsewhere.
    get pointer() {
      return heap.locate(tensor);
    },
    count: util.sizeFromShape(batchDims(tensor)),
    rows: transpose ? width : height,
    columns: transpose ? height : width,
    rowStride: transpose ? FLOAT_BYTES : down,
    columnStride: transpose ? down : FLOAT_BYTES,
  };
}

export function batchDims({ shape }: TensorInfo): number[] {
  return shape.slice(0, -2);
}

/** All rows as one matrix; only valid if nothing is transposed. */
export function stackRows(matrices: Matrices): Matrices {
  return { ...matrices, count: 1, rows: matrices.count * matrices.rows };
}

/** Bytes from one matrix to the next. */
export function matrixBytes({ rows, columns }: Matrices): number {
  return rows * columns * FLOAT_BYTES;
}

/** For each index into `outDims`, in row-major order, the index into `dims` that broadcasts to it. */
export function broadcastIndices(dims: readonly number[], outDims: readonly number[]): number[] {
  if (dims.join() === outDims.join()) return [...Array(util.sizeFromShape([...dims])).keys()];
  const missing = outDims.length - dims.length;
  let indices = [0];
  outDims.forEach((size, axis) => {
    const own = dims[axis - missing] ?? 1;
    indices = indices.flatMap((index) =>
      Array.from({ length: size }, (_, i) => index * own + (own === 1 ? 0 : i)),
    );
  });
  return indices;
}

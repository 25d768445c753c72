/** Matrix products, with bias and activation, on the memory of TensorFlow.js's wasm backend. */
import { broadcast_util, util, type TensorInfo } from '@tensorflow/tfjs-core';
import type { WasmHeap, WasmBackend } from './wasm-heap';
import type { KernelArguments } from './kernel';
import {
  batchDims,
  broadcastIndices,
  FLOAT_BYTES,
  matrixBytes,
  stackRows,
  viewMatrices,
} from './matrix-layout';
import type { KernelModule } from './kernel-module';
import { packedBytes, Packing } from './packing';

type Range = readonly [low: number, high: number];

/** The activations that only clamp a number. TensorFlow.js's own kernels do the others. */
const RANGES: Readonly<Partial<Record<string, Range>>> = {
  linear: [-Infinity, Infinity],
  relu: [0, Infinity],
  relu6: [0, 6],
};

/** Stands in for the kernels BatchMatMul and _FusedMatMul. */
export class MatMul {
  private readonly packing: Packing;

  constructor(
    private readonly backend: WasmBackend,
    private readonly heap: WasmHeap,
    private readonly module: KernelModule,
  ) {
    this.packing = new Packing(heap, module);
    const disposeData = backend.disposeData.bind(backend);
    backend.disposeData = (dataId, force) => {
      const gone = disposeData(dataId, force);
      if (gone) this.packing.forget(dataId);
      return gone;
    };
  }

  /** The product, or undefined for what TensorFlow.js's own kernel must do or refuse. */
  multiply({ inputs, attrs }: KernelArguments): TensorInfo | undefined {
    const { a, b, bias, preluActivationWeights } = inputs;
    const range = RANGES[(attrs?.['activation'] as string | undefined) ?? 'linear'];
    if (!a || !b || !range || preluActivationWeights) return undefined;
    if (a.dtype !== 'float32' || b.dtype !== 'float32') return undefined;
    const transposeA = Boolean(attrs?.['transposeA']);
    const left = viewMatrices(a, transposeA, this.heap);
    const right = viewMatrices(b, Boolean(attrs?.['transposeB']), this.heap);
    if (left.columns !== right.rows || (bias && !isRow(bias, right.columns))) return undefined;

    const outDims = broadcast_util.assertAndGetBroadcastShape(batchDims(a), batchDims(b));
    const shape = [...outDims, left.rows, right.columns];
    const out = this.backend.makeOutput(shape, 'float32');
    // If all rows are multiplied by one matrix, it is read once.
    const stacked = right.count === 1 && !transposeA;
    const rows = stacked ? stackRows(left) : left;
    const leftIndices = stacked ? [0] : broadcastIndices(batchDims(a), outDims);
    const rightIndices = stacked ? [0] : broadcastIndices(batchDims(b), outDims);
    const outBytes = rows.rows * right.columns * FLOAT_BYTES;
    this.packing.with(b.dataId, right, (packed) => {
      leftIndices.forEach((index, i) => {
        this.module.multiply(
          rows.pointer + index * matrixBytes(rows),
          packed + (rightIndices[i] ?? 0) * packedBytes(right),
          bias ? this.heap.locate(bias) : 0,
          this.heap.locate(out) + i * outBytes,
          rows.rows,
          right.columns,
          right.rows,
          rows.rowStride,
          rows.columnStride,
          ...range,
        );
      });
    });
    return out;
  }
}

function isRow({ dtype, shape }: TensorInfo, size: number): boolean {
  return dtype === 'float32' && shape.length === 1 && util.sizeFromShape(shape) === size;
}

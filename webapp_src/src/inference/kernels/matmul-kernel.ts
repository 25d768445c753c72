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
import { Int8Products } from './int8-products';
import { int8Store } from './int8-store';
import { isInt8 } from './int8-weights';
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
  private readonly int8: Int8Products;

  constructor(
    private readonly backend: WasmBackend,
    private readonly heap: WasmHeap,
    private readonly module: KernelModule,
  ) {
    this.packing = new Packing(heap, module);
    this.int8 = new Int8Products(heap, module);
    this.forgetDisposed(backend);
    this.forgetDisposed(int8Store);
  }

  /**
   * The product, or undefined for what TensorFlow.js's own kernel must do or refuse. Beside the inputs
   * of TensorFlow.js, `scales` may be given with weights of eight bits; `fuse` does.
   */
  multiply({ inputs, attrs }: KernelArguments): TensorInfo | undefined {
    const { a, b, bias, scales, preluActivationWeights } = inputs;
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
    if (stacked && range === RANGES['linear'] && !attrs?.['transposeB'] && isInt8(b.dataId)) {
      const vectors = { bias: this.locate(bias), scales: this.locate(scales) };
      this.int8.multiply(rows, b.dataId, right, vectors, this.heap.locate(out));
      return out;
    }
    const outBytes = rows.rows * right.columns * FLOAT_BYTES;
    this.packing.with(b.dataId, right, (packed) => {
      leftIndices.forEach((index, i) => {
        this.module.multiply(
          rows.pointer + index * matrixBytes(rows),
          packed + (rightIndices[i] ?? 0) * packedBytes(right),
          this.locate(bias),
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

  private forgetDisposed(holder: Pick<WasmBackend, 'disposeData'>): void {
    const disposeData = holder.disposeData.bind(holder);
    holder.disposeData = (dataId, force) => {
      const gone = disposeData(dataId, force);
      if (gone) {
        this.packing.forget(dataId);
        this.int8.forget(dataId);
      }
      return gone;
    };
  }

  private locate(vector: TensorInfo | undefined): number {
    return vector ? this.heap.locate(vector) : 0;
  }
}

function isRow({ dtype, shape }: TensorInfo, size: number): boolean {
  return dtype === 'float32' && shape.length === 1 && util.sizeFromShape(shape) === size;
}

/** Products with weights of eight bits, on the memory of TensorFlow.js's wasm backend. */
import { engine } from '@tensorflow/tfjs-core';
import type { WasmHeap } from './wasm-heap';
import type { KernelModule } from './kernel-module';
import type { Matrices } from './matrix-layout';

/** Where the numbers of vectors begin; 0 if there is none. */
interface Vectors {
  readonly bias: number;
  readonly scales: number;
}

/** Weights stay packed until their tensor's data is disposed of. */
export class Int8Products {
  private readonly packed = new Map<object, number>();

  constructor(
    private readonly heap: WasmHeap,
    private readonly module: KernelModule,
  ) {}

  /** Writes `(rows weights + bias) * scales` to `out`; the weights' data is `dataId`. */
  multiply(
    rows: Matrices,
    dataId: object,
    weights: Matrices,
    { bias, scales }: Vectors,
    out: number,
  ): void {
    const packed = this.packed.get(dataId) ?? this.pack(dataId, weights);
    const codes = this.heap.allocate(rows.rows * this.module.quantizedBytes(rows.columns));
    this.module.quantize(rows.pointer, codes, rows.rows, rows.columns);
    this.module.multiplyInt8(codes, packed, bias, scales, out, rows.rows);
    this.heap.free(codes);
  }

  /** Must be called when the data is disposed of. */
  forget(dataId: object): void {
    const packed = this.packed.get(dataId);
    if (packed === undefined) return;
    this.heap.free(packed);
    this.packed.delete(dataId);
  }

  private pack(dataId: object, { rows, columns }: Matrices): number {
    const codes = Int8Array.from(engine().readSync(dataId) as Float32Array);
    const bytes = this.heap.allocate(codes.length);
    this.heap.write(codes, bytes);
    const packed = this.heap.allocate(this.module.packedInt8Bytes(rows, columns));
    this.module.packInt8(bytes, packed, rows, columns);
    this.heap.free(bytes);
    this.packed.set(dataId, packed);
    return packed;
  }
}

/** Products with weights of eight bits, on the memory of TensorFlow.js's wasm backend. */
import type { WasmHeap } from './wasm-heap';
import type { KernelModule } from './kernel-module';
import type { Matrices } from './matrix-layout';

/** Columns of a panel, rows of a step, bytes of a step and of what is known of a row; see int8.ts. */
const PANEL_COLUMNS = 8;
const STEP_ROWS = 4;
const STEP_BYTES = 32;
const FACTS_BYTES = 8;

/** The codes of a row are written 16 at a time. */
const CODES_AT_ONCE = 16;

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
    const stride = Math.ceil(rows.columns / CODES_AT_ONCE) * CODES_AT_ONCE;
    const codes = this.heap.allocate(rows.rows * (stride + FACTS_BYTES));
    const facts = codes + rows.rows * stride;
    this.module.quantize(rows.pointer, codes, facts, rows.rows, rows.columns, stride);
    this.module.multiplyInt8(
      codes,
      facts,
      packed,
      bias,
      scales,
      out,
      rows.rows,
      weights.columns,
      weights.rows,
      stride,
    );
    this.heap.free(codes);
  }

  /** Must be called when the data is disposed of. */
  forget(dataId: object): void {
    const packed = this.packed.get(dataId);
    if (packed === undefined) return;
    this.heap.free(packed);
    this.packed.delete(dataId);
  }

  private pack(dataId: object, { pointer, rows, columns }: Matrices): number {
    const steps = 1 + Math.ceil(rows / STEP_ROWS);
    const packed = this.heap.allocate(Math.ceil(columns / PANEL_COLUMNS) * steps * STEP_BYTES);
    this.module.packInt8(pointer, packed, rows, columns);
    this.packed.set(dataId, packed);
    return packed;
  }
}

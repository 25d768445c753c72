import type { WasmHeap } from './wasm-heap';
import { FLOAT_BYTES, matrixBytes, type Matrices } from './matrix-layout';
import type { KernelModule } from './kernel-module';

const PANEL_COLUMNS = 8;

/** The kernel reads ahead, up to this many bytes past the last panel. */
const READ_AHEAD = 16;

/** Bytes that each of the matrices takes when packed. */
export function packedBytes({ rows, columns }: Matrices): number {
  return Math.ceil(columns / PANEL_COLUMNS) * PANEL_COLUMNS * rows * FLOAT_BYTES;
}

interface Packed {
  readonly pointer: number;
  readonly matrices: Matrices;
}

/**
 * The right-hand sides of products, in the order in which the kernel reads them. Those that are used
 * again are weights: they stay packed until their tensor's data is disposed of.
 */
export class Packing {
  private readonly seen = new WeakSet();
  private readonly kept = new Map<object, Packed>();

  constructor(
    private readonly heap: WasmHeap,
    private readonly module: KernelModule,
  ) {}

  /** Calls `use` with the address of the packed matrices, which is valid during the call. */
  with(dataId: object, matrices: Matrices, use: (packed: number) => void): void {
    const kept = this.kept.get(dataId);
    if (kept && haveSameLayout(kept.matrices, matrices)) {
      use(kept.pointer);
      return;
    }
    const pointer = this.pack(matrices);
    use(pointer);
    if (!kept && this.seen.has(dataId)) {
      this.kept.set(dataId, { pointer, matrices });
    } else {
      this.heap.free(pointer);
      this.seen.add(dataId);
    }
  }

  /** Must be called when the data is disposed of. */
  forget(dataId: object): void {
    const kept = this.kept.get(dataId);
    if (!kept) return;
    this.heap.free(kept.pointer);
    this.kept.delete(dataId);
  }

  private pack(matrices: Matrices): number {
    const { pointer, count, rows, columns, rowStride, columnStride } = matrices;
    const packed = this.heap.allocate(count * packedBytes(matrices) + READ_AHEAD);
    for (let i = 0; i < count; i++) {
      const from = pointer + i * matrixBytes(matrices);
      const to = packed + i * packedBytes(matrices);
      this.module.pack(from, to, rows, columns, rowStride, columnStride);
    }
    return packed;
  }
}

/** The same data may be multiplied transposed in one place and not in another. */
function haveSameLayout(a: Matrices, b: Matrices): boolean {
  return a.rows === b.rows && a.columns === b.columns && a.rowStride === b.rowStride;
}

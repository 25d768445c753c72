import type { MatrixRef } from '../generated/manifest';
import { dot } from './scoring';

const ITEM_BYTES = { float32: 4, float16: 2, int8: 1 };

/** A matrix of embeddings as stored in its file; rows are decoded on demand, by id. */
export class EmbeddingMatrix {
  private readonly view: DataView;
  private readonly indices: ReadonlyMap<string, number>;
  /** All rows, once they have been ranked. */
  private decoded: Float32Array | undefined;

  /** @throws Error if the file's length or the ids do not fit the shape. */
  constructor(
    private readonly ref: MatrixRef,
    file: ArrayBuffer,
  ) {
    const [rows, dim] = ref.shape;
    if (file.byteLength !== rows * dim * ITEM_BYTES[ref.dtype] || ref.rows.length !== rows) {
      throw new Error(`${ref.url} is not a ${rows} × ${dim} matrix of ${ref.dtype}.`);
    }
    this.view = new DataView(file);
    this.indices = new Map(ref.rows.map((id, index) => [id, index]));
  }

  /** float32[dim], or undefined where no row has that id. */
  row(id: string): Float32Array | undefined {
    const index = this.indices.get(id);
    if (index === undefined) return undefined;
    const dim = this.ref.shape[1];
    return this.decode(index * dim, dim);
  }

  /**
   * The ids of all rows, that with the greatest dot product with `query`, float32[dim], first.
   *
   * @param others Rows that are ranked among them, by id.
   */
  rank(query: Float32Array, others: ReadonlyMap<string, Float32Array> = new Map()): string[] {
    const [rows, dim] = this.ref.shape;
    this.decoded ??= this.decode(0, rows * dim);
    const scores = new Float32Array(rows);
    for (let row = 0, at = 0; row < rows; row++) {
      let sum = 0;
      for (let column = 0; column < dim; column++) {
        sum += (this.decoded[at++] ?? 0) * (query[column] ?? 0);
      }
      scores[row] = sum;
    }
    const known = Array.from(scores, (score, row) => ({ id: this.ref.rows[row] ?? '', score }));
    const added = Array.from(others, ([id, row]) => ({ id, score: dot(row, query) }));
    return [...added, ...known].sort((a, b) => b.score - a.score).map(({ id }) => id);
  }

  private decode(start: number, length: number): Float32Array {
    return Float32Array.from({ length }, (_, i) => this.item(start + i) * this.ref.scale);
  }

  private item(index: number): number {
    switch (this.ref.dtype) {
      case 'float32':
        return this.view.getFloat32(4 * index, true);
      case 'float16':
        return decodeFloat16(this.view.getUint16(2 * index, true));
      case 'int8':
        return this.view.getInt8(index);
    }
  }
}

/** The value of the IEEE 754 half-precision number with these bits. */
export function decodeFloat16(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction ? NaN : sign * Infinity;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

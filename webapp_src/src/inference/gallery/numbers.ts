import { decodeFloat16 } from '../embedding-matrix';

/** Numbers of a file, little-endian, one after the other. */
export class NumberReader {
  private readonly view: DataView;
  private at = 0;

  constructor(private readonly content: ArrayBuffer) {
    this.view = new DataView(content);
  }

  uint32(count: number): Uint32Array {
    return Uint32Array.from({ length: count }, () => this.view.getUint32(this.skip(4), true));
  }

  float32(count: number): Float32Array {
    return Float32Array.from({ length: count }, () => this.view.getFloat32(this.skip(4), true));
  }

  /** Rows in eight bits: the scale of each, then all their numbers. */
  rounded(rows: number, columns: number): Float32Array {
    const scales = this.float32(rows);
    const codes = this.int8(rows * columns);
    return Float32Array.from(codes, (code, i) => code * (scales[Math.floor(i / columns)] ?? 0));
  }

  float16(count: number): Float32Array {
    return Float32Array.from({ length: count }, () =>
      decodeFloat16(this.view.getUint16(this.skip(2), true)),
    );
  }

  int8(count: number): Int8Array {
    return new Int8Array(this.content, this.skip(count), count);
  }

  bytes(count: number): Uint8Array {
    return new Uint8Array(this.content, this.skip(count), count);
  }

  private skip(bytes: number): number {
    this.at += bytes;
    return this.at - bytes;
  }
}

/** The row, of length 1. */
export function normalize(row: Float32Array): Float32Array {
  const length = Math.hypot(...row);
  return row.map((value) => value / length);
}

/** The sum of the products of a query with the numbers of a row that starts there. */
export function dotAt(
  numbers: Int8Array | Float32Array,
  start: number,
  query: Float32Array,
): number {
  let sum = 0;
  for (let i = 0; i < query.length; i++) sum += (numbers[start + i] ?? 0) * (query[i] ?? 0);
  return sum;
}

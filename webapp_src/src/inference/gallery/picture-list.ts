import type { ListIndex } from '../../generated/manifest';
import { POINTS, type ListHead } from './list-head';
import { NAME_BYTES, readName } from './named-file';
import { dotAt, NumberReader } from './numbers';

/** A file of an index of lists: pictures next to each other, with their codes. */
export class PictureList {
  /** The first position. */
  readonly start: number;
  /** How many pictures there are. */
  readonly count: number;
  private readonly mean: Float32Array;
  private readonly names: Uint8Array;
  private readonly codes: Uint8Array;

  constructor(
    private readonly index: ListIndex,
    private readonly head: ListHead,
    list: number,
    content: ArrayBuffer,
  ) {
    this.start = head.starts[list] ?? 0;
    this.count = head.sizeOf(list);
    const reader = new NumberReader(content);
    this.mean = reader.float16(head.dim);
    this.names = reader.bytes(Math.ceil(this.count / index.rowsPerBlock) * NAME_BYTES);
    this.codes = reader.bytes(this.count * index.widths.length);
  }

  /**
   * float32[count]: about the similarity of each picture to a query, float32[dim].
   *
   * @param tables What `ListHead` tabulates for it.
   */
  guess(query: Float32Array, tables: Float32Array): Float32Array {
    const base = dotAt(this.mean, 0, query);
    const groups = this.index.widths.length;
    const guesses = new Float32Array(this.count);
    for (let picture = 0, at = 0; picture < this.count; picture++) {
      let sum = base;
      for (let group = 0; group < groups; group++, at++) {
        sum += tables[group * POINTS + (this.codes[at] ?? 0)] ?? 0;
      }
      guesses[picture] = sum;
    }
    return guesses;
  }

  /** float32[dim]: about the row of a picture, by its place in the list. */
  decode(place: number): Float32Array {
    const groups = this.index.widths.length;
    const row = this.head.decode(this.codes.subarray(place * groups, (place + 1) * groups));
    return row.map((value, i) => value + (this.mean[i] ?? 0));
  }

  /** The URL of the file with the whole rows of a block. */
  urlOfBlock(block: number): string {
    const { folder, suffix } = this.index.lists;
    return `${folder}/${readName(this.names, block)}${suffix}`;
  }
}

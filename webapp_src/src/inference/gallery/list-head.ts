import type { ListIndex } from '../../generated/manifest';
import { dotAt, NumberReader } from './numbers';

/** A list, and what share of the best pictures for a query it is expected to have. */
export interface Expected {
  readonly list: number;
  readonly share: number;
}

/** Of a group of a code. */
export const POINTS = 256;

/** What all searches of an index of lists need: see builder/gallery/index/list_files.py. */
export class ListHead {
  /** The first position of each list, and after the last. */
  readonly starts: Uint32Array;
  private readonly hidden: Layer;
  private readonly output: Layer;
  /** float32[axes, dim]: takes queries to the axes of codes. */
  private readonly look: Float32Array;
  /** float32[256, width] of each group. */
  private readonly points: readonly Float32Array[];

  constructor(
    private readonly index: ListIndex,
    readonly dim: number,
    content: ArrayBuffer,
  ) {
    const lists = index.lists.count;
    const axes = index.widths.reduce((sum, width) => sum + width, 0);
    const reader = new NumberReader(content);
    this.starts = reader.uint32(lists + 1);
    this.hidden = new Layer(reader, index.units, dim);
    this.output = new Layer(reader, lists, index.units);
    this.look = reader.rounded(axes, dim);
    this.points = index.widths.map((width) => reader.rounded(1, POINTS * width));
  }

  /** All lists, that first which is to be read first for a query, float32[dim]. */
  rank(query: Float32Array): Expected[] {
    const hidden = this.hidden.apply(query).map((value) => Math.max(value, 0));
    const logits = this.output.apply(hidden);
    const greatest = logits.reduce((a, b) => Math.max(a, b), -Infinity);
    const powers = logits.map((logit) => Math.exp(logit - greatest));
    const sum = powers.reduce((a, b) => a + b, 0);
    const expected = Array.from(powers, (power, list) => ({ list, share: power / sum }));
    return expected.sort((a, b) => b.share - a.share);
  }

  /** float32[groups, 256]: what each point of a code adds to a query's product with a row. */
  tabulate(query: Float32Array): Float32Array {
    const tables = new Float32Array(this.points.length * POINTS);
    let axis = 0;
    this.points.forEach((points, group) => {
      const width = this.index.widths[group] ?? 0;
      const turned = Float32Array.from({ length: width }, (_, i) =>
        dotAt(this.look, (axis + i) * this.dim, query),
      );
      for (let point = 0; point < POINTS; point++) {
        tables[group * POINTS + point] = dotAt(points, point * width, turned);
      }
      axis += width;
    });
    return tables;
  }

  /** float32[dim]: what a code, uint8[groups], adds to the mean of its list. */
  decode(code: Uint8Array): Float32Array {
    const row = new Float32Array(this.dim);
    let axis = 0;
    this.points.forEach((points, group) => {
      const width = this.index.widths[group] ?? 0;
      const first = (code[group] ?? 0) * width;
      for (let i = 0; i < width; i++, axis++) {
        const value = points[first + i] ?? 0;
        for (let j = 0; j < this.dim; j++) {
          row[j] = (row[j] ?? 0) + value * (this.look[axis * this.dim + j] ?? 0);
        }
      }
    });
    return row;
  }

  /** How many pictures a list has. */
  sizeOf(list: number): number {
    return (this.starts[list + 1] ?? 0) - (this.starts[list] ?? 0);
  }

  /** The list that a position is in. */
  listOf(position: number): number {
    let low = 0;
    let high = this.starts.length - 1;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((this.starts[middle] ?? 0) <= position) low = middle;
      else high = middle;
    }
    return low;
  }
}

/** Of a network: a row of weights and a bias for each output. */
class Layer {
  private readonly weights: Float32Array;
  private readonly biases: Float32Array;

  constructor(
    reader: NumberReader,
    outputs: number,
    private readonly inputs: number,
  ) {
    this.weights = reader.rounded(outputs, inputs);
    this.biases = reader.float32(outputs);
  }

  apply(input: Float32Array): Float32Array {
    return this.biases.map((bias, i) => bias + dotAt(this.weights, i * this.inputs, input));
  }
}

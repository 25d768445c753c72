import type { GraphModel } from '@tensorflow/tfjs-converter';
import {
  add,
  backend,
  concat,
  matMul,
  memory,
  mul,
  reshape,
  scalar,
  softmax,
  split,
  tensor,
  tidy,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { startWasm } from '../../testing/start-wasm';
import { installKernels } from './install';
import { RecordedGraph } from './recorded-graph';

/** A graph with weights, a constant made on the way, aliases of data, and an op with two results. */
class Graph {
  private readonly weights = tensor([1, -2, 3, 0.5, 2, -1, 0.25, 1], [2, 4]);

  readonly execute = vi.fn(({ x = this.weights }: Record<string, Tensor>): Tensor =>
    tidy(() => {
      const rows = reshape(x, [-1, 2]);
      const [left, right] = split(matMul(rows, this.weights), 2, 1) as [Tensor, Tensor];
      const scaled = mul(softmax(left), scalar(3));
      return add(reshape(concat([scaled, right, scaled], 1), [-1, 6]), scalar(1));
    }),
  );

  dispose(): void {
    this.weights.dispose();
  }
}

let graph: Graph;
let recorded: RecordedGraph;

beforeAll(async () => {
  await startWasm();
  await installKernels('simd');
});

beforeEach(() => {
  graph = new Graph();
  recorded = new RecordedGraph(graph as unknown as GraphModel, 'x', 'y');
});

const input = (first: number, count: number): Tensor =>
  tensor(
    Float32Array.from({ length: 4 * count }, (_, i) => first + i / 7),
    [count, 4],
  );

function values(run: (x: Tensor) => Tensor, first: number, count: number): number[] {
  const x = input(first, count);
  const y = run(x);
  const numbers = Array.from(y.dataSync());
  y.dispose();
  x.dispose();
  return numbers;
}

/** Tensors, and the data that the backend holds for them and for recordings. */
function countData(): [tensors: number, data: number] {
  return [memory().numTensors, backend().numDataIds()];
}

describe('a recorded graph', () => {
  it('gives for every input what the graph gives, and runs it once for each shape', () => {
    for (const [first, count] of [
      [1, 1],
      [2, 1],
      [3, 2],
      [-4, 2],
      [0, 1],
      [5, 3],
    ] as const) {
      // prettier-ignore
      const expected = values((x) => graph.execute({ x }), first, count);
      graph.execute.mockClear();
      expect(values((x) => recorded.execute(x), first, count)).toEqual(expected);
      expect(graph.execute.mock.calls.length).toBe(first === 1 || first === 3 || first === 5 ? 1 : 0); // prettier-ignore
    }
  });

  it('leaves its input as it is', () => {
    const x = input(1, 2);
    const before = x.dataSync().slice();
    for (let i = 0; i < 3; i++) recorded.execute(x).dispose();
    expect(x.dataSync()).toEqual(before);
    x.dispose();
  });

  it('keeps nothing of a run that failed, and can run again', () => {
    const expected = values((x) => graph.execute({ x }), 1, 1);
    const work = graph.execute.getMockImplementation();
    graph.execute.mockImplementationOnce((inputs) => {
      work?.(inputs).dispose();
      throw new Error('Out of memory');
    });
    const x = input(1, 1);
    const before = countData();
    expect(() => recorded.execute(x)).toThrow('Out of memory');
    expect(countData()).toEqual(before);
    x.dispose();
    expect(values((y) => recorded.execute(y), 1, 1)).toEqual(expected);
  });

  it('uses no more memory run after run, and none once disposed of', () => {
    values((x) => recorded.execute(x), 1, 2);
    const [tensors, data] = countData();
    for (let i = 0; i < 20; i++) values((x) => recorded.execute(x), i, 2);
    expect(countData()).toEqual([tensors, data]);
    recorded.dispose();
    // Gone are the weights, and the two constants that the recording kept.
    expect(countData()).toEqual([tensors - 1, data - 3]);
  });
});

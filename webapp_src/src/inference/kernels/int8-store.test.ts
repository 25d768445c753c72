import type { GraphModel } from '@tensorflow/tfjs-converter';
import {
  backend,
  matMul,
  memory,
  tensor2d,
  tensor3d,
  tidy,
  type Tensor,
  type Tensor2D,
} from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { startWasm } from '../../testing/start-wasm';
import { loadGraph } from '../graph-loader';
import { installKernels } from './install';
import { noteInt8Weights } from './int8-weights';
import { RecordedGraph } from './recorded-graph';

beforeAll(async () => {
  await startWasm();
  await installKernels('simd');
});

const [ROWS, COLUMNS] = [300, 200];
const CODES = Float32Array.from({ length: ROWS * COLUMNS }, (_, i) => ((i * 89) % 256) - 128);
const SCALES = Float32Array.from({ length: COLUMNS }, (_, i) => 0.001 * (1 + i));
const FLOAT = { type: 'DT_FLOAT' };

/** `(x codes) scales`, with codes of which the model says that it wants integers, or does not. */
async function load(integerProducts: readonly string[]): Promise<GraphModel> {
  const constant = (name: string): object => ({
    name,
    op: 'Const',
    attr: { dtype: FLOAT, value: { tensor: { dtype: 'DT_FLOAT' } } },
  });
  const graph = {
    userDefinedMetadata: { integerProducts },
    modelTopology: {
      node: [
        { name: 'x', op: 'Placeholder', attr: { dtype: FLOAT } },
        ...['scales', 'codes'].map(constant),
        { name: 'product', op: 'MatMul', input: ['x', 'codes'], attr: { T: FLOAT } },
        { name: 'y', op: 'Mul', input: ['product', 'scales'], attr: { T: FLOAT } },
      ],
      library: {},
      versions: {},
    },
    weightsManifest: [
      {
        paths: ['weights.bin'],
        weights: [
          { name: 'scales', shape: [COLUMNS], dtype: 'float32' },
          {
            name: 'codes',
            shape: [ROWS, COLUMNS],
            dtype: 'float32',
            quantization: { dtype: 'uint8', min: -128, scale: 1, original_dtype: 'float32' },
          },
        ],
      },
    ],
  };
  const bytes = Uint8Array.from(CODES, (code) => code + 128);
  const topology = new TextEncoder().encode(JSON.stringify(graph)).buffer;
  const model = await loadGraph(topology, [SCALES.slice().buffer, bytes.buffer]);
  noteInt8Weights(model, ['codes']);
  return model;
}

function codesOf(model: GraphModel): Tensor2D {
  return model.weights['codes']?.[0] as Tensor2D;
}

/** Whether the backend that computes holds a tensor. */
function isInHeap({ dataId }: Tensor2D): boolean {
  return backend().refCount(dataId) > 0;
}

const makeInput = (): Tensor => tensor3d(CODES.slice(0, 6 * ROWS), [2, 3, ROWS]);

function run(graph: RecordedGraph): number[] {
  const x = makeInput();
  const y = graph.execute(x);
  const numbers = [...y.dataSync()];
  x.dispose();
  y.dispose();
  return numbers;
}

describe('weights of eight bits', () => {
  it('have no float32 copy in the heap, and give the same products as if they had', async () => {
    const [model, other] = [await load(['codes']), await load([])];
    expect([isInHeap(codesOf(model)), isInHeap(codesOf(other))]).toEqual([false, true]);
    const graphs = [model, other].map((each) => new RecordedGraph(each, 'x', 'y'));
    const [found, expected] = graphs.map((graph) => [run(graph), run(graph)]);
    expect(found).toEqual(expected);
    expect(isInHeap(codesOf(model))).toBe(false);
    for (const graph of graphs) graph.dispose();
  });

  it('are moved there for what is not done in integers', async () => {
    const model = await load(['codes']);
    const found = tidy(() => {
      const x = tensor2d(CODES.slice(0, 3 * COLUMNS), [3, COLUMNS]);
      return [...matMul(x, codesOf(model), false, true).dataSync()];
    });
    const expected = tidy(() => {
      const x = tensor2d(CODES.slice(0, 3 * COLUMNS), [3, COLUMNS]);
      return [...matMul(x, tensor2d(CODES, [ROWS, COLUMNS]), false, true).dataSync()];
    });
    expect(found).toEqual(expected);
    expect(isInHeap(codesOf(model))).toBe(true);
    // Once there, they are multiplied in integers as before.
    const graph = new RecordedGraph(model, 'x', 'y');
    const other = new RecordedGraph(await load(['codes']), 'x', 'y');
    expect(run(graph)).toEqual(run(other));
    for (const each of [graph, other]) each.dispose();
  });

  it('are given back with their model, and what was packed of them', async () => {
    const { wasm } = backend() as unknown as { wasm: { _malloc(): number; _free(): void } };
    // Emscripten puts the functions into their places when they are first called.
    tensor2d([[0]]).dispose();
    const { numTensors, numDataBuffers } = memory();
    const [taken, given] = [vi.spyOn(wasm, '_malloc'), vi.spyOn(wasm, '_free')];
    const graph = new RecordedGraph(await load(['codes']), 'x', 'y');
    run(graph);
    const held = taken.mock.calls.length - given.mock.calls.length;
    graph.dispose();
    // The scales and the packed codes.
    expect(held).toBe(2);
    expect(taken.mock.calls.length).toBe(given.mock.calls.length);
    expect(memory()).toMatchObject({ numTensors, numDataBuffers });
  });
});

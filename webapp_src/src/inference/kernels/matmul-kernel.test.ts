import {
  _FusedMatMul,
  backend,
  broadcastTo,
  engine,
  getKernel,
  matMul,
  memory,
  reshape,
  tensor,
  tidy,
  unstack,
  util,
  type Tensor,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import { generateModule } from '../../../wasm/compile.mjs';
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { WasmHeap, type WasmBackend } from './wasm-heap';
import { installKernels } from './install';
import { findVariant } from './kernel-module';
import { startWasm } from '../../testing/start-wasm';

type Kernel = ReturnType<typeof getKernel>;

/** TensorFlow.js's own kernel. */
let theirs: Kernel;

beforeAll(async () => {
  await startWasm();
  theirs = getKernel(_FusedMatMul, 'wasm');
  // Node 20 has relaxed SIMD behind a flag only; the end-to-end tests run it in Chromium.
  expect(await installKernels('simd')).toBe('simd');
});

/** Reproducible numbers between -1 and 1. */
function makeRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  };
}

function randomTensor(shape: number[], random: () => number): Tensor {
  const size = shape.reduce((a, b) => a * b, 1);
  return tensor(Float32Array.from({ length: size }, random), shape);
}

function run(kernel: Kernel, inputs: Record<string, Tensor>, attrs: object): Float32Array {
  const out = kernel.kernelFunc({
    inputs,
    attrs: attrs as NonNullable<Parameters<Kernel['kernelFunc']>[0]['attrs']>,
    backend: backend(),
  }) as TensorInfo;
  const result = engine().makeTensorFromTensorInfo(out);
  const values = result.dataSync().slice() as Float32Array;
  result.dispose();
  return values;
}

/** The product of two matrices in float64. */
function multiply(a: Tensor, b: Tensor, transposeA: boolean, transposeB: boolean): number[] {
  const [aHeight = 0, aWidth = 0] = a.shape.slice(-2);
  const [bHeight = 0, bWidth = 0] = b.shape.slice(-2);
  const [x, y] = [a.dataSync(), b.dataSync()];
  const [m, k] = transposeA ? [aWidth, aHeight] : [aHeight, aWidth];
  const n = transposeB ? bHeight : bWidth;
  const product: number[] = [];
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      let sum = 0;
      for (let l = 0; l < k; l++) {
        const left = x[transposeA ? l * aWidth + i : i * aWidth + l] ?? NaN;
        sum += left * (y[transposeB ? j * bWidth + l : l * bWidth + j] ?? NaN);
      }
      product.push(sum);
    }
  }
  return product;
}

function transposed(shape: readonly number[]): number[] {
  return [...shape.slice(0, -2), ...shape.slice(-2).reverse()];
}

/** The matrices of a tensor whose other dimensions are broadcast to `dims`. */
function listMatrices(x: Tensor, dims: readonly number[]): Tensor[] {
  const matrix = x.shape.slice(-2);
  const count = util.sizeFromShape([...dims]);
  if (count === 0) return [];
  return unstack(reshape(broadcastTo(x, [...dims, ...matrix]), [count, ...matrix]));
}

function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>): void {
  expect(actual.length).toBe(expected.length);
  const worst = Array.from(actual, (x, i) => Math.abs(x - (expected[i] ?? NaN)));
  // Summands are below 1, and there are fewer than 100 of them.
  expect(Math.max(0, ...worst)).toBeLessThan(1e-5);
}

describe('the kernels', () => {
  it('are built from their source', async () => {
    const committed = new URL('generated/binaries.ts', import.meta.url);
    expect(readFileSync(committed, 'utf8')).toBe(await generateModule());
  }, 60_000);

  it('are there for whatever Node this is', () => {
    expect(findVariant()).toBeDefined();
  });

  it('multiply matrices of every shape around their tiles', () => {
    const random = makeRandom(1);
    for (const m of [0, 1, 2, 3, 4, 5, 8, 13]) {
      for (const n of [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 16, 23]) {
        for (const k of [0, 1, 7, 64]) {
          tidy(() => {
            const [a, b] = [randomTensor([m, k], random), randomTensor([k, n], random)];
            expectClose(matMul(a, b).dataSync(), multiply(a, b, false, false));
          });
        }
      }
    }
  });

  it.each([
    [true, false],
    [false, true],
    [true, true],
  ])('multiply transposed matrices, a %s, b %s', (transposeA, transposeB) => {
    const random = makeRandom(2);
    for (const [m, k, n] of [
      [1, 1, 1],
      [3, 5, 9],
      [7, 12, 4],
      [16, 64, 16],
      [1, 9, 33],
    ] as const) {
      // prettier-ignore
      tidy(() => {
        const a = randomTensor(transposeA ? [k, m] : [m, k], random);
        const b = randomTensor(transposeB ? [n, k] : [k, n], random);
        const actual = matMul(a, b, transposeA, transposeB).dataSync();
        expectClose(actual, multiply(a, b, transposeA, transposeB));
      });
    }
  });

  it.each([
    { a: [3, 4, 5], b: [3, 5, 9] },
    { a: [3, 4, 5], b: [1, 5, 9] },
    { a: [3, 4, 5], b: [5, 9] },
    { a: [1, 4, 5], b: [3, 5, 9] },
    { a: [4, 5], b: [2, 3, 5, 9] },
    { a: [2, 1, 4, 5], b: [3, 5, 9] },
    { a: [2, 3, 1, 5], b: [2, 1, 5, 1] },
    { a: [0, 4, 5], b: [1, 5, 9] },
  ])('broadcast batches of $a and $b', ({ a: aShape, b: bShape }) => {
    const random = makeRandom(3);
    for (const transposeA of [false, true]) {
      tidy(() => {
        const a = randomTensor(transposeA ? transposed(aShape) : aShape, random);
        const b = randomTensor(bShape, random);
        const product = matMul(a, b, transposeA);
        const dims = product.shape.slice(0, -2);
        const lefts = listMatrices(a, dims);
        const expected = listMatrices(b, dims).flatMap((right, i) =>
          multiply(lefts[i] ?? right, right, transposeA, false),
        );
        expectClose(product.dataSync(), expected);
      });
    }
  });

  it.each(['linear', 'relu', 'relu6', 'elu', 'leakyrelu', 'sigmoid', 'prelu'])(
    'add a bias and apply %s as TensorFlow.js does',
    (activation) => {
      const random = makeRandom(4);
      for (const n of [1, 3, 6, 8, 21]) {
        tidy(() => {
          const inputs = {
            a: randomTensor([1, 5, 40], random),
            b: randomTensor([1, 40, n], random),
            bias: randomTensor([n], random),
            ...(activation === 'prelu' && { preluActivationWeights: randomTensor([n], random) }),
          };
          const attrs = { transposeA: false, transposeB: false, activation, leakyreluAlpha: 0.3 };
          const expected = run(theirs, inputs, attrs);
          expectClose(run(getKernel(_FusedMatMul, 'wasm'), inputs, attrs), expected);
        });
      }
    },
  );

  it('let NaN through', () => {
    const nan = tidy(() => matMul(tensor([[NaN, 1]]), tensor([[1], [1]])).dataSync()[0]);
    expect(nan).toBeNaN();
  });

  it('leave it to TensorFlow.js to refuse what it refuses', () => {
    tidy(() => {
      expect(() => matMul(tensor([[1, 2]]), tensor([[1, 2]]))).toThrow(/inner shapes/);
      const integers = tensor([[1]], [1, 1], 'int32');
      expect(() => matMul(integers, integers)).toThrow(/float32/);
    });
  });

  it('give the same product for a matrix seen before, also in another layout', () => {
    tidy(() => {
      const random = makeRandom(5);
      const a = randomTensor([6, 6], random);
      const weights = randomTensor([6, 6], random);
      for (let run = 0; run < 3; run++) {
        for (const transpose of [false, true, false]) {
          const actual = matMul(a, weights, false, transpose).dataSync();
          expectClose(actual, multiply(a, weights, false, transpose));
        }
      }
    });
  });

  it('use no more memory run after run, and give back what they packed', () => {
    const heap = new WasmHeap(backend() as unknown as WasmBackend);
    const tensors = memory().numTensors;
    const work = (): void => {
      tidy(() => {
        const random = makeRandom(6);
        const [x, weights] = [randomTensor([80, 192], random), randomTensor([192, 768], random)];
        for (let run = 0; run < 4; run++) matMul(x, weights);
      });
    };
    work();
    const bytes = heap.memory?.buffer.byteLength;
    // Each leaves 0.6 MB if its packed weights stay: twice the memory there is by then.
    for (let run = 0; run < 100; run++) work();
    expect(memory().numTensors).toBe(tensors);
    expect(heap.memory?.buffer.byteLength).toBe(bytes);
  }, 30_000);
});

import type { GraphModel } from '@tensorflow/tfjs-converter';
import {
  add,
  getKernel,
  mean,
  mul,
  registerKernel,
  rsqrt,
  scalar,
  sigmoid,
  square,
  tensor,
  tidy,
  unregisterKernel,
  util,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { startWasm } from '../../testing/start-wasm';
import { GATE, NORMALIZE } from './pointwise-kernels';
import { installKernels } from './install';
import { RecordedGraph } from './recorded-graph';

type Run = (x: Tensor) => Tensor;

/** Called when one of our kernels is, with its name. */
const called = vi.fn<(name: string) => void>();

beforeAll(async () => {
  await startWasm();
  expect(await installKernels('simd')).toBe('simd');
  for (const name of [NORMALIZE, GATE]) {
    const config = getKernel(name, 'wasm');
    unregisterKernel(name, 'wasm');
    registerKernel({
      ...config,
      kernelFunc: (args) => {
        called(name);
        return config.kernelFunc(args);
      },
    });
  }
});

beforeEach(() => {
  called.mockClear();
});

const normalize: Run = (x) => mul(x, rsqrt(add(mean(square(x), -1, true), scalar(1e-3))));

// GELU with its tanh, as the exporter writes it.
const gate: Run = (x) => {
  const slope = add(mul(square(x), scalar(0.07135481)), scalar(1.5957691));
  return mul(x, sigmoid(mul(x, slope)));
};

/** What a graph computes, and what its recording computes of the same. */
function runBoth(run: Run, values: readonly number[], shape: number[]): [number[], number[]] {
  const model = {
    execute: ({ x }: Record<'x', Tensor>) => tidy(() => run(x)),
    dispose: () => undefined,
  };
  const recorded = new RecordedGraph(model as unknown as GraphModel, 'x', 'y');
  const x = tensor([...values], shape);
  const results = [recorded.execute(x), recorded.execute(x)];
  const [expected, actual] = results.map((y) => Array.from(y.dataSync()));
  for (const used of [x, ...results]) used.dispose();
  recorded.dispose();
  return [expected ?? [], actual ?? []];
}

/** Numbers from -12 to 12 in no order. */
function spread(size: number): number[] {
  return Array.from({ length: size }, (_, i) => ((i * 7.3) % 24) - 12);
}

function expectClose(actual: readonly number[], expected: readonly number[]): void {
  expect(actual.length).toBe(expected.length);
  const worst = actual.map((x, i) => Math.abs(x - (expected[i] ?? NaN)));
  expect(Math.max(...worst)).toBeLessThan(2e-6);
}

describe('a recording', () => {
  it.each([[[1, 1]], [[3, 2]], [[2, 3, 7]], [[16, 192]], [[5]]])(
    'normalizes rows of %j at once',
    (shape) => {
      const [expected, actual] = runBoth(normalize, spread(util.sizeFromShape(shape)), shape);
      expect(called.mock.calls).toEqual([[NORMALIZE]]);
      expectClose(actual, expected);
    },
  );

  it.each([1, 2, 3, 4, 5, 8, 100])('computes %i times GELU at once', (size) => {
    const [expected, actual] = runBoth(gate, spread(size), [size]);
    expect(called.mock.calls).toEqual([[GATE]]);
    expectClose(actual, expected);
  });

  it('gives GELU of large and small numbers, and of none', () => {
    const [, actual] = runBoth(gate, [-1e4, -30, -0, 1e-30, 30, 1e4, NaN], [7]);
    expect(actual.map((x) => x + 0)).toEqual([
      expect.closeTo(0, 6),
      expect.closeTo(0, 6),
      0,
      expect.closeTo(5e-31, 36),
      30,
      1e4,
      NaN,
    ]);
  });

  it('takes operands in any order, one fused call after the other', () => {
    const run: Run = (x) => {
      const y = normalize(x);
      const slope = add(scalar(0.5), mul(scalar(0.25), square(y)));
      return mul(sigmoid(mul(slope, y)), y);
    };
    const [expected, actual] = runBoth(run, spread(24), [3, 8]);
    expect(called.mock.calls).toEqual([[NORMALIZE], [GATE]]);
    expectClose(actual, expected);
  });

  it.each<[string, Run]>([
    ['another axis', (x) => mul(x, rsqrt(add(mean(square(x), 0, true), scalar(1e-3))))],
    ['another tensor', (x) => mul(add(x, x), rsqrt(add(mean(square(x), -1, true), scalar(1))))],
    [
      'a number for every column',
      (x) => mul(x, rsqrt(add(mean(square(x), -1, true), tensor([1, 2, 3, 4])))),
    ],
    [
      'a part that is used elsewhere',
      (x) => {
        const squares = square(x);
        return add(squares, mul(x, rsqrt(add(mean(squares, -1, true), scalar(1)))));
      },
    ],
  ])('leaves what is alike but for %s as it is', (_, run) => {
    const [expected, actual] = runBoth(run, spread(16), [4, 4]);
    expect(called).not.toHaveBeenCalled();
    expect(actual).toEqual(expected);
  });
});

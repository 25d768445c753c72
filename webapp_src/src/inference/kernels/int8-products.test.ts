import type { GraphModel } from '@tensorflow/tfjs-converter';
import {
  _FusedMatMul,
  add,
  backend,
  BatchMatMul,
  fill,
  fused,
  matMul,
  memory,
  mul,
  tensor1d,
  tensor2d,
  tidy,
  type Rank,
  type Tensor,
  type Tensor2D,
} from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { startWasm } from '../../testing/start-wasm';
import { installKernels } from './install';
import { noteInt8Weights } from './int8-weights';
import { RecordedGraph } from './recorded-graph';
import { WasmHeap, type WasmBackend } from './wasm-heap';

beforeAll(async () => {
  await startWasm();
  await installKernels('simd');
});

/** Whole numbers, and others, that follow from a seed. */
function makeNumbers(count: number, seed: number, scale = 1): number[] {
  let state = seed;
  return Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state / 2 ** 31 - 1) * scale;
  });
}

function makeCodes(rows: number, columns: number): Tensor2D {
  return tensor2d(makeNumbers(rows * columns, 7, 127).map(Math.round), [rows, columns]);
}

/** A model with these weights, all of them noted. */
function note(...weights: Tensor[]): void {
  const named = Object.fromEntries(weights.map((weight, i) => [String(i), [weight]]));
  const metadata = { integerProducts: Object.keys(named) };
  noteInt8Weights({ weights: named, metadata } as unknown as GraphModel);
}

/** To the nearest whole number, of two the even one. */
function roundToEven(x: number): number {
  const low = Math.floor(x);
  if (x - low !== 0.5) return Math.round(x);
  return low % 2 === 0 ? low : low + 1;
}

interface Rounded {
  readonly step: number;
  readonly numbers: readonly number[];
}

/** Whole numbers of steps, 127 between the least number, or 0, and the greatest; all in float32. */
function round(row: readonly number[]): Rounded {
  const low = Math.fround(Math.min(0, ...row));
  const range = Math.fround(Math.fround(Math.max(0, ...row)) - low);
  const step = Math.fround(range / 127) || 1;
  const zero = roundToEven(Math.fround(-low / step));
  const factor = Math.fround(1 / step);
  const codes = row.map((x) =>
    roundToEven(Math.fround(Math.fround(Math.fround(x) * factor) + zero)),
  );
  return { step, numbers: codes.map((code) => Math.min(127, Math.max(0, code)) - zero) };
}

/** `(row codes + bias) * scale` for each column, as float32 has it. */
function multiply(
  row: readonly number[],
  codes: Tensor2D,
  bias: number[],
  scale: number,
): number[] {
  const width = codes.shape[1];
  const b = codes.dataSync();
  const { step, numbers } = round(row);
  return bias.map((shift, j) => {
    const sum = numbers.reduce((total, x, k) => total + x * (b[k * width + j] ?? NaN), 0);
    const product = Math.fround(Math.fround(sum * step) + Math.fround(shift));
    return Math.fround(product * Math.fround(scale));
  });
}

const SIZES = [1, 3, 4, 5, 15, 16, 17, 33];

describe('products with weights of eight bits', () => {
  it.each(SIZES.flatMap((m) => SIZES.map((k) => [m, k] as const)))(
    'of %i rows of %i numbers are the same integers everywhere',
    (m, k) => {
      for (const n of [1, 4, 7, 8, 9, 24]) {
        const rows = Array.from({ length: m }, (_, i) =>
          makeNumbers(k, i + 1, i % 3 === 0 ? 9 : 1),
        );
        const codes = makeCodes(k, n);
        note(codes);
        const bias = makeNumbers(n, 3);
        const found = tidy(() => {
          const a = tensor2d(rows.flat(), [m, k]);
          return mul(fused.matMul({ a, b: codes, bias: tensor1d(bias) }), 0.01).dataSync();
        });
        expect([...found]).toEqual(rows.flatMap((row) => multiply(row, codes, bias, 0.01)));
        codes.dispose();
      }
    },
  );

  it('of a row of zeros are the bias', () => {
    const codes = makeCodes(20, 9);
    note(codes);
    const a = tensor2d(Array<number>(20).fill(0), [1, 20]);
    const out = fused.matMul({ a, b: codes, bias: tensor1d(makeNumbers(9, 5)) });
    expect([...out.dataSync()]).toEqual(makeNumbers(9, 5).map(Math.fround));
  });

  it('are those in float32 where nothing was noted, or no longer', () => {
    const codes = makeCodes(40, 12);
    const x = tensor2d(makeNumbers(80, 2), [2, 40]);
    const exact = [...matMul(x, codes).dataSync()];
    note(codes);
    expect([...matMul(x, codes).dataSync()]).not.toEqual(exact);
    const model = { weights: { codes: [codes] }, metadata: { integerProducts: ['codes'] } };
    expect(noteInt8Weights(model as unknown as GraphModel, [])).toBe(false);
    expect([...matMul(x, codes).dataSync()]).toEqual(exact);
    expect(noteInt8Weights(model as unknown as GraphModel)).toBe(true);
  });

  it.each([true, false])('take their scales with them in a recording (bias: %s)', (hasBias) => {
    const codes = makeCodes(24, 16);
    const [bias, scales] = [tensor1d(makeNumbers(16, 3)), tensor1d(makeNumbers(16, 4, 0.01))];
    note(codes);
    const execute = ({ x }: Record<string, Tensor>): Tensor =>
      tidy(() => {
        const a = x as Tensor2D;
        const product = hasBias ? fused.matMul({ a, b: codes, bias }) : matMul(a, codes);
        return add(mul(product, scales), 1);
      });
    const recorded = new RecordedGraph({ execute } as unknown as GraphModel, 'x', 'y');
    const x = tensor2d(makeNumbers(72, 6), [3, 24]);
    const first = [...recorded.execute(x).dataSync()];
    expect([...recorded.execute(x).dataSync()]).toEqual(first);
    const calls = (
      recorded as unknown as { recordings: Map<string, { calls: { name: string }[] }> }
    ).recordings;
    const names = [...calls.values()].flatMap((recording) => recording.calls.map((c) => c.name));
    expect(names).toEqual([hasBias ? _FusedMatMul : BatchMatMul, 'Add']);
  });

  it('give back what they packed when their weights go', () => {
    const heap = new WasmHeap(backend() as unknown as WasmBackend);
    const run = (): void => {
      const codes = fill<Rank.R2>([512, 512], 7);
      note(codes);
      tidy(() => matMul(fill<Rank.R2>([1, 512], 0.5), codes).dataSync());
      codes.dispose();
    };
    run();
    const before = [memory().numTensors, heap.memory?.buffer.byteLength];
    for (let i = 0; i < 100; i++) run();
    expect([memory().numTensors, heap.memory?.buffer.byteLength]).toEqual(before);
  });
});

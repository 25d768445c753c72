import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import type { MatrixRef, Model } from '../generated/manifest';
import { fileRef } from '../testing/sample-manifest';
import { EmbeddingMatrix } from './embedding-matrix';
import { percentileOf, scorePrompts } from './scoring';

interface Case {
  scoring: Model['scoring'];
  matrix: Pick<MatrixRef, 'dtype' | 'shape' | 'scale'>;
  data: string;
  probabilities: number[];
}

const url = new URL('../../../tests/golden/scoring.json', import.meta.url);
const cases = JSON.parse(await readFile(url, 'utf8')) as Case[];

describe('scoring', () => {
  it.each(cases)('by $scoring.kind from $matrix.dtype is what NumPy computes', (golden) => {
    const file = Buffer.from(golden.data, 'base64');
    const rows = ['image', 'a', 'b', 'c', 'd', 'e'];
    const ref = { ...fileRef('rows.bin', file), ...golden.matrix, rows };
    const matrix = new EmbeddingMatrix(ref, new Uint8Array(file).buffer);
    const [zimg, ...ztxts] = rows.map((id) => matrix.row(id) ?? new Float32Array());
    const probabilities = scorePrompts(golden.scoring, zimg ?? new Float32Array(), ztxts);
    expect(probabilities).toHaveLength(5);
    probabilities.forEach((probability, i) => {
      expect(probability).toBeCloseTo(golden.probabilities[i] ?? NaN, 5);
    });
  });

  it('of no prompts is nothing', () => {
    expect(scorePrompts({ kind: 'softmax', scale: 1 }, new Float32Array(2), [])).toEqual([]);
  });
});

it.each([
  [-1, 0],
  [0.25, 2],
  [0.2, 1],
  [9, 2],
])('knows that %d is above %i percentiles', (value, expected) => {
  expect(percentileOf(value, [0, 0.2, 0.4])).toBe(expected);
});

it('knows no percentile where there are none', () => {
  expect(percentileOf(1, [])).toBeUndefined();
});

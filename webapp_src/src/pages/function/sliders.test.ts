import { expect, it } from 'vitest';
import type { FunctionInput } from '../../generated/manifest';
import { formatNumber, makeSliders } from './sliders';

const input: FunctionInput = {
  name: 'xs',
  dtype: 'float32',
  shape: [null, 2],
  range: [-10, 10],
  labels: ['Width', 'Height'],
};

it('makes a slider for each number, named by its label', () => {
  expect(makeSliders(input)).toEqual([
    { label: 'Width', min: -10, max: 10, step: 0.1, start: 2 },
    { label: 'Height', min: -10, max: 10, step: 0.1, start: 2 },
  ]);
});

it('names sliders after the input where there are no labels', () => {
  const labels = (shape: (number | null)[]): string[] =>
    makeSliders({ ...input, shape, labels: [] }).map(({ label }) => label);
  expect(labels([null, 2])).toEqual(['xs 1', 'xs 2']);
  expect(labels([])).toEqual(['xs']);
});

it('goes in whole steps where whole numbers are wanted, and from 0 to 1 where nothing is said', () => {
  expect(makeSliders({ ...input, dtype: 'int32', shape: [] })[0]).toMatchObject({
    step: 1,
    start: 2,
  });
  expect(makeSliders({ ...input, range: null, shape: [] })[0]).toMatchObject({ min: 0, max: 1 });
});

it('refuses a picture', () => {
  expect(() => makeSliders({ ...input, shape: [28, 28] })).toThrow('784 numbers');
});

it('writes numbers short', () => {
  expect([2, 1 / 3, 12345.678, -0.1].map(formatNumber)).toEqual(['2', '0.33333', '12,346', '-0.1']);
});

import { expect, it } from 'vitest';
import { decodeArray, largestDifference, makeTensor } from './tensors';

const xs = { name: 'xs', dtype: 'float32', shape: [null, 2] } as const;
const scalar = { name: 'x', dtype: 'int32', shape: [] } as const;

it('finds the size that varies from how many numbers there are', () => {
  expect(makeTensor(xs, [1, 2, 3, 4]).shape).toEqual([2, 2]);
  expect(
    makeTensor(xs, [
      [1, 2],
      [3, 4],
    ]),
  ).toEqual({ values: Float32Array.of(1, 2, 3, 4), shape: [2, 2], dtype: 'float32' });
  expect(makeTensor(scalar, 7)).toEqual({ values: Int32Array.of(7), shape: [], dtype: 'int32' });
});

it('takes a shape where several sizes vary', () => {
  const input = { name: 'xs', dtype: 'float32', shape: [null, null] } as const;
  expect(makeTensor(input, [1, 2, 3, 4, 5, 6], [2, 3]).shape).toEqual([2, 3]);
});

it.each([
  [xs, [1, 2, 3], undefined],
  [xs, [1, 2], [2, 1]],
  [scalar, [1, 2], undefined],
] as const)('refuses numbers that do not fit %o', (input, numbers, shape) => {
  expect(() => makeTensor(input, numbers, shape)).toThrow(`The input “${input.name}” is`);
});

it('reads arrays as the builder wrote them', () => {
  const file = Int32Array.of(1, -2).buffer;
  const ref = { url: '', sha256: '', bytes: 8, dtype: 'int32', shape: [2, 1] } as const;
  expect(decodeArray({ ...ref, shape: [2, 1] }, file).values).toEqual(Int32Array.of(1, -2));
});

it('does not find NaN close to anything', () => {
  const tensor = (...values: number[]): ReturnType<typeof makeTensor> => ({
    values: Float32Array.from(values),
    shape: [values.length],
    dtype: 'float32',
  });
  expect(largestDifference(tensor(1, 2), tensor(1, 4))).toBe(2);
  expect(largestDifference(tensor(1, NaN), tensor(1, 2))).toBeNaN();
  expect(largestDifference(tensor(NaN, 1), tensor(1, 1))).toBeNaN();
  expect(largestDifference(tensor(1), tensor(1, 2))).toBeNaN();
});

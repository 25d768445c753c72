import { memory, range, reshape, split, tensor, tidy, type Tensor } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { startWasm } from '../../testing/start-wasm';
import { installKernels } from './install';

beforeAll(async () => {
  await startWasm();
  expect(await installKernels('simd')).toBe('simd');
});

function count(shape: number[], dtype: 'float32' | 'int32' = 'float32'): Tensor {
  const size = shape.reduce((a, b) => a * b, 1);
  return reshape(range(0, size, 1, dtype), shape);
}

describe('a tensor split into parts', () => {
  it.each([
    { shape: [2, 9, 4, 3], sizes: [3, 3, 3], axis: 1 },
    { shape: [7, 5], sizes: [1, 4], axis: 1 },
    { shape: [7, 5], sizes: [1, 4], axis: -1 },
    { shape: [6, 5], sizes: [2, 0, 4], axis: 0 },
    { shape: [6], sizes: [1, 5], axis: 0 },
    { shape: [2, 6, 2], sizes: [2, -1, 1], axis: 1 },
    { shape: [0, 6], sizes: [2, 4], axis: 1 },
  ])('$shape along $axis as $sizes has all numbers where they were', ({ shape, sizes, axis }) => {
    tidy(() => {
      const x = count(shape);
      const nested: unknown = x.arraySync();
      const along = axis < 0 ? axis + shape.length : axis;
      const total = shape[along] ?? 0;
      const known = sizes.filter((size) => size >= 0).reduce((a, b) => a + b, 0);
      let start = 0;
      for (const [i, part] of split(x, sizes, axis).entries()) {
        const size = sizes[i] === -1 ? total - known : (sizes[i] ?? 0);
        expect(part.arraySync()).toEqual(cut(nested, along, start, size));
        start += size;
      }
      expect(start).toBe(total);
    });
  });

  it('may be given as a number of parts', () => {
    tidy(() => {
      const parts = split(count([2, 6]), 3, 1).map((part) => part.arraySync());
      expect(parts).toEqual([[[0, 1], [6, 7]], [[2, 3], [8, 9]], [[4, 5], [10, 11]]]); // prettier-ignore
    });
  });

  it('may hold integers and booleans', () => {
    tidy(() => {
      expect(split(count([4], 'int32'), 2).map((part) => part.arraySync())).toEqual([[0, 1], [2, 3]]); // prettier-ignore
      const flags = tensor([true, false, true], [3], 'bool');
      expect(split(flags, [1, 2]).map((part) => part.arraySync())).toEqual([[1], [0, 1]]);
    });
  });

  it('leaves no tensor behind', () => {
    const tensors = memory().numTensors;
    tidy(() => {
      split(count([4, 4]), 2);
    });
    expect(memory().numTensors).toBe(tensors);
  });
});

/** What `slice` along an axis of nested arrays gives. */
function cut(nested: unknown, axis: number, start: number, size: number): unknown {
  const list = nested as unknown[];
  if (axis === 0) return list.slice(start, start + size);
  return list.map((inner) => cut(inner, axis - 1, start, size));
}

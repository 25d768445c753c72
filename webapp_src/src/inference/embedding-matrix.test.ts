import { expect, it } from 'vitest';
import { fileRef } from '../testing/sample-manifest';
import { decodeFloat16, EmbeddingMatrix } from './embedding-matrix';

const REF = {
  ...fileRef('rows.bin', Uint8Array.of(1, 254, 127, 128)),
  dtype: 'int8' as const,
  shape: [2, 2] as [number, number],
  scale: 0.5,
  rows: ['a', 'b'],
};

it('finds rows by id and scales what is stored', () => {
  const matrix = new EmbeddingMatrix(REF, Int8Array.of(1, -2, 127, -128).buffer);
  expect([...(matrix.row('b') ?? [])]).toEqual([63.5, -64]);
  expect(matrix.row('c')).toBeUndefined();
});

it('ranks its rows by their dot product with another', () => {
  const matrix = new EmbeddingMatrix(REF, Int8Array.of(1, -2, 127, -128).buffer);
  expect(matrix.rank(Float32Array.of(1, 0))).toEqual(['b', 'a']);
  expect(matrix.rank(Float32Array.of(0, 1))).toEqual(['a', 'b']);
});

it('ranks other rows among its own', () => {
  const matrix = new EmbeddingMatrix(REF, Int8Array.of(1, -2, 127, -128).buffer);
  const others = new Map([['own', Float32Array.of(3, 0)]]);
  expect(matrix.rank(Float32Array.of(1, 0), others)).toEqual(['b', 'own', 'a']);
});

it('refuses a file that is too short for its shape', () => {
  expect(() => new EmbeddingMatrix(REF, new ArrayBuffer(3))).toThrow(
    'rows.bin is not a 2 × 2 matrix of int8.',
  );
});

it.each([
  [0x3c00, 1],
  [0xc000, -2],
  [0x3555, 0.333251953125],
  [0x0001, 2 ** -24],
  [0x83ff, -1023 * 2 ** -24],
  [0x7bff, 65504],
  [0x7c00, Infinity],
  [0xfc00, -Infinity],
  [0x7e00, NaN],
])('decodes half precision %i to %d', (bits, value) => {
  expect(decodeFloat16(bits)).toBe(value);
});

import { expect, it } from 'vitest';
import { parseMistakes } from './mistakes';

function write(pixels: number[]): string {
  const mistake = { label: 4, guess: 9, pixels: btoa(String.fromCharCode(...pixels)) };
  return JSON.stringify({ tested: 100, accuracy: 0.99, mistakes: [mistake] });
}

it('reads digits as train.py writes them', () => {
  const pixels = Array.from({ length: 784 }, (_, i) => i % 256);
  const { tested, accuracy, mistakes } = parseMistakes(write(pixels));
  expect({ tested, accuracy }).toEqual({ tested: 100, accuracy: 0.99 });
  expect(mistakes[0]).toMatchObject({ label: 4, guess: 9 });
  expect(mistakes[0]?.image[255]).toBe(1);
  expect(mistakes[0]?.image[51]).toBeCloseTo(0.2);
});

it('refuses a digit of another size', () => {
  expect(() => parseMistakes(write([1, 2, 3]))).toThrow('damaged');
});

import { expect, it } from 'vitest';
import { formatMegabytes, formatPercent } from './format';

it.each([
  [0, '0%'],
  [1e-9, '<0.1%'],
  [0.00149, '0.1%'],
  [0.0094, '0.9%'],
  [0.0096, '1%'],
  [0.5, '50%'],
  [0.97349, '97%'],
  [0.99499, '99%'],
  [0.995, '>99%'],
  [1, '100%'],
])('writes %d as %s', (probability, text) => {
  expect(formatPercent(probability)).toBe(text);
});

it('writes bytes as megabytes', () => {
  expect(formatMegabytes(4_249_000)).toBe('4.2 MB');
});

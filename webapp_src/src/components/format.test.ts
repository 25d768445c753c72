import { expect, it } from 'vitest';
import { formatMegabytes, formatPercent } from './format';

it.each([
  [0, '0.0 %'],
  [1e-9, '< 0.1 %'],
  [0.00149, '0.1 %'],
  [0.5, '50.0 %'],
  [0.97349, '97.3 %'],
  [0.99999, '> 99.9 %'],
  [1, '100.0 %'],
])('writes %d as %s', (probability, text) => {
  expect(formatPercent(probability)).toBe(text);
});

it('writes bytes as megabytes', () => {
  expect(formatMegabytes(4_249_000)).toBe('4.2 MB');
});

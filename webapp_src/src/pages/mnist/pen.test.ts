import { expect, it } from 'vitest';
import { movePen } from './pen';

const MIDDLE = { x: 0.5, y: 0.5 };

it('moves by one pixel, also diagonally, and not beyond the edge', () => {
  expect(movePen(MIDDLE, 'ArrowLeft')).toEqual({ x: 0.5 - 1 / 28, y: 0.5 });
  expect(movePen(MIDDLE, 'PageDown')).toEqual({ x: 0.5 + 1 / 28, y: 0.5 + 1 / 28 });
  expect(movePen({ x: 0, y: 0 }, 'Home')).toEqual({ x: 0, y: 0 });
});

it('leaves other keys alone', () => {
  expect(movePen(MIDDLE, 'a')).toBeUndefined();
  expect(movePen(MIDDLE, 'Tab')).toBeUndefined();
});

import { expect, it } from 'vitest';
import { targetOf } from './grid-keys';

const FOCUS = { place: 10, columns: 4, page: 20, last: 41, isRtl: false };

function press(key: string, focus = {}, modifiers = {}): number | undefined {
  const event = { key, altKey: false, ctrlKey: false, metaKey: false, ...modifiers };
  return targetOf(event as KeyboardEvent, { ...FOCUS, ...focus });
}

it.each([
  ['ArrowRight', 11],
  ['ArrowLeft', 9],
  ['ArrowDown', 14],
  ['ArrowUp', 6],
  ['PageDown', 30],
  ['PageUp', 0],
  ['Home', 0],
  ['End', 41],
  ['Enter', undefined],
])('moves with %s', (key, target) => {
  expect(press(key)).toBe(target);
});

it('moves forward to the left where lines go there', () => {
  expect([press('ArrowLeft', { isRtl: true }), press('ArrowRight', { isRtl: true })]).toEqual([
    11, 9,
  ]);
});

it('stays within the pictures', () => {
  expect(press('ArrowUp', { place: 2 })).toBe(2);
  expect(press('ArrowLeft', { place: 0 })).toBe(0);
  expect(press('ArrowDown', { place: 40 })).toBe(41);
  expect(press('End', { last: -1 })).toBeUndefined();
});

it('leaves to the browser what it does with other keys held', () => {
  expect(press('ArrowLeft', {}, { altKey: true })).toBeUndefined();
  expect(press('ArrowRight', {}, { ctrlKey: true })).toBeUndefined();
  expect(press('End', {}, { ctrlKey: true })).toBe(41);
});

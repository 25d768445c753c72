import { expect, it } from 'vitest';
import { beginStroke, extendStroke, undoStroke, type Drawing } from './strokes';

const DOT: Drawing = [[{ x: 0.5, y: 0.5 }]];

it('draws on from the last point of the last stroke', () => {
  const line = extendStroke(DOT, { x: 0.6, y: 0.5 });
  expect(line).toEqual([
    [
      { x: 0.5, y: 0.5 },
      { x: 0.6, y: 0.5 },
    ],
  ]);
  expect(beginStroke(line, { x: 0, y: 0 })).toHaveLength(2);
  expect(DOT[0]).toHaveLength(1);
});

it('leaves out points that tell nothing more', () => {
  expect(extendStroke(DOT, { x: 0.501, y: 0.5 })).toBe(DOT);
});

it('ends at the edge of the surface', () => {
  expect(extendStroke(DOT, { x: 1.5, y: -1 })[0]?.[1]).toEqual({ x: 1, y: 0 });
});

it('takes back one stroke at a time, and nothing from an empty drawing', () => {
  const two = beginStroke(DOT, { x: 0, y: 0 });
  expect(undoStroke(two)).toEqual(DOT);
  expect(undoStroke(undoStroke(two))).toEqual([]);
  expect(undoStroke([])).toEqual([]);
});

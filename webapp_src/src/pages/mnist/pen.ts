import { clamp, type Point } from './strokes';

/** How far a key moves the pen: one of 28 pixels. */
const STEP = 1 / 28;

/** Directions by key; those of the numeric keypad's corners go diagonally. */
const DIRECTIONS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
  Home: [-1, -1],
  PageUp: [1, -1],
  End: [-1, 1],
  PageDown: [1, 1],
};

/** Where a key takes the pen; undefined for keys that do not move it. */
export function movePen({ x, y }: Point, key: string): Point | undefined {
  const direction = DIRECTIONS[key];
  return direction && clamp({ x: x + STEP * direction[0], y: y + STEP * direction[1] });
}

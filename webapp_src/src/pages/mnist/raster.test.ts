import { expect, it } from 'vitest';
import { centreOfMass, rasterize, SIZE } from './raster';
import type { Drawing } from './strokes';

/** A seven in a square of a given side whose top left corner is at (x, y). */
function seven(side: number, x: number, y: number): Drawing {
  return [
    [
      { x, y },
      { x: x + side, y },
      { x: x + side / 3, y: y + side },
    ],
  ];
}

/** First and last row, and first and last column, with more than a trace of ink. */
function bounds(image: Float32Array): number[] {
  const inked = [...image.keys()].filter((i) => (image[i] ?? 0) > 0.5);
  const rows = inked.map((i) => Math.floor(i / SIZE));
  const columns = inked.map((i) => i % SIZE);
  return [Math.min(...rows), Math.max(...rows), Math.min(...columns), Math.max(...columns)];
}

it('has no ink where nothing is drawn', () => {
  expect(Math.max(...rasterize([], true), ...rasterize([], false))).toBe(0);
});

it('makes the same image of a drawing wherever and however large it is drawn', () => {
  const large = rasterize(seven(0.8, 0.1, 0.1), true);
  const small = rasterize(seven(0.2, 0.75, 0.05), true);
  large.forEach((ink, i) => {
    expect(small[i]).toBeCloseTo(ink, 4);
  });
});

it('fits a drawing into 20 pixels', () => {
  const [top = 0, bottom = 0, left = 0, right = 0] = bounds(rasterize(seven(0.3, 0, 0), true));
  expect(bottom - top + 1).toBe(20);
  expect(right - left + 1).toBe(20);
});

it('puts the centre of mass in the middle', () => {
  const mass = centreOfMass(rasterize(seven(0.5, 0.4, 0.1), true));
  expect(mass.x).toBeCloseTo(SIZE / 2, 1);
  expect(mass.y).toBeCloseTo(SIZE / 2, 1);
});

it('leaves a drawing where it lies if told to', () => {
  const image = rasterize(seven(0.2, 0.75, 0.05), false);
  const mass = centreOfMass(image);
  expect(mass.x).toBeGreaterThan(0.7 * SIZE);
  expect(mass.y).toBeLessThan(0.3 * SIZE);
});

it('draws a dot as a dot, and keeps within the image', () => {
  const dot = rasterize([[{ x: 0.1, y: 0.9 }]], true);
  expect(centreOfMass(dot)).toEqual({ x: SIZE / 2, y: SIZE / 2 });
  expect(dot.filter((ink) => ink > 0).length).toBeLessThan(20);
  const corner = rasterize([[{ x: 1, y: 1 }]], false);
  expect(corner).toHaveLength(SIZE * SIZE);
  expect(corner.at(-1)).toBeGreaterThan(0.5);
});

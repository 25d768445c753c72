/**
 * Pillow's resizing of 8-bit pixels, bit for bit: browsers smooth each in its own way, and a tower
 * sees the difference. Source: Pillow, Resample.c (fixed-point convolution) and Geometry.c (nearest).
 *
 * Along rows first, and then along columns. Pillow 13 does it the other way around where a picture
 * loses more than twice as many rows as columns, which only rounds otherwise.
 */
import { FILTERS, type Filter } from './filters';
import type { Layout } from './layout';
import { forEachRow, type PixelSource } from './pixel-source';

const PRECISION_BITS = 22;
const HALF = 1 << (PRECISION_BITS - 1);
const NONE = new Int32Array(0);

/** Of each new pixel along an axis: the first old one that counts, and the weights from there on. */
interface Taps {
  readonly first: Int32Array;
  readonly weights: readonly Int32Array[];
}

/** uint8[size, size, 3]: the square of a layout. */
export function resizeAsPillow(
  source: PixelSource,
  layout: Layout,
  filterName: keyof typeof FILTERS | 'nearest',
): Uint8Array {
  const { box, size } = layout;
  const taps = (length: number, target: number, start: number): Taps => {
    const range = { start, count: size };
    if (filterName === 'nearest') return pickNearest(length, target, range);
    return computeTaps(length, target, range, FILTERS[filterName]);
  };
  const across = taps(box.width, layout.width, layout.left);
  const down = taps(box.height, layout.height, layout.top);
  const used = new Set(
    down.weights.flatMap((weights, i) =>
      Array.from(weights, (_, tap) => (down.first[i] ?? 0) + tap),
    ),
  );
  const narrow = new Map<number, Uint8ClampedArray>();
  forEachRow(
    source,
    box,
    (row) => used.has(row),
    (row, pixels, offset) => {
      narrow.set(row, convolveRow(pixels, offset, across));
    },
  );
  return convolveColumns(narrow, down, size);
}

/** RGB of a row of RGBA, resized. These loops go over tens of millions of pixels. */
function convolveRow(pixels: Uint8ClampedArray, offset: number, taps: Taps): Uint8ClampedArray {
  const row = new Uint8ClampedArray(3 * taps.weights.length);
  for (let x = 0; x < taps.weights.length; x++) {
    const weights = taps.weights[x] ?? NONE;
    // What is beyond the edge of a picture stays black.
    if (weights.length === 0) continue;
    let [red, green, blue] = [HALF, HALF, HALF];
    let at = offset + 4 * (taps.first[x] ?? 0);
    for (let tap = 0; tap < weights.length; tap++, at += 4) {
      const weight = weights[tap] ?? 0;
      red += (pixels[at] ?? 0) * weight;
      green += (pixels[at + 1] ?? 0) * weight;
      blue += (pixels[at + 2] ?? 0) * weight;
    }
    row[3 * x] = toByte(red);
    row[3 * x + 1] = toByte(green);
    row[3 * x + 2] = toByte(blue);
  }
  return row;
}

function convolveColumns(
  rows: ReadonlyMap<number, Uint8ClampedArray>,
  taps: Taps,
  size: number,
): Uint8Array {
  const square = new Uint8Array(size * size * 3);
  const sums = new Float64Array(3 * size);
  taps.weights.forEach((weights, y) => {
    if (weights.length === 0) return;
    sums.fill(HALF);
    weights.forEach((weight, tap) => {
      const row = rows.get((taps.first[y] ?? 0) + tap);
      if (!row) return;
      for (let i = 0; i < sums.length; i++) sums[i] = (sums[i] ?? 0) + (row[i] ?? 0) * weight;
    });
    for (let i = 0; i < sums.length; i++) square[y * 3 * size + i] = toByte(sums[i] ?? 0);
  });
  return square;
}

function toByte(sum: number): number {
  return Math.max(0, Math.min(255, Math.floor(sum / (1 << PRECISION_BITS))));
}

interface Range {
  readonly start: number;
  readonly count: number;
}

function computeTaps(length: number, target: number, range: Range, filter: Filter): Taps {
  if (length === target) return pickNearest(length, target, range);
  const scale = length / target;
  const stretch = Math.max(scale, 1);
  const support = filter.support * stretch;
  return makeTaps(target, range, (place) => {
    const centre = (place + 0.5) * scale;
    const first = Math.max(0, Math.trunc(centre - support + 0.5));
    const end = Math.min(length, Math.trunc(centre + support + 0.5));
    const exact = Array.from({ length: end - first }, (_, i) =>
      filter.weight((i + first - centre + 0.5) * (1 / stretch)),
    );
    const total = exact.reduce((sum, weight) => sum + weight, 0);
    const fixed = exact.map((weight) => {
      const scaled = (total === 0 ? weight : weight / total) * (1 << PRECISION_BITS);
      return Math.trunc(scaled + (scaled < 0 ? -0.5 : 0.5));
    });
    return [first, fixed];
  });
}

/** The old pixel that lies under each new one. */
function pickNearest(length: number, target: number, range: Range): Taps {
  const scale = length / target;
  // Summed up as Pillow does, which now and then tells another pixel than a product.
  const places = new Float64Array(target);
  let place = scale * 0.5;
  for (let i = 0; i < target; i++, place += scale) places[i] = place;
  return makeTaps(target, range, (i) => [
    Math.min(length - 1, Math.trunc(places[i] ?? 0)),
    [1 << PRECISION_BITS],
  ]);
}

function makeTaps(
  target: number,
  { start, count }: Range,
  compute: (place: number) => [number, readonly number[]],
): Taps {
  const first = new Int32Array(count);
  const weights = Array.from({ length: count }, (_, i) => {
    const place = start + i;
    if (place < 0 || place >= target) return new Int32Array(0);
    const [begin, fixed] = compute(place);
    first[i] = begin;
    return Int32Array.from(fixed);
  });
  return { first, weights };
}

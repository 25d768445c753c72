/**
 * TensorFlow's bilinear kernel without antialiasing, in float32, bit for bit as
 * `builder.images.resize` has it.
 */
import type { Layout } from './layout';
import { forEachRow, type PixelSource } from './pixel-source';

const { fround } = Math;

/** Of a new pixel: the two old ones around it, and how far it is towards the second. */
interface Between {
  readonly first: number;
  readonly second: number;
  readonly share: number;
}

/** uint8[size, size, 3]: the square of a layout. */
export function resizeAsTensorFlow(source: PixelSource, layout: Layout): Uint8Array {
  const { box, size } = layout;
  const across = interpolate(box.width, layout.width, layout.left, size);
  const down = interpolate(box.height, layout.height, layout.top, size);
  const used = new Set(down.flatMap(({ first, second }) => [first, second]));
  const narrow = new Map<number, Float32Array>();
  forEachRow(
    source,
    box,
    (row) => used.has(row),
    (row, pixels, offset) => {
      const blended = across.flatMap(({ first, second, share }) =>
        [0, 1, 2].map((channel) => {
          const start = pixels[offset + 4 * first + channel] ?? 0;
          const end = pixels[offset + 4 * second + channel] ?? 0;
          return blend(start, end, share);
        }),
      );
      narrow.set(row, Float32Array.from(blended));
    },
  );
  const square = new Uint8Array(size * size * 3);
  down.forEach(({ first, second, share }, y) => {
    const [above, below] = [narrow.get(first), narrow.get(second)];
    above?.forEach((start, i) => {
      square[y * 3 * size + i] = blend(start, below?.[i] ?? 0, share);
    });
  });
  return square;
}

function blend(start: number, end: number, share: number): number {
  return fround(fround(fround(end - start) * share) + start);
}

function interpolate(length: number, target: number, start: number, count: number): Between[] {
  const scale = fround(length / target);
  return Array.from({ length: count }, (_, i) => {
    const place = fround(fround(fround(start + i + 0.5) * scale) - 0.5);
    const floor = Math.floor(place);
    return {
      first: Math.max(floor, 0),
      second: Math.min(Math.ceil(place), length - 1),
      share: fround(place - floor),
    };
  });
}

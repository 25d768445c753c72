import type { Drawing, Point } from './strokes';

/** Pixels along a side of an MNIST image. */
export const SIZE = 28;

/** The box, in pixels, that MNIST's digits were scaled to fit (http://yann.lecun.com/exdb/mnist). */
const BOX = 20;

/** Half the width of a stroke, in pixels: about that of MNIST's pens. */
const RADIUS = 1.1;

/** Pixel coordinates of a point are `scale` times it, plus an offset. */
interface Placement {
  readonly scale: number;
  readonly x: number;
  readonly y: number;
}

/** The whole surface, as it is. */
const AS_DRAWN: Placement = { scale: SIZE, x: 0, y: 0 };

/**
 * A drawing as the 28 x 28 image that the model sees, ink from 0 to 1 in rows.
 *
 * @param centred Scales it to a box of 20 x 20 pixels and puts its centre of mass in the middle, as was
 *   done with MNIST's digits; otherwise the surface is shrunk as it is.
 */
export function rasterize(drawing: Drawing, centred: boolean): Float32Array {
  if (!centred || drawing.length === 0) return draw(drawing, AS_DRAWN);
  const fitted = fit(drawing.flat());
  const mass = centreOfMass(draw(drawing, fitted));
  const middle = SIZE / 2;
  return draw(drawing, {
    scale: fitted.scale,
    x: fitted.x + middle - mass.x,
    y: fitted.y + middle - mass.y,
  });
}

/** The centre of the ink in pixels from the top left corner; the middle where there is none. */
export function centreOfMass(image: Float32Array): Point {
  const sum = { x: 0, y: 0, ink: 0 };
  image.forEach((ink, i) => {
    sum.x += ink * ((i % SIZE) + 0.5);
    sum.y += ink * (Math.floor(i / SIZE) + 0.5);
    sum.ink += ink;
  });
  if (sum.ink === 0) return { x: SIZE / 2, y: SIZE / 2 };
  return { x: sum.x / sum.ink, y: sum.y / sum.ink };
}

/** Scales the box around points, and the pen's width, to fit; its middle is the image's. */
function fit(points: readonly Point[]): Placement {
  const xs = points.map(({ x }) => x);
  const ys = points.map(({ y }) => y);
  const [left, right] = [Math.min(...xs), Math.max(...xs)];
  const [top, bottom] = [Math.min(...ys), Math.max(...ys)];
  const side = Math.max(right - left, bottom - top);
  // A dot stays a dot.
  const scale = side > 0 ? (BOX - 2 * RADIUS) / side : SIZE;
  return {
    scale,
    x: SIZE / 2 - (scale * (left + right)) / 2,
    y: SIZE / 2 - (scale * (top + bottom)) / 2,
  };
}

function draw(drawing: Drawing, { scale, x, y }: Placement): Float32Array {
  const image = new Float32Array(SIZE * SIZE);
  for (const stroke of drawing) {
    const points = stroke.map((point) => ({ x: scale * point.x + x, y: scale * point.y + y }));
    points.forEach((end, i) => {
      drawSegment(image, points[i - 1] ?? end, end);
    });
  }
  return image;
}

/** Inks the pixels near a segment; those on its edge in part. */
function drawSegment(image: Float32Array, a: Point, b: Point): void {
  const reach = RADIUS + 0.5;
  const [left, right] = span(a.x, b.x, reach);
  const [top, bottom] = span(a.y, b.y, reach);
  for (let row = top; row <= bottom; row++) {
    for (let column = left; column <= right; column++) {
      const off = distance({ x: column + 0.5, y: row + 0.5 }, a, b);
      const ink = Math.min(1, Math.max(0, reach - off));
      const i = row * SIZE + column;
      image[i] = Math.max(image[i] ?? 0, ink);
    }
  }
}

/** The first and the last pixel within reach of two places along an axis. */
function span(a: number, b: number, reach: number): [number, number] {
  return [
    Math.max(0, Math.floor(Math.min(a, b) - reach)),
    Math.min(SIZE - 1, Math.floor(Math.max(a, b) + reach)),
  ];
}

/** From a point to the nearest on a segment. */
function distance(p: Point, a: Point, b: Point): number {
  const [dx, dy] = [b.x - a.x, b.y - a.y];
  const length2 = dx * dx + dy * dy;
  const along = length2 > 0 ? ((p.x - a.x) * dx + (p.y - a.y) * dy) / length2 : 0;
  const t = Math.min(1, Math.max(0, along));
  return Math.hypot(p.x - a.x - t * dx, p.y - a.y - t * dy);
}

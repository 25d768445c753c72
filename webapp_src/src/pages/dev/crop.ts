import type { Picture } from './desk';

/** The square that a page shows of a picture, in fractions of its width and height. */
export interface Square {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/**
 * How far the crop of a picture can be moved, in thousandths of its longer side: it is the largest
 * square, so there is one way to go, and its centre stays between `least` and `most`.
 */
export interface Track {
  readonly axis: 'x' | 'y';
  readonly least: number;
  readonly most: number;
  /** Where the centre is. */
  readonly at: number;
}

/** The way to move a crop; undefined for a picture that is square, or whose crop is a box. */
export function trackOf({ size, crop, focalPoint }: Picture): Track | undefined {
  if (!size || crop) return undefined;
  const [width, height] = size;
  if (width === height) return undefined;
  const axis = width > height ? 'x' : 'y';
  const least = Math.round((500 * Math.min(width, height)) / Math.max(width, height));
  const most = 1000 - least;
  const point = focalPoint?.[axis === 'x' ? 0 : 1] ?? 0.5;
  return { axis, least, most, at: Math.min(Math.max(Math.round(1000 * point), least), most) };
}

/** The focal point that puts the centre of a crop there; across the track it is as it was. */
export function focalPointAt(
  { focalPoint }: Picture,
  { axis }: Track,
  at: number,
): [number, number] {
  const [x, y] = focalPoint ?? [0.5, 0.5];
  return axis === 'x' ? [at / 1000, y] : [x, at / 1000];
}

/** What is shown of a picture whose crop cannot be moved: the largest square in its middle. */
export function squareOf({ size, crop }: Picture): Square {
  const [width, height] = size ?? [1, 1];
  const [left, top, right, bottom] = crop ?? [0, 0, width, height];
  const side = Math.min(right - left, bottom - top);
  return {
    left: (left + right - side) / 2 / width,
    top: (top + bottom - side) / 2 / height,
    width: side / width,
    height: side / height,
  };
}

import type { PicturePreparation } from '../../generated/manifest';
import { roundHalfEven } from './rounding';

/**
 * Which part of a picture is resized to which size, and where in the result the square lies that an
 * encoder takes; what lies outside of the result is black. All in pixels.
 */
export interface Layout {
  readonly box: Box;
  readonly width: number;
  readonly height: number;
  readonly left: number;
  readonly top: number;
  /** Side of the square. */
  readonly size: number;
}

export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** The layout for a picture of that size, as `builder.images.preprocess` has it. */
export function layOut(width: number, height: number, preparation: PicturePreparation): Layout {
  const { size, resize, fit, library } = preparation;
  const whole: Box = { left: 0, top: 0, width, height };
  if (library) return layOutAsLibrary(whole, preparation);
  if (resize === 'tf-bilinear' && fit === 'crop') {
    const { fround } = Math;
    const scale = fround(size / Math.min(width, height));
    const [across, down] = [width, height].map((side) => roundHalfEven(fround(side * scale)));
    const target = { width: across ?? size, height: down ?? size };
    const [left, top] = placeSquare(target.width, target.height);
    return { box: whole, ...target, left: Math.trunc(left), top: Math.trunc(top), size };
  }
  const side = Math.min(width, height);
  const [left, top] = placeSquare(width, height);
  const box = { left: roundHalfEven(left), top: roundHalfEven(top), width: side, height: side };
  return { box, width: size, height: size, left: 0, top: 0, size };
}

/** Left and top of the largest square in the middle. */
function placeSquare(width: number, height: number): [number, number] {
  const side = Math.min(width, height);
  return [(width - side) / 2, (height - side) / 2];
}

/** As `builder.images.library`. */
function layOutAsLibrary(box: Box, preparation: PicturePreparation): Layout {
  const { size, fit, library } = preparation;
  const { width, height } = box;
  const edge = preparation.edge ?? size;
  const resizeSide = (side: number): number => {
    if (fit === 'squash') return edge;
    if (fit === 'crop') return Math.trunc((edge * side) / Math.min(width, height));
    return roundHalfEven(side / (Math.max(width, height) / edge));
  };
  const place = (side: number): number => {
    const rest = side - size;
    if (library !== 'open_clip') return Math.floor(rest / 2);
    return rest > 0 ? roundHalfEven(rest / 2) : Math.ceil(rest / 2);
  };
  const target = { width: resizeSide(width), height: resizeSide(height) };
  return { box, ...target, left: place(target.width), top: place(target.height), size };
}

import type { Box } from './layout';

/** A picture's opaque pixels, read in bands of rows: all at once might be more than a phone holds. */
export interface PixelSource {
  readonly width: number;
  readonly height: number;
  /** RGBA of `count` rows of `box`, from its row `top`. */
  readRows(box: Box, top: number, count: number): Uint8ClampedArray;
}

const BAND_ROWS = 64;

/**
 * Calls `use` with each row of `box` that is wanted, as RGBA from `offset` in `pixels`.
 *
 * @param wanted Whether a row is wanted, by its number in the box.
 */
export function forEachRow(
  source: PixelSource,
  box: Box,
  wanted: (row: number) => boolean,
  use: (row: number, pixels: Uint8ClampedArray, offset: number) => void,
): void {
  for (let top = 0; top < box.height; top += BAND_ROWS) {
    const count = Math.min(BAND_ROWS, box.height - top);
    const rows = Array.from({ length: count }, (_, i) => i).filter((i) => wanted(top + i));
    if (rows.length === 0) continue;
    const pixels = source.readRows(box, top, count);
    for (const row of rows) use(top + row, pixels, row * box.width * 4);
  }
}

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { PicturePreparation } from '../../generated/manifest';
import { makePattern } from './pattern';
import type { PixelSource } from './pixel-source';
import { preparePicture } from './prepare';

interface Case {
  readonly width: number;
  readonly height: number;
  readonly preparation: PicturePreparation;
  readonly pixels: string;
}

const golden = new URL('../../../../tests/golden/pictures.json', import.meta.url);
const cases = JSON.parse(readFileSync(golden, 'utf8')) as Case[];

/** The picture of that size that make_picture_golden.py draws. */
function draw(width: number, height: number): PixelSource {
  return {
    width,
    height,
    readRows(box, top, count) {
      const rows = new Uint8ClampedArray(box.width * count * 4).fill(255);
      for (let i = 0; i < box.width * count; i++) {
        const x = box.left + (i % box.width);
        const y = box.top + top + Math.floor(i / box.width);
        for (let c = 0; c < 3; c++) {
          rows[4 * i + c] = (((x * (7 * c + 3)) ^ (y * (11 - 3 * c))) + 31 * c) & 255;
        }
      }
      return rows;
    },
  };
}

describe('preparePicture', () => {
  it.each(cases)(
    'makes of $width × $height what Pillow makes: $preparation',
    ({ width, height, preparation, pixels }) => {
      const found = preparePicture(draw(width, height), preparation);
      expect(Buffer.from(found).equals(Buffer.from(pixels, 'base64'))).toBe(true);
    },
  );
});

describe('makePattern', () => {
  it('is that of the builder', () => {
    const pattern = makePattern(224);
    expect(pattern).toHaveLength(224 * 224 * 3);
    const at = (3 * 224 + 2) * 3;
    expect([...pattern.slice(at, at + 3)]).toEqual([6 ^ 15, 8 ^ 12, 10 ^ 9]);
  });
});

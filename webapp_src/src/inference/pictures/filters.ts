import type { PicturePreparation } from '../../generated/manifest';

/** A kernel of Pillow's: its weight at a distance, which is 0 beyond its support. */
export interface Filter {
  readonly support: number;
  readonly weight: (x: number) => number;
}

type PillowFilter = Exclude<PicturePreparation['resize'], 'tf-bilinear' | 'nearest'>;

const BICUBIC_A = -0.5;

/** Source: Pillow, Resample.c. */
export const FILTERS: Readonly<Record<PillowFilter, Filter>> = {
  box: { support: 0.5, weight: (x) => (x > -0.5 && x <= 0.5 ? 1 : 0) },
  bilinear: { support: 1, weight: (x) => Math.max(0, 1 - Math.abs(x)) },
  hamming: {
    support: 1,
    weight: (x) => (Math.abs(x) >= 1 ? 0 : sinc(x) * (0.54 + 0.46 * Math.cos(Math.PI * x))),
  },
  bicubic: {
    support: 2,
    weight: (signed) => {
      const x = Math.abs(signed);
      if (x < 1) return ((BICUBIC_A + 2) * x - (BICUBIC_A + 3)) * x * x + 1;
      return x < 2 ? (((x - 5) * x + 8) * x - 4) * BICUBIC_A : 0;
    },
  },
  lanczos: { support: 3, weight: (x) => (x >= -3 && x < 3 ? sinc(x) * sinc(x / 3) : 0) },
};

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}

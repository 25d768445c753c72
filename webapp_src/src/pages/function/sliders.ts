import type { FunctionInput } from '../../generated/manifest';

/** One number of an input that a visitor sets. */
export interface Slider {
  readonly label: string;
  readonly min: number;
  readonly max: number;
  readonly step: number;
  readonly start: number;
}

/** More than these do not make a page. */
const MOST = 24;

/** In how many steps a slider goes from end to end. */
const STEPS = 200;

/**
 * A slider for each number of an input; sizes that vary are 1.
 *
 * @throws Error with a sentence if there are too many.
 */
export function makeSliders({ name, dtype, shape, range, labels }: FunctionInput): Slider[] {
  const [min, max] = (range as [number, number] | null) ?? [0, 1];
  const count = shape.reduce<number>((product, size) => product * (size ?? 1), 1);
  if (count > MOST) {
    throw new Error(`The input “${name}” has ${count} numbers, too many for sliders.`);
  }
  const step = dtype === 'int32' ? 1 : (max - min) / STEPS;
  const start = min + Math.round((0.6 * (max - min)) / step) * step;
  return Array.from({ length: count }, (_, index) => {
    const label = labels[index % Math.max(labels.length, 1)];
    return { label: label ?? (count > 1 ? `${name} ${index + 1}` : name), min, max, step, start };
  });
}

/** A number as a person reads it. */
export function formatNumber(value: number): string {
  return value.toLocaleString('en', { maximumSignificantDigits: 5 });
}

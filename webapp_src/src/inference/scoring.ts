import type { Model } from '../generated/manifest';

/**
 * The probability of each prompt for an image, as the model's `scoring` says.
 *
 * @param zimg The image's unit row, float32[dim].
 * @param ztxts The prompts' unit rows, so that dot products are cosines.
 */
export function scorePrompts(
  scoring: Model['scoring'],
  zimg: Float32Array,
  ztxts: readonly Float32Array[],
): number[] {
  const logits = ztxts.map((ztxt) => scoring.scale * dot(zimg, ztxt));
  if (scoring.kind === 'sigmoid') {
    return logits.map((logit) => 1 / (1 + Math.exp(-(logit + scoring.bias))));
  }
  const highest = Math.max(...logits);
  const weights = logits.map((logit) => Math.exp(logit - highest));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}

/** What there is to say of a text for a picture, beside how it compares with other texts. */
export interface Remarks {
  /** Whether the text uses what the model's vocabulary was cut of. */
  readonly cutShort: boolean;
  /** Where the words begin that the model did not read, as far as that is known. */
  readonly unreadFrom: number | undefined;
  /** The cosine of the text's row and the picture's; undefined if there is no row. */
  readonly similarity: number | undefined;
  /** Of 100 captions of other pictures, how many fit less well; undefined if that is not known. */
  readonly percentile: number | undefined;
}

/** How many of the percentiles, the least first, are below a number; undefined without any. */
export function percentileOf(value: number, percentiles: readonly number[]): number | undefined {
  if (percentiles.length === 0) return undefined;
  const below = percentiles.filter((percentile) => percentile < value).length;
  return Math.min(below, percentiles.length - 1);
}

/** How far from 1 the length of a unit row may be: that of float16 on a GPU stays well below this. */
const MAX_DEVIATION = 0.01;

/**
 * The same rows, each of which must have the length 1, as the encoder was checked to give: those of a
 * GPU that was lost are zeros.
 *
 * @throws Error if one has not.
 */
export function requireUnitRows(rows: Float32Array[]): Float32Array[] {
  // The negation also refuses NaN.
  if (!rows.every((row) => Math.abs(Math.sqrt(dot(row, row)) - 1) <= MAX_DEVIATION)) {
    throw new Error('The encoder’s answer is damaged.');
  }
  return rows;
}

export function dot(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0);
}

/** The cosine of the angle between two vectors of any length. */
export function cosine(a: Float32Array, b: Float32Array): number {
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
}

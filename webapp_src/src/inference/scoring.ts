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

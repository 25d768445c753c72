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

export function dot(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0);
}

/** The cosine of the angle between two vectors of any length. */
export function cosine(a: Float32Array, b: Float32Array): number {
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
}

/**
 * A probability as a person reads it: "97%", with a decimal only below 1%, and never 0% or 100% where
 * it is neither.
 */
export function formatPercent(probability: number): string {
  const percent = 100 * probability;
  if (percent > 0 && percent < 0.1) return '<0.1%';
  if (percent < 100 && percent >= 99.5) return '>99%';
  return percent > 0 && percent < 0.95 ? `${percent.toFixed(1)}%` : `${percent.toFixed(0)}%`;
}

/** A number of bytes in decimal megabytes, as download sizes are given. */
export function formatMegabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

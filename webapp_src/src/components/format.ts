import { msg, str } from '@lit/localize';
import { numberLocale } from '../localization/language';

/**
 * A probability as a person reads it: "97%", with a decimal only below 1%, and never 0% or 100% where
 * it is neither.
 *
 * Its forms are in the catalogues, since the builder writes the same into the page (builder/site/wording.py).
 */
export function formatPercent(probability: number): string {
  const percent = 100 * probability;
  if (percent > 0 && percent < 0.1) return msg('<0.1%');
  if (percent < 100 && percent >= 99.5) return msg('>99%');
  if (percent > 0 && percent < 0.95) return msg(str`0.${percent.toFixed(1).slice(2)}%`);
  return msg(str`${percent.toFixed(0)}%`);
}

/** A number of bytes in decimal megabytes, as download sizes are given. */
export function formatMegabytes(bytes: number): string {
  const format = { style: 'unit', unit: 'megabyte', ...ONE_DECIMAL } as const;
  return new Intl.NumberFormat(numberLocale(), format).format(bytes / 1e6);
}

/** A number with one decimal at most. */
export function formatDecimal(value: number): string {
  return new Intl.NumberFormat(numberLocale(), { maximumFractionDigits: 1 }).format(value);
}

/** A number of things, which may be many. */
export function formatCount(count: number): string {
  return new Intl.NumberFormat(numberLocale()).format(count);
}

/** A cosine, with as many decimals as tell captions apart. */
export function formatCosine(value: number): string {
  const format = { minimumFractionDigits: 3, maximumFractionDigits: 3 };
  return new Intl.NumberFormat(numberLocale(), format).format(value);
}

/** A time in milliseconds. */
export function formatMilliseconds(value: number): string {
  const format = { style: 'unit', unit: 'millisecond', maximumFractionDigits: 0 } as const;
  return new Intl.NumberFormat(numberLocale(), format).format(value);
}

/** How much of a download is here. */
export function formatLoaded({ loaded, total }: { loaded: number; total: number }): string {
  return msg(str`${formatMegabytes(loaded)} of ${formatMegabytes(total)}`);
}

const ONE_DECIMAL = { minimumFractionDigits: 1, maximumFractionDigits: 1 } as const;

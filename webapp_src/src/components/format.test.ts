// @vitest-environment happy-dom
import { beforeEach, describe, expect, it } from 'vitest';
import percentages from '../../../tests/golden/percentages.json';
import { startLanguage } from '../localization/language';
import { formatDecimal, formatLoaded, formatMegabytes, formatPercent } from './format';

async function speak(lang: string): Promise<void> {
  document.documentElement.lang = lang;
  await startLanguage();
}

// The builder writes the same: see tests/site/test_wording.py.
describe.each(Object.entries(percentages))('in %s', (lang, cases) => {
  beforeEach(() => speak(lang));

  it.each(cases as [number, string][])('writes %d as %j', (probability, text) => {
    expect(formatPercent(probability)).toBe(text);
  });

  it('writes percentages as the browser does', () => {
    const marks = /\p{Cf}/gu;
    const format = new Intl.NumberFormat(`${lang}-u-nu-latn`, { style: 'percent' });
    expect(formatPercent(0.42)).toBe(format.format(0.42).replaceAll(marks, ''));
  });
});

it.each([
  ['en', '4.2 MB', '1,234.5', '4.2 MB of 10.0 MB'],
  ['de-CH', '4,2 MB', '1.234,5', '4,2 MB von 10,0 MB'],
  ['ja', '4.2 MB', '1,234.5', '10.0 MBのうち4.2 MB'],
])('writes numbers in %s', async (lang, megabytes, decimal, loaded) => {
  await speak(lang);
  const plain = (text: string): string => text.replaceAll(/\s/g, ' ');
  expect(plain(formatMegabytes(4_249_000))).toBe(megabytes);
  expect(formatDecimal(1234.5)).toBe(decimal);
  expect(plain(formatLoaded({ loaded: 4_249_000, total: 1e7 }))).toBe(loaded);
});

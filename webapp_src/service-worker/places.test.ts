import { expect, it } from 'vitest';
import { cacheNameOf, isFixed, isPage } from './places';

const SCOPE = 'https://demo.test/some/where/';

it('gives each demo of an origin a cache of its own', () => {
  expect(cacheNameOf(SCOPE)).not.toBe(cacheNameOf('https://demo.test/some/'));
});

it.each([
  ['', true],
  ['?from=home', true],
  ['index.html', true],
  ['gallery.html#v=1&find=a+dog', true],
  ['benchmark.html', false],
  ['other/', false],
])('tells the page from others: %s', (path, expected) => {
  expect(isPage(new URL(path, SCOPE), SCOPE)).toBe(expected);
});

it.each([
  [`${SCOPE}assets/main-12345678.js`, true],
  ['https://data.test/demo/images/cat.jpg', true],
  [`${SCOPE}lit.js`, false],
  [`${SCOPE}manifest.json`, false],
  ['https://demo.test/some/other/assets/main.js', false],
])('tells files that never change from others: %s', (url, expected) => {
  expect(isFixed(new URL(url), SCOPE)).toBe(expected);
});

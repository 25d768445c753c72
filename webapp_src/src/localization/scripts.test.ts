import { expect, it } from 'vitest';
import { isForeign, listLanguages } from './scripts';

it.each([
  ['a cat', ['en'], false],
  ['Ein Kätzchen, 2 € 🐈', ['en'], false],
  ['猫', ['en'], true],
  ['a кот', ['en'], true],
  ['кот', ['en', 'ru'], false],
  ['猫とネコのぬいぐるみ', ['ja'], false],
  ['고양이', ['ja'], true],
  ['قطة', ['ar'], false],
  ['猫', ['zh'], false],
  ['猫', [], false],
  // Many languages.
  ['猫', ['mul'], false],
])('tells whether %j is in another script than %j', (text, languages, foreign) => {
  expect(isForeign(text, languages)).toBe(foreign);
});

it('names languages in that of the page', () => {
  expect(listLanguages(['en'])).toBe('English');
  expect(listLanguages(['en', 'de', 'ja'])).toBe('English, German, and Japanese');
  expect(listLanguages(['mul'])).toBe('Multiple languages');
});

import { afterEach, expect, it, vi } from 'vitest';
import { wordsOf } from './words';

afterEach(() => {
  vi.unstubAllGlobals();
});

it.each([
  ['a cat’s toy, and 2 mice!', ['a', 'cat’s', 'toy', 'and', '2', 'mice']],
  ['猫が好き', ['猫', 'が', '好き']],
  ['แมวดำ', ['แมว', 'ดำ']],
  ['🐈‍⬛ …', []],
])('finds the words of %j', (text, words) => {
  expect(wordsOf(text).map(({ start, end }) => text.slice(start, end))).toEqual(words);
});

it('goes by spaces where the browser knows no words', () => {
  vi.stubGlobal('Intl', {});
  const text = 'a cat, please';
  expect(wordsOf(text).map(({ start, end }) => text.slice(start, end))).toEqual([
    'a',
    'cat,',
    'please',
  ]);
});

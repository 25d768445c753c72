import { expect, it } from 'vitest';
import { wordsOf } from './words';

it.each([
  ['a cat’s toy, and 2 mice!', ['a', 'cat’s', 'toy', 'and', '2', 'mice']],
  ['猫が好き', ['猫', 'が', '好き']],
  ['แมวดำ', ['แมว', 'ดำ']],
  ['🐈‍⬛ …', []],
])('finds the words of %j', (text, words) => {
  expect(wordsOf(text).map(({ start, end }) => text.slice(start, end))).toEqual(words);
});

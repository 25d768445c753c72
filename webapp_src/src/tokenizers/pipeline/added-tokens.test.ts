import { expect, it } from 'vitest';
import { TokenCutter } from './added-tokens';

const SPACES = [9, 10, 32, 32];
const PLAIN = { leftStrip: false, rightStrip: false };

function cut(text: string): (string | number)[] {
  const tokens = [
    { content: '<s>', id: 1, ...PLAIN },
    { content: '<s><s>', id: 2, ...PLAIN },
    { content: '<mask>', id: 3, leftStrip: true, rightStrip: false },
    { content: '</s>', id: 4, leftStrip: true, rightStrip: true },
  ];
  return new TokenCutter(tokens, SPACES)
    .cut(text, true)
    .map((part) => (typeof part === 'number' ? part : part.text));
}

it.each([
  ['', []],
  ['a', ['a']],
  ['a<s> b', ['a', 1, ' b']],
  ['<s><s><s>', [2, 1]],
  ['a \n<mask> b', ['a', 3, ' b']],
  [' </s>  </s>x', [4, 4, 'x']],
])('cuts the longest tokens out of %j', (text, parts) => {
  expect(cut(text)).toEqual(parts);
});

it('says which part the whole text begins with', () => {
  const cutter = new TokenCutter([{ content: '|', id: 1, ...PLAIN }], SPACES);
  expect(cutter.cut('a|b', true)).toEqual([
    { text: 'a', atStart: true },
    1,
    { text: 'b', atStart: false },
  ]);
  expect(cutter.cut('|b', true)).toEqual([1, { text: 'b', atStart: false }]);
});

import { describe, expect, it } from 'vitest';
import { VOCABULARY } from '../testing/sample-vocabulary';
import { CutPieces } from './cut-pieces';
import { Tokenizer } from './tokenizer';

const REF = { canonicalization: [], maxLength: 64, startId: null, endId: null, padId: 0 };

/** Filter of the one name ▁ab, as `builder.text.cutting.cut_pieces` makes it. */
const CUT = {
  filter: 'ACQACUAAEoA=',
  hashes: 8,
  longest: 3,
  space: '▁',
  prefix: '',
  suffix: '',
};

it.each([
  ['a', false],
  ['a a', false],
  ['ab', true],
  ['a ab', true],
  ['a b', false],
  ['abb', true],
  ['ba', false],
  ['a x', true],
  ['', false],
])('knows what %j lacks of a vocabulary without ▁ab', async (text, expected) => {
  const model = {
    ...VOCABULARY,
    pieces: [...VOCABULARY.pieces, 'b'],
    scores: [...VOCABULARY.scores, -4],
    types: [...VOCABULARY.types, 1],
    cut: CUT,
  };
  const tokenizer = await Tokenizer.create({ kind: 'sentencepiece', ...REF }, model);
  expect(tokenizer.read(text).cutShort).toBe(expected);
});

it('finds all names that are in a filter', () => {
  const names = ['▁ab', '▁Straße', '##ung', 'Ġкот', '东京</w>', 'x'];
  const cut = { ...CUT, filter: '8VgOEaarCdYE', longest: 9, space: '' };
  // Each name comes in two parts, side by side.
  const parts = names.flatMap((name) => [name.slice(0, 1), name.slice(1)]);
  const pieces = new CutPieces(cut, { ...VOCABULARY, pieces: parts, unknownId: -1 });
  expect(names.map((_, i) => pieces.areMissing([2 * i, 2 * i + 1]))).toEqual(names.map(() => true));
  expect(pieces.areMissing([0, 5])).toBe(false);
});

it('is told of a whole vocabulary that nothing was cut', async () => {
  const tokenizer = await Tokenizer.create({ kind: 'sentencepiece', ...REF }, VOCABULARY);
  expect(tokenizer.read('x').cutShort).toBe(false);
});

it('takes what is cut off at the end of a row for absent', async () => {
  const cut = { filter: 'AAAAAAAAAAA=', hashes: 8, longest: 9, space: '▁', prefix: '', suffix: '' };
  const model = { ...VOCABULARY, cut };
  const tokenizer = await Tokenizer.create({ kind: 'sentencepiece', ...REF, maxLength: 3 }, model);
  expect(tokenizer.read('a x').cutShort).toBe(true);
  expect(tokenizer.read('a a x').cutShort).toBe(false);
});

describe('marks in names', () => {
  const full = { filter: '//////////8=', hashes: 8, longest: 9 };
  const pieces = ['?', '##b', 'a', 'b</w>', '▁c', 'd', 'a</w>'];
  const ask = (marks: { space?: string; prefix?: string; suffix?: string }, ids: number[]) =>
    new CutPieces(
      { ...full, space: '', prefix: '', suffix: '', ...marks },
      { ...VOCABULARY, pieces, unknownId: 0 },
    ).areMissing(ids);

  // With every bit set, any pieces within a word are together one that was cut.
  it.each([
    [{ space: '▁' }, [2, 4], false],
    [{ space: '▁' }, [4, 5], true],
    [{ prefix: '##' }, [2, 5], false],
    [{ prefix: '##' }, [2, 1], true],
    [{ suffix: '</w>' }, [6, 2], false],
    [{ suffix: '</w>' }, [2, 3], true],
    [{ space: '▁' }, [0], true],
  ])('%j: %j', (marks, ids, expected) => {
    expect(ask(marks, ids)).toBe(expected);
  });
});

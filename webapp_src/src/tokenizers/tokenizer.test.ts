import { describe, expect, it } from 'vitest';
import type { WordPieceModel } from '../generated/manifest';
import { VOCABULARY } from '../testing/sample-vocabulary';
import { Tokenizer, type TokenizerRef } from './tokenizer';

const WORDS: WordPieceModel = {
  pieces: ['[PAD]', '[UNK]', '[CLS]', 'a', '##b'],
  unknownId: 1,
  prefix: '##',
  maxWordLength: 100,
  characters: {
    removed: [0, 0],
    spaces: [9, 10],
    spaced: [],
    normalized: [0xc0, 0xc5],
    stripped: [0x300, 0x301],
    lower: { A: 'a' },
    signs: [0x21, 0x21],
  },
  cut: null,
};
const LAYOUT = { canonicalization: [], maxLength: 4, startId: null, endId: 1, padId: 0 };

async function rowOf(
  text: string,
  changes: Partial<Omit<TokenizerRef, 'kind'>> = {},
): Promise<number[]> {
  const ref = { kind: 'sentencepiece', ...LAYOUT, ...changes } as const;
  const tokenizer = await Tokenizer.create(ref, VOCABULARY);
  return [...tokenizer.encodeRow(text)];
}

it.each([
  ['a a a', undefined],
  ['a a a a a', 6],
  // What does not fit is no word.
  ['a a a !!', undefined],
])('finds where the words of %j begin that do not fit', async (text, unreadFrom) => {
  const ref = { kind: 'sentencepiece', ...LAYOUT } as const;
  const tokenizer = await Tokenizer.create(ref, VOCABULARY);
  expect(tokenizer.read(text).unreadFrom).toBe(unreadFrom);
});

describe('a token row', () => {
  it('ends with the end id and is padded to its length', async () => {
    expect(await rowOf('a a')).toEqual([5, 5, 1, 0]);
    expect(await rowOf('a', { padId: 1 })).toEqual([5, 1, 1, 1]);
    expect(await rowOf('')).toEqual([1, 0, 0, 0]);
  });

  it('keeps its start and its end when the text is too long', async () => {
    expect(await rowOf('a a a a a a')).toEqual([5, 5, 5, 1]);
    expect(await rowOf('a a a a a a', { startId: 2 })).toEqual([2, 5, 5, 1]);
  });

  it('may have no end id', async () => {
    expect(await rowOf('a', { endId: null })).toEqual([5, 0, 0, 0]);
    expect(await rowOf('a a a a a a', { endId: null })).toEqual([5, 5, 5, 5]);
  });

  it('is of the text in canonical form', async () => {
    expect(await rowOf('A')).toEqual([3, 2, 1, 0]);
    expect(await rowOf('A', { canonicalization: ['lower-ascii'] })).toEqual([5, 1, 0, 0]);
  });

  it('may come from a WordPiece vocabulary', async () => {
    const layout = { ...LAYOUT, startId: 2, endId: null };
    const tokenizer = await Tokenizer.create({ kind: 'wordpiece', ...layout }, WORDS);
    expect([...tokenizer.encodeRow('Á ab')]).toEqual([2, 3, 3, 4]);
  });
});

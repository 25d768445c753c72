import { describe, expect, it } from 'vitest';
import type { BpeSegmenter as BpeModel } from '../../generated/manifest';
import { BpeSegmenter } from './bpe-segmenter';
import { UnigramSegmenter } from './unigram-segmenter';

describe('byte-pair encoding', () => {
  const pieces = ['<unk>', 'a', 'b', 'c', 'ab', 'bc', 'abc', 'b</w>', 'ab</w>', '<0xC3>', '<0xA9>'];
  // Merges by rank: b+c, a+b, a+bc, a+b</w>.
  const model: BpeModel = {
    algorithm: 'bpe',
    merged: [5, -1, 2, 2],
    lefts: [1, 1, 1, 0],
    unknownId: 0,
    fuseUnknown: false,
    byteFallback: false,
    suffix: '',
    whole: false,
    words: {},
  };
  const encode = (word: string, changes: Partial<BpeModel> = {}): number[] =>
    new BpeSegmenter(pieces, { ...model, ...changes }).encode(word);

  it('merges by rank, not by what is longest', () => {
    expect(encode('abc')).toEqual([6]);
    expect(encode('abab')).toEqual([4, 4]);
    expect(encode('ab', { lefts: [1, 2, 1, 0] })).toEqual([1, 2]);
  });

  it('marks the end of a word', () => {
    expect(encode('abab', { suffix: '</w>' })).toEqual([4, 8]);
  });

  it('takes all parts of a piece for merges, the longest left one first', () => {
    expect(encode('abc', { merged: [5, -1, 2], lefts: [0, 0, 0] })).toEqual([6]);
    expect(encode('abc', { merged: [4, 2], lefts: [0, 0] })).toEqual([6]);
  });

  it('has several ways for what is unknown', () => {
    expect(encode('xya')).toEqual([0, 0, 1]);
    expect(encode('xya', { fuseUnknown: true })).toEqual([0, 1]);
    expect(encode('xya', { unknownId: null })).toEqual([1]);
    expect(encode('éx', { byteFallback: true })).toEqual([9, 10, 0]);
  });

  it('may leave words whole', () => {
    expect(encode('bc', { merged: [], lefts: [] })).toEqual([2, 3]);
    expect(encode('bc', { merged: [], lefts: [], whole: true })).toEqual([5]);
    expect(encode('abc', { words: { abc: 42 } })).toEqual([42]);
  });
});

describe('Unigram in double precision', () => {
  const pieces = ['<unk>', 'a', 'b', 'ab', 'bc', '<0x78>'];
  const scores = [0, -1, -2, -3.0000001, -2.5, -9];
  const encode = (word: string, byteFallback = false): number[] =>
    new UnigramSegmenter(pieces, {
      algorithm: 'unigram',
      scores,
      singlePrecision: false,
      unknownId: 0,
      byteFallback,
    }).encode(word);

  it.each([
    ['', []],
    ['ab', [1, 2]],
    ['abc', [1, 4]],
    ['xxa', [0, 1]],
    ['axxb', [1, 0, 2]],
  ])('segments %j', (word, ids) => {
    expect(encode(word)).toEqual(ids);
  });

  it('spells what is unknown in bytes if it has all of them', () => {
    expect(encode('xxa', true)).toEqual([5, 5, 1]);
    expect(encode('xya', true)).toEqual([0, 1]);
  });
});

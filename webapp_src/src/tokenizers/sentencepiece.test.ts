import { describe, expect, it } from 'vitest';
import type { SentencePieceModel } from '../generated/manifest';
import { readTokenizerGolden } from '../testing/tokenizer-golden';
import { SentencePieceTokenizer } from './sentencepiece';

describe.each(['bpe', 'unigram'])('a SentencePiece %s model', async (algorithm) => {
  const { model, cases } = await readTokenizerGolden<SentencePieceModel>(algorithm);
  const tokenizer = new SentencePieceTokenizer(model);

  it.each(cases)('encodes $text as sentencepiece does', ({ text, ids }) => {
    expect(tokenizer.encode(text)).toEqual(ids);
  });

  it('takes a lone surrogate for the replacement character', () => {
    expect(tokenizer.encode('a \ud83d b \udc36')).toEqual(tokenizer.encode('a \ufffd b \ufffd'));
  });
});

describe.each(['bpe', 'unigram'] as const)('a %s model with unused pieces', (algorithm) => {
  const bytes = Array.from(
    { length: 256 },
    (_, byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`,
  );
  const create = (added: readonly string[]) =>
    new SentencePieceTokenizer({
      algorithm,
      byteFallback: added.length > 0,
      pieces: ['<unk>', 'a', 'e', 'ae', 'b', 'bb', 'ee', ...added],
      scores: [0, -1, -2, -3, -4, -5, -2.5, ...added.map(() => 0)],
      types: [2, 1, 5, 5, 1, 1, 1, ...added.map(() => 6)],
      unknownId: 0,
      addDummyPrefix: false,
      removeExtraWhitespaces: false,
      escapeWhitespaces: true,
      precompiledCharsmap: '',
      cut: null,
    });

  // What sentencepiece 0.2.3 gives for the same models.
  it.each([
    ['aeea', [1, 6, 1]],
    ['aea', [1, 0, 1]],
    ['e', [0]],
    ['bbe', [5, 0]],
    ['exe', [0]],
    ['ebe', [0, 4, 0]],
  ])('takes what only they say for unknown: %s', (text, ids) => {
    expect(create([]).encode(text)).toEqual(ids);
  });

  it('spells it in bytes where it can', () => {
    expect(create(bytes).encode('ae')).toEqual([1, 7 + 0x65]);
  });
});

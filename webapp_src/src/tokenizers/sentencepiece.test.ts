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

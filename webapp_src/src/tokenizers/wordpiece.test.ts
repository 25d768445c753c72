import { describe, expect, it } from 'vitest';
import type { WordPieceModel } from '../generated/manifest';
import { readTokenizerGolden } from '../testing/tokenizer-golden';
import { WordPieceTokenizer } from './wordpiece';

describe('a WordPiece model', async () => {
  const { model, cases } = await readTokenizerGolden<WordPieceModel>('wordpiece');
  const tokenizer = new WordPieceTokenizer(model);

  it.each(cases)('encodes $text as Hugging Face’s tokenizers do', ({ text, ids }) => {
    expect(tokenizer.encode(text)).toEqual(ids);
  });

  it('takes a word for unknown that is too long or has no pieces', () => {
    const pieces = ['[UNK]', 'a', '##a'];
    const small = new WordPieceTokenizer({ ...model, pieces, unknownId: 0, maxWordLength: 3 });
    expect(small.encode('aaa aaaa ab a')).toEqual([1, 2, 2, 0, 0, 1]);
  });
});

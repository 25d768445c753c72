import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import type { SentencePieceModel } from '../generated/manifest';
import { SentencePieceTokenizer } from './sentencepiece';

interface Golden {
  model: SentencePieceModel;
  cases: { text: string; ids: number[] }[];
}

async function readGolden(algorithm: string): Promise<Golden> {
  const url = new URL(`../../../tests/golden/tokenizer_${algorithm}.json`, import.meta.url);
  return JSON.parse(await readFile(url, 'utf8')) as Golden;
}

describe.each(['bpe', 'unigram'])('a SentencePiece %s model', async (algorithm) => {
  const { model, cases } = await readGolden(algorithm);
  const tokenizer = new SentencePieceTokenizer(model);

  it.each(cases)('encodes $text as sentencepiece does', ({ text, ids }) => {
    expect(tokenizer.encode(text)).toEqual(ids);
  });

  it('takes a lone surrogate for the replacement character', () => {
    expect(tokenizer.encode('a \ud83d b \udc36')).toEqual(tokenizer.encode('a \ufffd b \ufffd'));
  });
});

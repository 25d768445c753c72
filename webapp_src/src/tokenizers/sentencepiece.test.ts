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

describe('a token row', async () => {
  const { model } = await readGolden('bpe');
  const tokenizer = new SentencePieceTokenizer(model);
  const layout = { maxLength: 8, endId: 2, padId: 3 };

  it('ends with the end id and is padded to its length', () => {
    const ids = tokenizer.encode('a dog');
    const padding = new Array<number>(7 - ids.length).fill(3);
    expect([...tokenizer.encodeRow('a dog', layout)]).toEqual([...ids, 2, ...padding]);
  });

  it('keeps the end id when the text is too long', () => {
    const text = 'a photo of a small brown dog and two cats asleep on the sofa';
    expect([...tokenizer.encodeRow(text, layout)]).toEqual([
      ...tokenizer.encode(text).slice(0, 7),
      2,
    ]);
  });

  it('of an empty text is the end id and padding', () => {
    expect([...tokenizer.encodeRow('', layout)]).toEqual([2, 3, 3, 3, 3, 3, 3, 3]);
  });
});

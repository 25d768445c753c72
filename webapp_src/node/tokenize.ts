/**
 * The page's tokenizers for the tests: the first line of stdin is {ref, vocabulary} as JSON, every
 * other one a list of texts; each list is answered by a line with their token rows, without the
 * padding at their ends. With a number as argument, it answers instead how many milliseconds the
 * texts take, the best of that many runs; with "cut", whether each text uses what the vocabulary was
 * cut of.
 */
import { createInterface } from 'node:readline';
import { Tokenizer, type TokenizerRef } from '../src/tokenizers/tokenizer';

interface Setting {
  ref: TokenizerRef;
  vocabulary: unknown;
}

const [, , mode = ''] = process.argv;
const rounds = Number(mode) || 0;
let tokenizer: Tokenizer | undefined;
let padId = 0;

for await (const line of createInterface({ input: process.stdin })) {
  if (tokenizer) {
    const texts = JSON.parse(line) as string[];
    process.stdout.write(`${JSON.stringify(answer(tokenizer, texts))}\n`);
  } else {
    const { ref, vocabulary } = JSON.parse(line) as Setting;
    tokenizer = await Tokenizer.create(ref, vocabulary);
    padId = ref.padId;
  }
}

function answer(made: Tokenizer, texts: readonly string[]): unknown {
  if (mode === 'cut') return texts.map((text) => made.read(text).cutShort);
  return rounds > 0 ? measure(made, texts) : rowsOf(made, texts);
}

function rowsOf(made: Tokenizer, texts: readonly string[]): number[][] {
  return texts.map((text) => {
    const row = [...made.encodeRow(text)];
    return row.slice(0, row.findLastIndex((id) => id !== padId) + 1);
  });
}

function measure(made: Tokenizer, texts: readonly string[]): number {
  const times = Array.from({ length: rounds }, () => {
    const started = performance.now();
    for (const text of texts) made.encodeRow(text);
    return performance.now() - started;
  });
  return Math.min(...times);
}

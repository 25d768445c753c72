import { expect, it } from 'vitest';
import { measureWords } from './word-effects';

/** Finds a text the more similar the more often it has an “a”, and notes what it was asked. */
function makeSimilarity(asked: string[] = []): Parameters<typeof measureWords>[0] {
  return {
    cosines(_, texts) {
      asked.push(...texts);
      return Promise.resolve(texts.map((text) => text.split('a').length - 1));
    },
  };
}

it('measures what is lost without each word, in one batch', async () => {
  const asked: string[] = [];
  const parts = await measureWords(makeSimilarity(asked), 'cat', 'a banana, on ice');
  expect(asked).toEqual([
    'a banana, on ice',
    'banana, on ice',
    'a , on ice',
    'a banana, ice',
    'a banana, on',
  ]);
  expect(parts).toEqual([
    { text: 'a', effect: 1 },
    { text: ' ', effect: undefined },
    { text: 'banana', effect: 3 },
    { text: ', ', effect: undefined },
    { text: 'on', effect: 0 },
    { text: ' ', effect: undefined },
    { text: 'ice', effect: 0 },
  ]);
});

it('measures only words that the model reads', async () => {
  const parts = await measureWords(makeSimilarity(), 'cat', 'a banana on ice', 11);
  expect(parts?.filter(({ effect }) => effect !== undefined).map(({ text }) => text)).toEqual([
    'a',
    'banana',
    'on',
  ]);
});

it('tells nothing of a single word', async () => {
  expect(await measureWords(makeSimilarity(), 'cat', 'banana!')).toBeUndefined();
});

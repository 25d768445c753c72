import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Scorer } from './answering';
import { createCard, draftOf, editPrompt, type Card } from './cards';
import { Classification, hasTooMany, NO_RANKING, readClasses } from './classification';
import { makeManifest } from '../testing/sample-manifest';

const PAUSE_MS = 300;

/** Scores each text by its length, and notes which it was asked for. */
class FakeScorer implements Scorer {
  readonly model = makeManifest().models[0];
  readonly encoder = { status: 'idle' } as const;
  readonly asked: string[][] = [];
  failure: Error | undefined;
  /** Called whenever it is asked something. */
  onAsked: (() => void) | undefined;

  scoreKnown(): undefined {
    return undefined;
  }

  score(_: string, texts: readonly string[]): Promise<number[]> {
    this.asked.push([...texts]);
    this.onAsked?.();
    return this.failure
      ? Promise.reject(this.failure)
      : Promise.resolve(texts.map(({ length }) => length));
  }

  remarksOn(): never {
    throw new Error('Nobody asks for remarks on classes.');
  }
}

let card: Card;
let session: FakeScorer | undefined;
let failures: string[];
let classification: Classification;

function write(template: string): void {
  card = editPrompt(card, draftOf(card)?.key ?? 0, template);
}

beforeEach(() => {
  vi.useFakeTimers();
  card = createCard('cat', []);
  write('a {}');
  session = new FakeScorer();
  failures = [];
  classification = new Classification({
    get session() {
      return session;
    },
    find: () => card,
    isReady: () => true,
    onChange: () => undefined,
    onFailure: ({ message }) => failures.push(message),
  });
});

afterEach(() => {
  vi.useRealTimers();
});

it.each([
  ['cat, dog,\ncat , ,\r\n tabby cat', ['cat', 'dog', 'tabby cat']],
  ['猫、犬，鳥', ['猫', '犬', '鳥']],
  ['قطة، كلب', ['قطة', 'كلب']],
  [' ', []],
])('reads the classes of %j', (list, classes) => {
  expect(readClasses(list)).toEqual(classes);
});

it('takes 200 classes', () => {
  const list = Array.from({ length: 201 }, (_, i) => i);
  expect(readClasses(list.join())).toHaveLength(200);
  expect([hasTooMany(list.join()), hasTooMany(list.slice(1).join())]).toEqual([true, false]);
});

it('ranks the sentences that a list makes, once typing pauses', async () => {
  classification.edit(card.key, 'dog, c');
  classification.edit(card.key, 'dog, hedgehog, ox');
  expect(session?.asked).toEqual([]);
  await vi.advanceTimersByTimeAsync(PAUSE_MS);
  expect(session?.asked.at(-1)).toEqual(['a dog', 'a hedgehog', 'a ox']);
  expect(classification.ranking(card.key)).toEqual({
    state: 'current',
    done: 3,
    count: 3,
    best: [
      { name: 'hedgehog', probability: 10 },
      { name: 'dog', probability: 5 },
      { name: 'ox', probability: 4 },
    ],
  });
});

it('shows ten of many, which are read in slices', async () => {
  classification.edit(card.key, Array.from({ length: 57 }, (_, i) => `x${i}`).join('\n'));
  await vi.advanceTimersByTimeAsync(PAUSE_MS);
  expect(session?.asked.map(({ length }) => length)).toEqual([16, 16, 16, 9, 57]);
  const { best, count } = classification.ranking(card.key);
  expect([best.length, count]).toEqual([10, 57]);
});

it('ends between two slices what is out of date', async () => {
  classification.edit(card.key, Array.from({ length: 40 }, (_, i) => `x${i}`).join());
  if (!session) throw new Error('There is no session.');
  session.onAsked = () => {
    if (session) session.onAsked = undefined;
    write('two {}');
    classification.rankSoon(card.key);
  };
  await vi.advanceTimersByTimeAsync(PAUSE_MS);
  await vi.advanceTimersByTimeAsync(PAUSE_MS);
  const texts = session.asked.map(([first]) => first);
  expect(texts).toEqual(['a x0', 'two x0', 'two x16', 'two x32', 'two x0']);
  expect(classification.ranking(card.key).state).toBe('current');
});

it('ranks again with another model, and nothing without a sentence for the words', async () => {
  classification.edit(card.key, 'dog');
  await vi.advanceTimersByTimeAsync(PAUSE_MS);
  session = new FakeScorer();
  await classification.rankAll();
  expect(session.asked.at(-1)).toEqual(['a dog']);
  write('a dog');
  classification.rankSoon(card.key);
  await vi.advanceTimersByTimeAsync(PAUSE_MS);
  expect(classification.ranking(card.key)).toEqual(NO_RANKING);
});

it('tells of a failure, and tries again when asked', async () => {
  const failing = new FakeScorer();
  failing.failure = new Error('The network failed.');
  session = failing;
  classification.edit(card.key, 'dog');
  await vi.advanceTimersByTimeAsync(PAUSE_MS);
  expect(failures).toEqual(['The network failed.']);
  failing.failure = undefined;
  await classification.rankAll();
  expect(classification.ranking(card.key).count).toBe(1);
});

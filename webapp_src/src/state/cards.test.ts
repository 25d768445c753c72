import { expect, it } from 'vitest';
import {
  addPrompts,
  createCard,
  draftOf,
  duplicateCard,
  editPrompt,
  fillTemplate,
  keepDraft,
  MAX_PROMPTS,
  movePrompt,
  removePrompt,
  scoredFields,
  showsPrompts,
  templateOf,
  textsOf,
} from './cards';

const card = createCard('cat', ['a cat', 'a lion']);

it('leaves blank prompts out of the score', () => {
  const [first] = card.prompts;
  const blank = editPrompt(card, first?.key ?? 0, ' \u3000');
  expect(scoredFields(blank).map((field) => field.text)).toEqual(['a lion']);
});

it('takes a draft with a place for words as a sentence for many, and not as a prompt', () => {
  const draft = editPrompt(card, draftOf(card)?.key ?? 0, 'a photo of a {}');
  expect([templateOf(card), templateOf(draft)]).toEqual([undefined, 'a photo of a {}']);
  expect(textsOf(draft)).toEqual(['a cat', 'a lion']);
  expect(keepDraft(draft)).toBe(draft);
  expect(fillTemplate('{}, a big {}', '$& cat')).toBe('$& cat, a big $& cat');
});

it('knows whose prompts it shows, whatever is in its draft', () => {
  const set = {
    name: 'Animals',
    prompts: ['a cat', 'a lion'].map((text) => ({ id: text, text })),
  };
  expect(showsPrompts(editPrompt(card, draftOf(card)?.key ?? 0, 'mine'), set)).toBe(true);
  expect(showsPrompts(editPrompt(card, card.prompts[0]?.key ?? 0, 'mine'), set)).toBe(false);
});

it('has a blank draft, and nothing else that is blank', () => {
  const texts = createCard('cat', [' ', 'a cat', '']).prompts.map(({ text }) => text);
  expect(texts).toEqual(['a cat', '']);
});

it('keeps the keys of prompts that are edited', () => {
  const [first] = card.prompts;
  const edited = editPrompt(card, first?.key ?? 0, 'a dog');
  expect(textsOf(edited)).toEqual(['a dog', 'a lion']);
  expect(edited.prompts.map(({ key }) => key)).toEqual(card.prompts.map(({ key }) => key));
});

it('makes the draft a prompt, with a blank one after it', () => {
  const draft = draftOf(card)?.key ?? 0;
  expect(keepDraft(card)).toBe(card);
  const longer = keepDraft(editPrompt(card, draft, 'a dog'));
  expect(longer.prompts.map(({ text }) => text)).toEqual(['a cat', 'a lion', 'a dog', '']);
  expect(longer.prompts[2]?.key).toBe(draft);
});

it('keeps the draft a draft where there are enough prompts', () => {
  const full = createCard(
    'cat',
    Array.from({ length: MAX_PROMPTS - 1 }, (_, i) => `cat ${i}`),
  );
  const typed = editPrompt(full, draftOf(full)?.key ?? 0, 'a dog');
  expect(keepDraft(typed)).toBe(typed);
});

it('adds prompts before the draft, but not too many', () => {
  const typed = editPrompt(card, draftOf(card)?.key ?? 0, 'a dog');
  const longer = addPrompts(typed, ['one', ' ', 'two']);
  expect(longer.prompts.map(({ text }) => text)).toEqual([
    'a cat',
    'a lion',
    'one',
    'two',
    'a dog',
  ]);
  const full = addPrompts(
    card,
    Array.from({ length: 200 }, (_, i) => `class ${i}`),
  );
  expect(full.prompts).toHaveLength(MAX_PROMPTS);
  expect(draftOf(full)).toBe(draftOf(card));
});

it('removes a prompt by its key, and empties a draft', () => {
  const [first] = card.prompts;
  expect(textsOf(removePrompt(card, first?.key ?? 0))).toEqual(['a lion']);
  const draft = draftOf(card)?.key ?? 0;
  expect(removePrompt(editPrompt(card, draft, 'a dog'), draft)).toEqual(card);
});

it('puts a prompt at another place, before the draft', () => {
  const card = createCard('cat', ['one', 'two', 'three']);
  const [one, two, , draft] = card.prompts.map(({ key }) => key);
  const moved = (key = 0, place: number): string[] => textsOf(movePrompt(card, key, place));
  expect(moved(one, 1)).toEqual(['two', 'one', 'three']);
  expect(moved(one, 9)).toEqual(['two', 'three', 'one']);
  expect(moved(two, -1)).toEqual(['two', 'one', 'three']);
  expect(movePrompt(card, draft ?? 0, 0)).toBe(card);
});

it('puts a copy with keys of its own after a card', () => {
  const other = createCard('dog', []);
  const [original, copy, last] = duplicateCard([card, other], card.key);
  expect(original).toBe(card);
  expect(last).toBe(other);
  expect(copy && textsOf(copy)).toEqual(textsOf(card));
  expect(copy?.key).not.toBe(card.key);
  expect(copy?.prompts[0]?.key).not.toBe(card.prompts[0]?.key);
});

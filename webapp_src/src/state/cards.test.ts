import { expect, it } from 'vitest';
import {
  addPrompt,
  createCard,
  duplicateCard,
  editPrompt,
  removePrompt,
  scoredFields,
  textsOf,
} from './cards';

const card = createCard('cat', ['a cat', ' \u3000', 'a lion']);

it('leaves blank prompts out of the score', () => {
  expect(scoredFields(card).map((field) => field.text)).toEqual(['a cat', 'a lion']);
});

it('keeps the keys of prompts that are edited', () => {
  const [first] = card.prompts;
  const edited = editPrompt(card, first?.key ?? 0, 'a dog');
  expect(textsOf(edited)).toEqual(['a dog', ' \u3000', 'a lion']);
  expect(edited.prompts.map(({ key }) => key)).toEqual(card.prompts.map(({ key }) => key));
});

it('adds a blank prompt last and removes one by key', () => {
  const longer = addPrompt(card);
  expect(textsOf(longer)).toEqual(['a cat', ' \u3000', 'a lion', '']);
  const [first] = longer.prompts;
  expect(textsOf(removePrompt(longer, first?.key ?? 0))).toEqual([' \u3000', 'a lion', '']);
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

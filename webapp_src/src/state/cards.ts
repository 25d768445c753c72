import type { Image, PromptSet } from '../generated/manifest';

/** An editable prompt of a card; the key stays when the text changes. */
export interface PromptField {
  readonly key: number;
  readonly text: string;
}

/**
 * A picture with the prompts that a visitor compares.
 *
 * The last of them is the draft: the box that invites, blank until something is typed in it.
 */
export interface Card {
  readonly key: number;
  readonly imageId: string;
  readonly prompts: readonly PromptField[];
}

export type Cards = readonly Card[];

/** As many prompts as a link restores. */
export const MAX_PROMPTS = 32;

let lastKey = 0;

function nextKey(): number {
  lastKey += 1;
  return lastKey;
}

/** A card with these prompts and a blank draft. */
export function createCard(imageId: string, texts: readonly string[]): Card {
  return { key: nextKey(), imageId, prompts: createFields(texts) };
}

function createFields(texts: readonly string[]): PromptField[] {
  const kept = texts.filter((text) => !isBlank(text));
  return [...kept, ''].map((text) => ({ key: nextKey(), text }));
}

export function exampleTexts(source: Image | PromptSet): string[] {
  return source.prompts.map((prompt) => prompt.text);
}

/** Whether a card shows the prompts of a picture or a set, whatever is in its draft. */
export function showsPrompts(card: Card, source: Image | PromptSet): boolean {
  const shown = card.prompts.slice(0, -1).map(({ text }) => text);
  return sameTexts(shown, exampleTexts(source));
}

/** The texts of a card that are scored: blank prompts are not, nor is a sentence for many words. */
export function scoredFields(card: Card): PromptField[] {
  const draft = templateOf(card) === undefined ? undefined : draftOf(card);
  return card.prompts.filter((field) => !isBlank(field.text) && field !== draft);
}

/** Where words go in a sentence for many of them. */
const PLACE = '{}';

/** The draft of a card, if it is a sentence for many words, such as “a photo of a {}”. */
export function templateOf(card: Card): string | undefined {
  const text = draftOf(card)?.text;
  return text?.includes(PLACE) ? text : undefined;
}

export function fillTemplate(template: string, word: string): string {
  return template.split(PLACE).join(word);
}

export function draftOf(card: Card): PromptField | undefined {
  return card.prompts.at(-1);
}

export function changeCard(cards: Cards, key: number, change: (card: Card) => Card): Card[] {
  return cards.map((card) => (card.key === key ? change(card) : card));
}

/** Puts a copy of a card right after it. */
export function duplicateCard(cards: Cards, key: number): Card[] {
  return cards.flatMap((card) =>
    card.key === key ? [card, createCard(card.imageId, textsOf(card))] : [card],
  );
}

export function textsOf(card: Card): string[] {
  return scoredFields(card).map(({ text }) => text);
}

export function editPrompt(card: Card, key: number, text: string): Card {
  const edited = (field: PromptField): PromptField => (field.key === key ? { key, text } : field);
  return { ...card, prompts: card.prompts.map(edited) };
}

/** Makes the draft one of the card's prompts, unless it is none, or there are enough of them. */
export function keepDraft(card: Card): Card {
  const { prompts } = card;
  if (isBlank(draftOf(card)?.text ?? '') || templateOf(card) !== undefined) return card;
  if (prompts.length >= MAX_PROMPTS) return card;
  return { ...card, prompts: [...prompts, { key: nextKey(), text: '' }] };
}

/** Puts prompts before the draft, as many as are not too many. */
export function addPrompts(card: Card, texts: readonly string[]): Card {
  const draft = card.prompts.slice(-1);
  const prompts = [...card.prompts.slice(0, -1), ...createFields(texts).slice(0, -1)];
  return { ...card, prompts: [...prompts.slice(0, MAX_PROMPTS - 1), ...draft] };
}

/** Takes a prompt away; a draft is made blank instead. */
export function removePrompt(card: Card, key: number): Card {
  if (key === draftOf(card)?.key) return editPrompt(card, key, '');
  return { ...card, prompts: card.prompts.filter((field) => field.key !== key) };
}

/** Puts a prompt at another place, from 0; the draft stays last. */
export function movePrompt(card: Card, key: number, place: number): Card {
  const moved = card.prompts.slice(0, -1).find((field) => field.key === key);
  if (!moved) return card;
  const others = card.prompts.filter((field) => field !== moved);
  const target = Math.min(Math.max(place, 0), others.length - 1);
  return { ...card, prompts: [...others.slice(0, target), moved, ...others.slice(target)] };
}

export function replacePrompts(card: Card, texts: readonly string[]): Card {
  return { ...card, prompts: createFields(texts) };
}

export function sameTexts(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((text, i) => text === b[i]);
}

function isBlank(text: string): boolean {
  return text.trim() === '';
}

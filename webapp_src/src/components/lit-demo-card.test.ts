// @vitest-environment happy-dom
import { expect, it } from 'vitest';
import type { Remarks } from '../inference/scoring';
import { currentAnswer, NO_ANSWER, type Answer } from '../state/answers';
import { createCard, editPrompt, movePrompt } from '../state/cards';
import { makeManifest } from '../testing/sample-manifest';
import { button, find, findAll, mount, press, record } from '../testing/mount';
import { LitDemoCard } from './lit-demo-card';
import type { LitDemoPrompt } from './lit-demo-prompt';

const [image] = makeManifest().images;
const card = createCard('cat', ['a cat', 'a lion']);
const ANSWER = answer([0.3, 0.7]);

function answer(
  probabilities: number[],
  remarks: (text: string) => Partial<Remarks> = () => ({}),
): Answer {
  return currentAnswer(card.prompts.slice(0, 2), probabilities, (text) => ({
    cutShort: false,
    unreadFrom: undefined,
    similarity: undefined,
    percentile: undefined,
    ...remarks(text),
  }));
}

function mountCard(answer: Answer, properties: Partial<LitDemoCard> = {}): Promise<LitDemoCard> {
  return mount(LitDemoCard, { card, image, answer, ...properties });
}

function promptsOf(element: LitDemoCard): LitDemoPrompt[] {
  return findAll<LitDemoPrompt>(element, 'lit-demo-prompt');
}

function textsOf(element: LitDemoCard): string[] {
  return promptsOf(element).map(({ text }) => text);
}

function meaningOf(element: LitDemoCard): string {
  return find(element, '.meaning').textContent.replaceAll(/\s+/g, ' ').trim();
}

it('puts the best caption first and marks it, and the draft last', async () => {
  const element = await mountCard(ANSWER);
  expect(textsOf(element)).toEqual(['a lion', 'a cat', '']);
  expect(promptsOf(element).map(({ probability }) => probability)).toEqual([0.7, 0.3, undefined]);
  expect(promptsOf(element).map(({ best }) => best)).toEqual([true, false, false]);
  expect(promptsOf(element).map(({ draft }) => draft)).toEqual([false, false, true]);
  expect(element.dataset['state']).toBe('current');
  expect(find(element, '[role=status]').textContent).toBe('Best match: “a lion”, 70%');
  expect(meaningOf(element)).toBe('Shares among these captions, not certainty. Can you fool it?');
});

it('asks for words where the draft has a place for them', async () => {
  const element = await mountCard(ANSWER);
  expect(findAll(element, 'lit-demo-classes')).toEqual([]);
  element.card = editPrompt(card, card.prompts.at(-1)?.key ?? 0, 'a photo of a {}');
  element.classes = 'cat, dog';
  await element.updateComplete;
  const edits = record('card-classes-edited');
  const classes = find(element, 'lit-demo-classes');
  expect(classes).toMatchObject({ list: 'cat, dog' });
  classes.dispatchEvent(new CustomEvent('classes-edited', { detail: { list: 'ox' } }));
  expect(edits).toEqual([{ cardKey: card.key, list: 'ox' }]);
});

it('lets a set of captions be chosen, and the picture’s own again', async () => {
  expect(findAll(await mountCard(ANSWER), 'lit-demo-sets')).toEqual([]);
  const element = await mountCard(ANSWER, { sets: makeManifest().promptSets });
  const [chosen, reset] = [record('set-chosen'), record('card-reset')];
  const sets = find(element, 'lit-demo-sets');
  expect(sets).toMatchObject({ names: ['Animals'], own: true, chosen: undefined });
  sets.dispatchEvent(new CustomEvent('name-chosen', { detail: { name: 'Animals' } }));
  sets.dispatchEvent(new CustomEvent('own-chosen'));
  expect(chosen).toEqual([{ cardKey: card.key, name: 'Animals' }]);
  expect(reset).toEqual([{ cardKey: card.key }]);
  element.card = createCard('cat', ['a cat', 'a dog']);
  await element.updateComplete;
  expect(sets).toMatchObject({ own: false, chosen: 'Animals' });
});

it('says which words were not read, and what the model was trained on', async () => {
  const element = await mountCard(
    answer([0.3, 0.7], (text) => ({ unreadFrom: text === 'a lion' ? 2 : undefined })),
    { languages: ['ja'] },
  );
  const [lion, cat] = promptsOf(element);
  expect(lion).toMatchObject({
    unreadFrom: 2,
    note: 'This model was trained on Japanese. Too long: the model did not read “lion”.',
  });
  expect(cat).toMatchObject({
    unreadFrom: undefined,
    note: 'This model was trained on Japanese.',
  });
});

it('shows which words matter when asked, but not of a model that reads none', async () => {
  const [first] = card.prompts;
  const parts = [{ text: 'a cat', effect: 0.1 }];
  const element = await mountCard(ANSWER);
  const toggled = record('words-toggled');
  button(element, 'Which words matter?').click();
  expect(toggled).toEqual([{ cardKey: card.key }]);
  element.words = new Map([[first?.key ?? 0, parts]]);
  await element.updateComplete;
  expect(promptsOf(element).map(({ words }) => words)).toEqual([undefined, parts, undefined]);
  button(element, 'Hide words').click();
  expect(toggled).toHaveLength(2);
  const mute = await mountCard(ANSWER, { encoder: { status: 'absent' } });
  expect(() => button(mute, 'Which words matter?')).toThrow();
});

it('keeps the written order where the visitor wants it', async () => {
  const element = await mountCard(ANSWER, { ranked: false });
  expect(textsOf(element)).toEqual(['a cat', 'a lion', '']);
  element.ranked = true;
  await element.updateComplete;
  expect(textsOf(element)).toEqual(['a lion', 'a cat', '']);
});

it('moves no caption while the visitor types in one', async () => {
  const element = await mountCard(answer([0.7, 0.3]));
  const prompt = promptsOf(element)[0];
  prompt?.dispatchEvent(new CustomEvent('prompt-edited', { detail: { text: 'a dog' } }));
  element.answer = ANSWER;
  await element.updateComplete;
  expect(textsOf(element)).toEqual(['a cat', 'a lion', '']);
  prompt?.dispatchEvent(new CustomEvent('prompt-left'));
  await element.updateComplete;
  expect(textsOf(element)).toEqual(['a lion', 'a cat', '']);
});

it('shows no share of a lone caption among others', async () => {
  const lone = createCard('cat', ['a cat']);
  const alone = currentAnswer(lone.prompts.slice(0, 1), [1], () => ({
    cutShort: false,
    unreadFrom: undefined,
    similarity: undefined,
    percentile: 97,
  }));
  const element = await mountCard(alone, { card: lone });
  const [only] = promptsOf(element);
  if (!only) throw new Error('There is no caption.');
  expect(find(only, '.value').textContent.trim()).toBe('–');
  expect(find(only, 'rect').style.width).toBe('0%');
  expect(only.best).toBe(false);
  expect(only.note).toBe('Fits better than 97% of captions of other pictures.');
  expect(meaningOf(element)).toBe('One caption alone has nothing to compare with: add another.');
  expect(find(element, '[role=status]').textContent).toBe('');
  element.scoring = 'sigmoid';
  await element.updateComplete;
  await only.updateComplete;
  expect(find(only, '.value').textContent.trim()).toMatch(/100%$/);
});

it('says so where no caption fits better than those of other pictures', async () => {
  const element = await mountCard(answer([0.3, 0.7], () => ({ percentile: 94 })));
  expect(find(element, 'ol li').textContent).toBe('None of these fits well');
  expect(promptsOf(element).some(({ best }) => best)).toBe(false);
  expect(meaningOf(element)).toMatch(/^Shares among these, though all fit no better/);
  expect(find(element, '[role=status]').textContent).toBe('None of these fits well');
  element.answer = answer([0.3, 0.7], (text) => ({ percentile: text === 'a cat' ? 95 : 0 }));
  await element.updateComplete;
  expect(promptsOf(element)[0]?.best).toBe(true);
  element.answer = answer([0.3, 0.7], () => ({ percentile: 10 }));
  element.scoring = 'sigmoid';
  await element.updateComplete;
  expect(promptsOf(element)[0]?.best).toBe(true);
});

it('says of each caption how it compares with those of other pictures, if asked', async () => {
  const element = await mountCard(answer([0.3, 0.7], () => ({ percentile: 96 })));
  expect(promptsOf(element)[0]?.note).toBe('');
  element.detailed = true;
  await element.updateComplete;
  expect(promptsOf(element)[0]?.note).toBe('Fits better than 96% of captions of other pictures.');
  element.answer = answer([0.3, 0.7], () => ({ percentile: 100 }));
  await element.updateComplete;
  expect(promptsOf(element)[0]?.note).toBe('Fits better than all captions of other pictures.');
});

it('lets captions be moved with the keyboard where they stay as they were written', async () => {
  const element = await mountCard(ANSWER);
  expect(promptsOf(element).some(({ movable }) => movable)).toBe(false);
  element.ranked = false;
  await element.updateComplete;
  expect(promptsOf(element).map(({ movable }) => movable)).toEqual([true, true, false]);
  const [first, second] = promptsOf(element);
  if (!first || !second) throw new Error('There are no captions.');
  await Promise.all([first.updateComplete, second.updateComplete]);
  const moves = record('card-reordered');
  const [key] = card.prompts.map((field) => field.key);
  expect(press(find(first, '.grip'), 'ArrowUp').defaultPrevented).toBe(true);
  expect(moves).toEqual([]);
  press(find(first, '.grip'), 'ArrowDown');
  expect(moves).toEqual([{ cardKey: card.key, promptKey: key, place: 1 }]);
  expect(press(find(second, '.grip'), 'Tab').defaultPrevented).toBe(false);
  await element.updateComplete;
  expect(find(element, '[role=status]').textContent).toMatch(/^Best match/);
  element.card = movePrompt(card, key ?? 0, 1);
  await element.updateComplete;
  expect(find(element, '[role=status]').textContent).toBe('Caption 2 of 2');
});

it('lets captions be dragged: their place is where the pointer is', async () => {
  const element = await mountCard(ANSWER, { ranked: false });
  const [first] = promptsOf(element);
  await first?.updateComplete;
  if (!first) throw new Error('There are no captions.');
  const list = find(element, 'ol');
  list.setPointerCapture = () => undefined;
  list.getBoundingClientRect = () => new DOMRect(0, 100, 0, 0);
  for (const [i, item] of findAll(element, 'li').entries()) {
    Object.defineProperties(item, {
      offsetTop: { value: 50 * i },
      offsetHeight: { value: 50 },
    });
  }
  const moves = record('card-reordered');
  const at = (clientY: number): void => {
    list.dispatchEvent(new MouseEvent('pointermove', { clientY }));
  };
  at(190);
  find(first, '.grip').dispatchEvent(new MouseEvent('pointerdown'));
  at(120);
  expect(moves).toEqual([]);
  at(190);
  expect(moves).toEqual([{ cardKey: card.key, promptKey: card.prompts[0]?.key, place: 1 }]);
  list.dispatchEvent(new Event('lostpointercapture'));
  at(190);
  expect(moves).toHaveLength(1);
});

it('says how similar each caption is beside that', async () => {
  const element = await mountCard(
    answer([0.3, 0.7], () => ({ similarity: 0.12345, percentile: 96 })),
    { detailed: true },
  );
  expect(promptsOf(element)[0]?.note).toBe(
    'Similarity 0.123. Fits better than 96% of captions of other pictures.',
  );
});

it('says at a prompt that it uses what the vocabulary was cut of', async () => {
  const element = await mountCard(answer([0.7, 0.3], (text) => ({ cutShort: text === 'a lion' })));
  const [first, second] = promptsOf(element);
  expect(first?.note).toBe('');
  expect(second?.note).toMatch(/does not know some of these words/);
});

it('keeps old probabilities as stale, but not of prompts that were edited', async () => {
  const [first, second] = ANSWER.scores.entries();
  if (!first || !second) throw new Error('There are no scores.');
  const scores = new Map([first, [second[0], { ...second[1], text: 'a tiger' }]]);
  const element = await mountCard({ state: 'stale', scores });
  expect(promptsOf(element).map(({ probability }) => probability)).toEqual([
    0.3,
    undefined,
    undefined,
  ]);
  expect(promptsOf(element).every(({ stale, best }) => stale && !best)).toBe(true);
});

it('shows probabilities that are judged alone as they are', async () => {
  const element = await mountCard(answer([0.75, 0.5]), { scoring: 'sigmoid' });
  const fills = promptsOf(element)
    .slice(0, 2)
    .map((prompt) => find(prompt, 'rect').style.width);
  expect(fills).toEqual(['75%', '50%']);
  expect(meaningOf(element)).toMatch(/^How well each caption fits on its own/);
  const none = await mountCard(answer([1e-7, 2e-6]), { scoring: 'sigmoid' });
  expect(find(none, '[role=status]').textContent).toBe('Best match: “a lion”, <0.1%');
});

it('has no box where there is no encoder, and fixed captions', async () => {
  const element = await mountCard(ANSWER, { encoder: { status: 'absent' } });
  expect(promptsOf(element).map(({ draft, fixed }) => [draft, fixed])).toEqual([
    [false, true],
    [false, true],
  ]);
  expect(meaningOf(element)).toBe('This model answers these examples only.');
});

it('says what an answer waits for', async () => {
  const answer: Answer = { ...NO_ANSWER, state: 'computing' };
  const encoder = { status: 'loading', loaded: 1e6, total: 4e6, attempt: 1 } as const;
  const waiting = await mountCard(answer, { encoder });
  expect(meaningOf(waiting)).toBe('Loading the model, once: 1.0 MB of 4.0 MB');
  waiting.encoder = { status: 'preparing' };
  await waiting.updateComplete;
  expect(meaningOf(waiting)).toBe('Almost ready…');
});

it.each([
  ['Reset', 'card-reset'],
  ['Side by side', 'card-duplicated'],
  ['Close', 'card-removed'],
])('fires for the button “%s” the event %s', async (name, event) => {
  const element = await mountCard(ANSWER, { removable: true });
  const events = record(event);
  button(element, name).click();
  expect(events).toEqual([{ cardKey: card.key }]);
});

it('cannot be closed as the only one', async () => {
  const element = await mountCard(ANSWER);
  expect(findAll(element, '.tools button').map(({ textContent }) => textContent.trim())).toEqual([
    'Reset',
    'Which words matter?',
    'More like this',
    'Side by side',
  ]);
});

it('says which prompt was edited, removed or left blank', async () => {
  const element = await mountCard(answer([0.7, 0.3]));
  const prompt = promptsOf(element)[1];
  const promptKey = card.prompts[1]?.key;
  const edits = record('card-edited');
  const removals = record('card-shortened');
  prompt?.dispatchEvent(new CustomEvent('prompt-edited', { detail: { text: 'new' } }));
  prompt?.dispatchEvent(new CustomEvent('prompt-left'));
  expect(removals).toEqual([]);
  prompt?.dispatchEvent(new CustomEvent('prompt-removed'));
  expect(edits).toEqual([{ cardKey: card.key, promptKey, text: 'new' }]);
  expect(removals).toEqual([{ cardKey: card.key, promptKey }]);
  element.card = editPrompt(card, promptKey ?? 0, ' ');
  await element.updateComplete;
  prompt?.dispatchEvent(new CustomEvent('prompt-left'));
  expect(removals).toHaveLength(2);
});

it('asks for pictures like its own', async () => {
  const element = await mountCard(ANSWER);
  const requests = record('like-requested');
  button(element, 'More like this').click();
  expect(requests).toEqual([{ imageId: 'cat' }]);
});

it('submits the draft with the rest', async () => {
  const element = await mountCard(ANSWER);
  const submits = record('card-submitted');
  promptsOf(element).at(-1)?.dispatchEvent(new CustomEvent('prompt-submitted'));
  expect(submits).toEqual([{ cardKey: card.key }]);
});

it('shows the picture with its sharper copy and its credit', async () => {
  const element = await mountCard(ANSWER);
  const picture = find(element, 'lit-demo-picture');
  const photo = find(picture, 'img') as HTMLImageElement;
  expect(photo.alt).toBe('A picture of a cat');
  expect(photo.getAttribute('srcset')).toBe('cat.jpg 224w, cat-big.jpg 448w');
  expect([photo.getAttribute('width'), photo.getAttribute('height')]).toEqual(['448', '448']);
  expect(find(picture, '.credit').textContent).toBe('Photo: A. Maker · CC0 · Source');
  const links = findAll<HTMLAnchorElement>(picture, 'a').map(({ href }) => href);
  expect(links).toEqual([
    'https://creativecommons.org/publicdomain/zero/1.0/',
    'https://example.org/cat',
  ]);
});

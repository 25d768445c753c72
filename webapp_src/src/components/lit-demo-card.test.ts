// @vitest-environment happy-dom
import { expect, it } from 'vitest';
import { currentAnswer, NO_ANSWER, type Answer } from '../state/answers';
import { createCard } from '../state/cards';
import { makeManifest } from '../testing/sample-manifest';
import { button, find, findAll, mount, record } from '../testing/mount';
import { LitDemoCard } from './lit-demo-card';
import type { LitDemoPrompt } from './lit-demo-prompt';

const [image] = makeManifest().images;
const card = createCard('cat', ['a cat', 'a lion', '']);
const ANSWER = answer([0.3, 0.7]);

function answer(
  probabilities: number[],
  isCutShort: (text: string) => boolean = () => false,
): Answer {
  return currentAnswer(card.prompts.slice(0, 2), probabilities, isCutShort);
}

function mountCard(answer: Answer, properties: Partial<LitDemoCard> = {}): Promise<LitDemoCard> {
  return mount(LitDemoCard, { card, image, answer, ...properties });
}

function promptsOf(element: LitDemoCard): LitDemoPrompt[] {
  return findAll<LitDemoPrompt>(element, 'lit-demo-prompt');
}

it('gives each prompt its probability and marks the best', async () => {
  const element = await mountCard(ANSWER);
  expect(promptsOf(element).map(({ probability }) => probability)).toEqual([0.3, 0.7, undefined]);
  expect(promptsOf(element).map(({ best }) => best)).toEqual([false, true, false]);
  expect(element.dataset['state']).toBe('current');
  expect(find(element, '[role=status]').textContent).toBe('Best match: “a lion”, 70.0 %');
});

it('says at a prompt that it uses what the vocabulary was cut of', async () => {
  const element = await mountCard(answer([0.3, 0.7], (text) => text === 'a lion'));
  const [first, second] = promptsOf(element);
  expect(first?.note).toBe('');
  expect(second?.note).toMatch(/not in the vocabulary that this demo has kept/);
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
  expect(button(element, 'Compute').className).toBe('primary');
});

it('shows probabilities that are judged alone as they are', async () => {
  const independent = answer([0.5, 0.75]);
  const element = await mountCard(independent);
  const fills = promptsOf(element).map((prompt) => find(prompt, '.fill').style.transform);
  expect(fills.slice(0, 2)).toEqual(['translateX(-50%)', 'translateX(-25%)']);
  expect(find(element, '[role=status]').textContent).toBe('Best match: “a lion”, 75.0 %');
  const none = await mountCard(answer([1e-7, 2e-6]));
  expect(find(none, '[role=status]').textContent).toBe('Best match: “a lion”, < 0.1 %');
});

it('says what cannot be computed where there is no encoder', async () => {
  const element = await mountCard(NO_ANSWER, { encoder: { status: 'absent' } });
  expect(find(element, '[role=status]').textContent).toBe(
    'This model answers its example prompts only.',
  );
});

it('says what computing waits for', async () => {
  const answer: Answer = { ...NO_ANSWER, state: 'computing' };
  const encoder = { status: 'loading', loaded: 1, total: 2, attempt: 1 } as const;
  const waiting = await mountCard(answer, { encoder });
  expect(find(waiting, '[role=status]').textContent).toBe('Waiting for the text encoder…');
  const computing = await mountCard(answer, { encoder: { status: 'ready', backend: 'wasm' } });
  expect(find(computing, '[role=status]').textContent).toBe('Computing…');
});

it.each([
  ['Compute', 'card-submitted'],
  ['Add prompt', 'card-extended'],
  ['Reset to the example prompts', 'card-reset'],
  ['Duplicate card', 'card-duplicated'],
  ['Remove card', 'card-removed'],
])('fires for the button “%s” the event %s', async (name, event) => {
  const element = await mountCard(ANSWER);
  const events = record(event);
  button(element, name).click();
  expect(events).toEqual([{ cardKey: card.key }]);
});

it('says which prompt was edited or removed', async () => {
  const element = await mountCard(ANSWER);
  const prompt = promptsOf(element)[1];
  const promptKey = card.prompts[1]?.key;
  const edits = record('card-edited');
  const removals = record('card-shortened');
  prompt?.dispatchEvent(new CustomEvent('prompt-edited', { detail: { text: 'new' } }));
  prompt?.dispatchEvent(new CustomEvent('prompt-removed'));
  expect(edits).toEqual([{ cardKey: card.key, promptKey, text: 'new' }]);
  expect(removals).toEqual([{ cardKey: card.key, promptKey }]);
});

it('shows the picture with its sharper copy and its credit', async () => {
  const element = await mountCard(ANSWER);
  const picture = find(element, 'lit-demo-picture');
  const photo = find(picture, 'img') as HTMLImageElement;
  expect(photo.alt).toBe('A picture of a cat');
  expect(photo.getAttribute('srcset')).toBe('cat.jpg 224w, cat-big.jpg 448w');
  expect([photo.getAttribute('width'), photo.getAttribute('height')]).toEqual(['448', '448']);
  expect(find(picture, 'p').textContent).toBe('Photo: A. Maker · CC0 · Source');
  const links = findAll<HTMLAnchorElement>(picture, 'a').map(({ href }) => href);
  expect(links).toEqual([
    'https://creativecommons.org/publicdomain/zero/1.0/',
    'https://example.org/cat',
  ]);
});

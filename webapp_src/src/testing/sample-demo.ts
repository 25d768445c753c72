import type { SiteManifest } from '../generated/manifest';
import { textsOf, type Card } from '../state/cards';
import { Demo } from '../state/demo';
import { FakeSession } from './fake-session';
import { makeManifest } from './sample-manifest';

/** The page around a demo. */
export class FakePage {
  readonly sessions: FakeSession[] = [];
  /** The addresses of pictures that were loaded anew. */
  readonly renewed: string[] = [];
  /** The keys of the cards of own pictures, as they came. */
  readonly invited: number[] = [];

  /** What the server has when the visitor tries again. */
  renewManifest = (): Promise<SiteManifest> => Promise.resolve(makeManifest());
}

/** A demo that shows nothing yet; `configure` changes each session that it opens. */
export function makeDemo(
  configure?: (session: FakeSession) => void,
  manifest = makeManifest(),
): { demo: Demo; page: FakePage; sessions: FakeSession[] } {
  const page = new FakePage();
  const demo = new Demo(manifest, {
    openSession(_manifest, model) {
      const session = new FakeSession(model);
      configure?.(session);
      page.sessions.push(session);
      return session;
    },
    renewManifest: () => page.renewManifest(),
    renewPicture(url) {
      page.renewed.push(url);
      return Promise.resolve();
    },
    onChange: () => undefined,
    onOwnPicture: (key) => page.invited.push(key),
  });
  return { demo, page, sessions: page.sessions };
}

/** A demo that has answered what a link's fragment asks for, with the session in use. */
export async function openDemo(
  fragment = '',
): Promise<{ demo: Demo; page: FakePage; session: FakeSession; sessions: FakeSession[] }> {
  const { demo, page, sessions } = makeDemo();
  await demo.restore(fragment);
  const session = sessions.at(-1);
  if (!session) throw new Error('No session was opened.');
  return { demo, page, session, sessions };
}

export function cardOf(demo: Demo, index = 0): Card {
  const card = demo.cards[index];
  if (!card) throw new Error(`There is no card ${index}.`);
  return card;
}

/** The texts of a card's captions, without those that are blank. */
export function captionsOf(demo: Demo, index = 0): string[] {
  return textsOf(cardOf(demo, index));
}

export function scoresOf(demo: Demo, index = 0): number[] {
  return [...demo.answer(cardOf(demo, index)).scores.values()].map((score) => score.probability);
}

/** Writes in a caption of the first card, by its place; returns the card's key. */
export function edit(demo: Demo, place: number, text: string): number {
  const card = cardOf(demo);
  demo.captions.edit(card.key, card.prompts[place]?.key ?? 0, text);
  return card.key;
}

import { msg, str } from '@lit/localize';
import type { SiteManifest } from '../generated/manifest';
import { exampleTexts, MAX_PROMPTS, sameTexts, textsOf, type Card } from './cards';

/** Anyone can write a link, so what it may open is limited, in characters as in what they say. */
const MAX_LENGTH = 200_000;
const MAX_CARDS = 24;
const MAX_TEXT = 1000;
/** How much of a name that the demo does not have is repeated to the visitor. */
const MAX_NAME = 40;

/** What a link asks for. */
export interface LinkState {
  readonly modelId: string | undefined;
  readonly cards: readonly LinkCard[];
}

interface LinkCard {
  readonly imageId: string;
  readonly texts: readonly string[];
}

/**
 * The fragment that restores the page, such as `#model=tiny&image=owl&prompt=an+owl&image=cat`.
 *
 * A card's prompts follow its image; an image without prompts has its examples.
 */
export function formatFragment(
  manifest: SiteManifest,
  modelId: string,
  cards: readonly Card[],
): string {
  const entries = new URLSearchParams({ model: modelId });
  for (const card of cards) {
    entries.append('image', card.imageId);
    const texts = textsOf(card);
    const image = manifest.images.find(({ id }) => id === card.imageId);
    if (image && sameTexts(texts, exampleTexts(image))) continue;
    for (const text of texts.length > 0 ? texts : ['']) entries.append('prompt', text);
  }
  return `#${entries.toString()}`;
}

/**
 * Reads a fragment; anything it names that the demo does not have is left out, with one warning for
 * all pictures, and anything beyond the limits, with another.
 */
export function parseFragment(
  manifest: SiteManifest,
  fragment: string,
): { state: LinkState; warnings: string[] } {
  const warnings: string[] = [];
  const { modelId, cards, unknown, cut } = readEntries(manifest, fragment);
  const model = manifest.models.find(({ id }) => id === modelId);
  if (modelId !== undefined && !model) {
    warnings.push(
      msg(str`The link asks for the model “${shorten(modelId)}”, which this demo does not have.`),
    );
  }
  const [first] = unknown;
  if (first !== undefined) warnings.push(describeUnknown(first, unknown.size));
  if (cut) warnings.push(msg('The link was too long to restore in full; its end was left out.'));
  return { state: { modelId: model?.id, cards }, warnings };
}

function readEntries(
  manifest: SiteManifest,
  fragment: string,
): { modelId: string | undefined; cards: LinkCard[]; unknown: Set<string>; cut: boolean } {
  const images = new Map(manifest.images.map((image) => [image.id, image]));
  let cut = fragment.length > MAX_LENGTH;
  let modelId: string | undefined;
  const cards: { imageId: string; texts: string[] }[] = [];
  const unknown = new Set<string>();
  /** The prompts of the card that is being read; none for one that is left out. */
  let texts: string[] | undefined;
  for (const [name, value] of new URLSearchParams(cutEntries(fragment.replace(/^#/, '')))) {
    if (name === 'model') modelId = value;
    else if (name === 'image') {
      texts = undefined;
      if (!images.has(value)) unknown.add(value);
      else if (cards.length === MAX_CARDS) cut = true;
      else cards.push({ imageId: value, texts: (texts = []) });
    } else if (name === 'prompt' && texts) {
      if (texts.length === MAX_PROMPTS || value.length > MAX_TEXT) cut = true;
      if (texts.length < MAX_PROMPTS) texts.push(value.slice(0, MAX_TEXT));
    }
  }
  const filled = cards.map(({ imageId, texts: given }) => {
    const image = images.get(imageId);
    return { imageId, texts: image && given.length === 0 ? exampleTexts(image) : given };
  });
  return { modelId, cards: filled, unknown, cut };
}

/** Cut before it is read, and between entries, so that no prompt loses its end unnoticed. */
function cutEntries(query: string): string {
  if (query.length <= MAX_LENGTH) return query;
  return query.slice(0, Math.max(0, query.lastIndexOf('&', MAX_LENGTH)));
}

function describeUnknown(first: string, count: number): string {
  const name = shorten(first);
  return count === 1
    ? msg(str`The link shows the picture “${name}”, which this demo does not have.`)
    : msg(str`The link shows ${count} pictures that this demo does not have, such as “${name}”.`);
}

function shorten(name: string): string {
  const letters = Array.from(name.slice(0, 2 * MAX_NAME));
  return letters.length > MAX_NAME ? `${letters.slice(0, MAX_NAME).join('')}…` : name;
}

import type { SiteManifest } from '../generated/manifest';
import { exampleTexts, sameTexts, scoredFields, type Card } from './cards';

/** Anyone can write a link, so what it may open is limited. */
const MAX_CARDS = 24;
const MAX_PROMPTS = 32;
const MAX_TEXT = 1000;

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
    const texts = scoredFields(card).map((field) => field.text);
    const image = manifest.images.find(({ id }) => id === card.imageId);
    if (image && sameTexts(texts, exampleTexts(image))) continue;
    for (const text of texts.length > 0 ? texts : ['']) entries.append('prompt', text);
  }
  return `#${entries.toString()}`;
}

/** Reads a fragment; anything it names that the demo does not have is left out, with a warning. */
export function parseFragment(
  manifest: SiteManifest,
  fragment: string,
): { state: LinkState; warnings: string[] } {
  const warnings: string[] = [];
  let modelId: string | undefined;
  const cards: { imageId: string; texts: string[] }[] = [];
  for (const [name, value] of new URLSearchParams(fragment.replace(/^#/, ''))) {
    if (name === 'model') modelId = value;
    else if (name === 'image') cards.push({ imageId: value, texts: [] });
    else if (name === 'prompt') cards.at(-1)?.texts.push(value);
  }
  if (modelId !== undefined && !manifest.models.some(({ id }) => id === modelId)) {
    warnings.push(`The link asks for the model “${modelId}”, which this demo does not have.`);
    modelId = undefined;
  }
  const known = cards.filter(({ imageId }) => {
    const found = manifest.images.some(({ id }) => id === imageId);
    if (!found)
      warnings.push(`The link shows the picture “${imageId}”, which this demo does not have.`);
    return found;
  });
  if (isTooLong(known)) {
    warnings.push('The link was too long to restore in full; its end was left out.');
  }
  return {
    state: { modelId, cards: known.slice(0, MAX_CARDS).map((card) => bound(manifest, card)) },
    warnings,
  };
}

function isTooLong(cards: readonly LinkCard[]): boolean {
  const tooMuch = ({ texts }: LinkCard): boolean =>
    texts.length > MAX_PROMPTS || texts.some((text) => text.length > MAX_TEXT);
  return cards.length > MAX_CARDS || cards.some(tooMuch);
}

function bound(manifest: SiteManifest, { imageId, texts }: LinkCard): LinkCard {
  const image = manifest.images.find(({ id }) => id === imageId);
  if (image && texts.length === 0) return { imageId, texts: exampleTexts(image) };
  return { imageId, texts: texts.slice(0, MAX_PROMPTS).map((text) => text.slice(0, MAX_TEXT)) };
}

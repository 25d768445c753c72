import { msg, str } from '@lit/localize';
import type { SiteManifest } from '../generated/manifest';
import { exampleTexts, MAX_PROMPTS, sameTexts, textsOf, type Card } from './cards';
import { isOriginalLink, translateOriginalLink } from './original-link';

/** Says how a link is written; those from before there were versions are read in the same way. */
const VERSION = '1';

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

/** A picture with its captions. */
export interface LinkCard {
  readonly imageId: string;
  readonly texts: readonly string[];
}

/**
 * What a link has to say to restore the page: the first model goes without saying, and so do the
 * examples of a picture.
 */
export function describeState(
  manifest: SiteManifest,
  modelId: string,
  cards: readonly Card[],
): LinkState {
  return {
    modelId: modelId === manifest.models[0].id ? undefined : modelId,
    cards: cards.map((card) => {
      const { imageId } = card;
      const texts = textsOf(card);
      const image = manifest.images.find(({ id }) => id === imageId);
      if (image && sameTexts(texts, exampleTexts(image))) return { imageId, texts: [] };
      return { imageId, texts: texts.length > 0 ? texts : [''] };
    }),
  };
}

/**
 * The fragment that restores the page, such as `#v=1&image=owl&prompt=an+owl&image=cat`.
 *
 * A card's prompts follow its image.
 */
export function formatFragment({ modelId, cards }: LinkState): string {
  const entries = new URLSearchParams({ v: VERSION });
  if (modelId !== undefined) entries.append('model', modelId);
  for (const { imageId, texts } of cards) {
    entries.append('image', imageId);
    for (const text of texts) entries.append('prompt', text);
  }
  return `#${entries.toString()}`;
}

/**
 * Reads a fragment, ours or of the original LiT demo. Anything it names that the demo does not have is
 * left out, with one warning for all pictures, and anything beyond the limits, with another.
 *
 * @returns No model for one that says nothing of it, which leaves the one in use.
 */
export function parseFragment(
  manifest: SiteManifest,
  fragment: string,
): { state: LinkState; warnings: string[] } {
  const warnings: string[] = [];
  const { version, modelId, cards, unknown, cut } = readEntries(manifest, fragment);
  if (version !== undefined && version !== VERSION) {
    warnings.push(
      msg('The link is of a later version of this demo, so some of it may be missing.'),
    );
  }
  const model = manifest.models.find(({ id }) => id === modelId);
  if (modelId !== undefined && !model) {
    warnings.push(
      msg(str`The link asks for the model “${shorten(modelId)}”, which this demo does not have.`),
    );
  }
  const [first] = unknown;
  if (first !== undefined) warnings.push(describeUnknown(first, unknown.size));
  if (cut) warnings.push(msg('The link was too long to restore in full; its end was left out.'));
  const isDefault = version === VERSION && modelId === undefined;
  return { state: { modelId: isDefault ? manifest.models[0].id : model?.id, cards }, warnings };
}

/** A link as it is written; `unknown` are the pictures that the demo does not have. */
interface ReadLink extends LinkState {
  readonly version: string | undefined;
  readonly unknown: ReadonlySet<string>;
  readonly cut: boolean;
}

function readEntries(manifest: SiteManifest, fragment: string): ReadLink {
  const images = new Map(manifest.images.map((image) => [image.id, image]));
  let cut = fragment.length > MAX_LENGTH;
  let version: string | undefined;
  let modelId: string | undefined;
  const cards: { imageId: string; texts: string[] }[] = [];
  const unknown = new Set<string>();
  /** The prompts of the card that is being read; none for one that is left out. */
  let texts: string[] | undefined;
  for (const [name, value] of splitEntries(fragment.replace(/^#/, ''))) {
    if (name === 'v') version = value;
    else if (name === 'model') modelId = value;
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
  return { version, modelId, cards: filled, unknown, cut };
}

function splitEntries(fragment: string): URLSearchParams {
  if (isOriginalLink(fragment)) return translateOriginalLink(cutBefore('|', fragment));
  return new URLSearchParams(cutBefore('&', fragment));
}

/** Cut before it is read, and between entries, so that no prompt loses its end unnoticed. */
function cutBefore(separator: string, fragment: string): string {
  if (fragment.length <= MAX_LENGTH) return fragment;
  return fragment.slice(0, Math.max(0, fragment.lastIndexOf(separator, MAX_LENGTH)));
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

import { msg } from '@lit/localize';
import type { Choice } from './filters';
import type { PictureName } from './finding';

/** Says how a link is written. */
const VERSION = '1';

/** Anyone can write a link, so what it may ask for is limited. */
const MAX_LENGTH = 20_000;
const MAX_TEXT = 1000;

const FILTER = 'filter.';

/** What a link restores. */
export interface GalleryLink {
  /** What is looked for. */
  readonly text: string;
  /** The picture whose like are looked for. */
  readonly like: PictureName | undefined;
  readonly choices: readonly Choice[];
  /** Which of the pictures that are shown is the first on the screen, counted from 0. */
  readonly place: number;
  /** The picture that is open. */
  readonly opened: PictureName | undefined;
}

/**
 * The fragment that restores the page, such as `#v=1&find=a+dog&filter.style=Cubism&at=40`; none for a
 * page as it is at first.
 */
export function formatGalleryLink({ text, like, choices, place, opened }: GalleryLink): string {
  const entries = new URLSearchParams({ v: VERSION });
  if (text.trim() !== '') entries.append('find', text);
  if (like) entries.append('like', formatName(like));
  for (const { column, value } of choices) entries.append(`${FILTER}${column}`, value);
  if (place > 0) entries.append('at', `${place}`);
  if (opened) entries.append('picture', formatName(opened));
  return entries.size > 1 ? `#${entries.toString()}` : '';
}

/** Reads a fragment; what it has beyond the limits is left out with a warning. */
export function parseGalleryLink(fragment: string): { link: GalleryLink; warnings: string[] } {
  const entries = new URLSearchParams(fragment.slice(0, MAX_LENGTH).replace(/^#/, ''));
  const warnings: string[] = [];
  const version = entries.get('v');
  if (version !== null && version !== VERSION) {
    warnings.push(
      msg('The link is of a later version of this demo, so some of it may be missing.'),
    );
  }
  if (fragment.length > MAX_LENGTH) {
    warnings.push(msg('The link was too long to restore in full; its end was left out.'));
  }
  const choices = [...entries]
    .filter(([name]) => name.startsWith(FILTER))
    .map(([name, value]) => ({ column: name.slice(FILTER.length), value }));
  const link = {
    text: (entries.get('find') ?? '').slice(0, MAX_TEXT),
    like: parseName(entries.get('like')),
    choices,
    place: Math.max(0, Math.floor(Number(entries.get('at')) || 0)),
    opened: parseName(entries.get('picture')),
  };
  return { link, warnings };
}

/** The position and the id: the one finds a picture, and the other tells whether it is the same. */
function formatName({ position, id }: PictureName): string {
  return `${position}:${id}`;
}

function parseName(text: string | null): PictureName | undefined {
  const [, position, id] = /^(\d{1,9}):(.*)$/s.exec(text ?? '') ?? [];
  return position === undefined || id === undefined
    ? undefined
    : { position: Number(position), id };
}

import type { Choice } from './filters';

/** What the elements of a gallery's page tell each other, by event name. */
interface GalleryEvents {
  /** These places are on the screen, and those are drawn. */
  'places-shown': { first: number; end: number; drawn: readonly number[] };
  'place-chosen': { place: number };
  'opened-turned': { by: 1 | -1 };
  'opened-closed': null;
  'like-wanted': null;
  'choice-toggled': Choice;
  'choices-cleared': null;
}

export type GalleryEvent<Name extends keyof GalleryEvents> = CustomEvent<GalleryEvents[Name]>;

export function fire<Name extends keyof GalleryEvents>(
  target: EventTarget,
  name: Name,
  detail: GalleryEvents[Name],
): void {
  target.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
}

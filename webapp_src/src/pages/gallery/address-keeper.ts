import type { ReactiveController } from 'lit';
import { formatGalleryLink, type GalleryLink } from './gallery-link';

/** What a page tells of itself for its address. */
export interface Addressed {
  readonly link: GalleryLink;
  /** Whether the page shows what it was asked for. */
  readonly settled: boolean;
  restore(fragment: string): Promise<void>;
}

/** What an entry of the history says of how it came about. */
interface EntryState {
  /** The page opened a picture here, so that one step back closes it. */
  readonly opened?: boolean;
}

/**
 * Keeps the address that of what is shown, so that a reload restores it. To open a picture, or to look
 * for its like, is a step that the Back button undoes.
 */
export class AddressKeeper implements ReactiveController {
  /** What the address says; undefined until the page shows that. */
  private before: GalleryLink | undefined;

  constructor(private readonly page: () => Addressed | undefined) {}

  hostConnected(): void {
    // The pictures come later than the browser would scroll to them.
    history.scrollRestoration = 'manual';
    window.addEventListener('popstate', this.onPopState);
  }

  hostDisconnected(): void {
    window.removeEventListener('popstate', this.onPopState);
  }

  hostUpdated(): void {
    const page = this.page();
    // Not while typing: browsers limit how often an address may change.
    if (!page?.settled) return;
    const { before } = this;
    const after = page.link;
    const fragment = formatGalleryLink(after);
    if (before && fragment === formatGalleryLink(before)) return;
    this.before = after;
    if (!before) return;
    try {
      this.write(before, after, fragment);
    } catch {
      // Browsers refuse more than about three changes a second; the next one will have it all.
      this.before = { ...after, place: NaN };
    }
  }

  private write(before: GalleryLink, after: GalleryLink, fragment: string): void {
    const url = fragment || location.pathname + location.search;
    const isOpening = after.opened !== undefined && before.opened === undefined;
    const isClosing = after.opened === undefined && before.opened !== undefined;
    const findsLike = after.like !== undefined && after.like.id !== before.like?.id;
    const state = (history.state ?? {}) as EntryState;
    if (findsLike) history.pushState({} satisfies EntryState, '', url);
    else if (isOpening) history.pushState({ opened: true } satisfies EntryState, '', url);
    else if (isClosing && state.opened) history.back();
    else history.replaceState(isClosing ? {} : state, '', url);
  }

  private readonly onPopState = (): void => {
    // What the page shows then is what the address says already.
    this.before = undefined;
    void this.page()?.restore(location.hash);
  };
}
